/** The ListOps oracles against counting, and the floors of LRA's definition. */
import { describe, expect, it } from 'vitest';
import { combine, type Digits } from '../../../evaluate/audit/digits.ts';
import { accuracyOf } from '../../../evaluate/audit/examples.ts';
import { ladderFor } from '../../../evaluate/audit/ladder.ts';
import { stream } from '../../../core/random.ts';
import { evaluate, operators } from '../../../generators/standard/listops/expressions.ts';
import { examplesOf, predictionsOf } from './support.ts';

describe('combine', () => {
  const random = stream('test/combine');
  const draw = (): Digits => {
    // Three digits only, so that all combinations can be counted.
    const digits = new Float64Array(10);
    for (let i = 0; i < 3; i++) digits[Math.floor(10 * random())]! += 1 / 3;
    return digits;
  };

  it.each([1, 2, 3, 4])('agrees with all combinations of %i operands', (count) => {
    for (let operator = 0; operator < operators; operator++)
      for (let times = 0; times < 3; times++) {
        const operands = Array.from({ length: count }, draw);
        const expected = new Float64Array(10);
        for (let code = 0; code < 10 ** count; code++) {
          const digits = Uint8Array.from(
            { length: count },
            (_, i) => Math.floor(code / 10 ** i) % 10,
          );
          const p = digits.reduce((product, digit, i) => product * operands[i]![digit]!, 1);
          if (p > 0) expected[evaluate(operator, digits.slice(), 0, count)]! += p;
        }
        combine(operator, operands).forEach((p, digit) =>
          expect(p).toBeCloseTo(expected[digit]!, 10),
        );
      }
  });
});

it("LRA's floors: majority, root operator, depth one; all of it is enough", async () => {
  const parts = await examplesOf('listops', { train: 3000, val: 10, test: 3000 }, 'lra');
  const accuracies: Record<string, number> = {};
  const wanted = /^(majority|tree-depth-[01]|prefix-(1|64))$/;
  for (const predictor of ladderFor('listops', parts.shape).filter(({ name }) => wanted.test(name)))
    accuracies[predictor.name] = accuracyOf(await predictionsOf(predictor, parts), parts.test);
  // Measured on 20,000 of each: see the audit of the tier; here within three standard errors.
  expect(Math.abs(accuracies.majority! - 0.17)).toBeLessThan(0.025);
  expect(Math.abs(accuracies['tree-depth-0']! - 0.36)).toBeLessThan(0.035);
  expect(Math.abs(accuracies['tree-depth-1']! - 0.61)).toBeLessThan(0.035);
  expect(accuracies['prefix-1']).toBeCloseTo(accuracies['tree-depth-0']!, 2);
  expect(accuracies['prefix-64']).toBeGreaterThan(accuracies['prefix-1']!);
});

it('an expression that is seen as a whole is answered', async () => {
  const parts = await examplesOf('listops');
  const whole = ladderFor('listops', parts.shape).find(({ name }) => name === 'tree-depth-6')!;
  expect(accuracyOf(await predictionsOf(whole, parts), parts.test)).toBe(1);
});
