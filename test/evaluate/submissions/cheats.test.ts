/**
 * Models that use more than their example, alone and mixed, are refused; honest ones are not.
 * `REACH_SUBMISSIONS=2000 npx vitest run test/evaluate/submissions/cheats.test.ts` makes more.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askModel } from '../../../evaluate/submissions/askModel.ts';
import { SubmissionError } from '../../../evaluate/submissions/errors.ts';
import { checkModel } from '../../../evaluate/submissions/modelFile.ts';
import { cheating, honest, shape } from './cheats.ts';
import { encodeModel, type Model } from './onnx.ts';

const cases = Number(process.env.REACH_SUBMISSIONS ?? 150);
const seed = Number(process.env.REACH_SEED ?? 1);

const count = 150;
const inputs = Uint8Array.from({ length: count * shape.length }, (_, i) => (i * 7919) % 23);

type Outcome = { refusal: string } | { predictions: Uint8Array };

async function outcomeOf(model: Model, secret: string): Promise<Outcome> {
  const bytes = encodeModel(model);
  try {
    const facts = checkModel(bytes, 'a.onnx', shape);
    const { disagreement, predictions } = await askModel({
      model: bytes,
      tokens: facts.tokens,
      batch: facts.batch ?? 8,
      fixed: facts.batch !== undefined,
      precision: facts.precision,
      ...shape,
      inputs,
      secret,
    });
    return disagreement ? { refusal: `disagrees ${disagreement.manner}` } : { predictions };
  } catch (error) {
    if (error instanceof SubmissionError) return { refusal: error.problem.slice(0, 40) };
    // Some mixes are no models at all, which is no way to the board either.
    if (error instanceof Error && /onnxruntime|ORT|Non-zero|NaN/i.test(error.message))
      return { refusal: 'does not run' };
    throw error;
  }
}

describe('a model', () => {
  it(`that uses its place, its neighbours or chance is refused, ${cases} times`, async () => {
    const how = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(cheating, async ({ model, innocent, steps }) => {
        const outcome = await outcomeOf(model, steps.join());
        if ('refusal' in outcome) {
          how.set(outcome.refusal, (how.get(outcome.refusal) ?? 0) + 1);
          return;
        }
        // ONNX Runtime takes dropout out of some graphs: then nothing is left of the cheat.
        how.set('harmless', (how.get('harmless') ?? 0) + 1);
        expect({ steps, outcome }).toEqual({ steps, outcome: await outcomeOf(innocent, 'again') });
      }),
      { numRuns: cases, seed },
    );
    expect(how.size).toBeGreaterThan(3);
    expect(how.get('harmless') ?? 0).toBeLessThan(cases / 10);
    if (process.env.REACH_SUBMISSIONS) console.log(how);
  });

  it('that does not is accepted', async () => {
    await fc.assert(
      fc.asyncProperty(honest, async ({ model, steps }) => {
        expect({ steps, ...(await outcomeOf(model, steps.join())) }).toEqual({
          steps,
          predictions: expect.any(Uint8Array) as Uint8Array,
        });
      }),
      { numRuns: Math.ceil(cases / 3), seed },
    );
  });
});
