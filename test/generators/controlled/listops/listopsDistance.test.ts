import { describe, expect, it } from 'vitest';
import { listopsDistance } from '../../../../generators/controlled/listops/listopsDistance.ts';
import { resolveOptions } from '../../../../generators/registry.ts';
import { wordsOf } from '../../../../generators/standard/listops/expressions.ts';
import {
  splits,
  type Example,
  type TaskDefinition,
  type TierName,
} from '../../../../generators/task.ts';
import { easierShare } from '../table.ts';
import { rewrite } from '../../standard/listopsReference.ts';

type Options = Parameters<typeof listopsDistance.shape>[0];
const resolve = (overrides: Record<string, unknown> = {}, tier: TierName = 'smoke') =>
  resolveOptions(listopsDistance, tier, overrides) as Options;

describe('an example', () => {
  it.each(['smoke', 'lite', 'lra'] as const)(
    'of tier %s has the value of its expression as its label, and its digit in the bin',
    async (tier) => {
      const chosen = resolve({}, tier);
      const { distances, table, siblings, counts } = listopsDistance.shape(chosen);
      const { example } = await listopsDistance.open(chosen, 1);
      for (const split of splits)
        for (let i = 0; i < 12; i++) {
          // Spread over groups, distances and members of the table.
          const at = (i * 7919) % counts[split];
          const { tokens, label, answers, distance, member, extras } = example(split, at);
          const words = wordsOf(tokens);
          expect(words).toHaveLength(chosen.length);
          expect(rewrite(words.join(' '))).toBe(label);
          expect(member).toBe(at % siblings);
          const bin = distances.indexOf(distance);
          const [place] = Array.from(extras!.places!) as [number];
          expect(place).toBeGreaterThanOrEqual(distance);
          expect(place).toBeLessThan(table!.ends[bin]!);
          expect(Number(words[chosen.length - 1 - place])).toBeGreaterThanOrEqual(5);
          const found = listopsDistance.evaluate!({ tokens: tokens as never, extras: {} }, chosen);
          expect(found).toMatchObject({ label, answers, place });
        }
    },
  );

  it('is the same whatever was made before', async () => {
    const chosen = resolve();
    const [one, other] = [
      await listopsDistance.open(chosen, 1),
      await listopsDistance.open(chosen, 1),
    ];
    const kept = ({ tokens, ...rest }: Example) => ({ ...rest, tokens: Array.from(tokens) });
    const forward = Array.from({ length: 40 }, (_, i) => kept(one.example('val', i)));
    const backward = Array.from({ length: 40 }, (_, i) => kept(other.example('val', 39 - i)));
    expect(backward.reverse()).toEqual(forward);
  });

  it('is read with the digit that decides, and the question', async () => {
    const chosen = resolve();
    const { example } = await listopsDistance.open(chosen, 1);
    const made = example('test', 5);
    const { documents, answer, notes } = listopsDistance.read(made, chosen);
    const [pieces] = documents as [(typeof documents)[0]];
    expect(pieces.map(({ text }) => text)).toEqual(wordsOf(made.tokens));
    expect(answer).toBe(String(made.label));
    const evidence = pieces.filter(({ kind }) => kind === 'evidence');
    expect(evidence.map(({ text }) => text)).toEqual([String(made.label + 5)]);
    expect(pieces.filter(({ kind }) => kind === 'value')).toHaveLength(chosen.levels - 1);
    expect(pieces.filter(({ kind }) => kind === 'question')).toHaveLength(4 * (chosen.levels - 1));
    expect(notes[0]).toMatch(/^the digit of level [123] less 5$/);
  });
});

describe('training groups', () => {
  it('are easier in the share that is asked for, validation and test groups never', async () => {
    const alike = await Promise.all(
      splits.map((split) =>
        easierShare(listopsDistance as unknown as TaskDefinition, split, {
          some: resolve({ alike: 0.5 }),
          all: resolve({ alike: 1 }),
          none: resolve({ alike: 0 }),
        }),
      ),
    );
    expect(Math.abs(alike[0]! - 0.5)).toBeLessThan(0.12);
    // All rows of validation and test are the same, whatever is asked for.
    expect(alike.slice(1)).toEqual([1, 1]);
  });
});

describe('the shape', () => {
  it('has a table of k states and k questions', () => {
    const shape = listopsDistance.shape(resolve({}, 'lite'));
    expect(shape).toMatchObject({ classes: 3, siblings: 9, order: 1, distances: [32, 64, 128] });
    expect(shape.table).toMatchObject({ states: 3, questions: 3, question: 8 });
    expect(shape.table!.asked).toEqual([247, 251]);
  });

  it('has doubling distances where none are given', () => {
    const { distances } = listopsDistance.shape(resolve({ distances: [], length: 512 }));
    expect(distances).toEqual([32, 64, 128, 256]);
  });
});

describe('parameters', () => {
  it.each([
    [{ levels: 1 }, 'levels 1'],
    [{ levels: 6 }, 'levels 6'],
    [{ pads: 4 }, 'pads 4'],
    [{ near: 5 }, "parameter 'near'"],
    [{ distances: [8] }, 'expected ascending numbers from 17 to'],
    [{ distances: [32, 120] }, 'expected ascending numbers'],
    [{ levels: 4, tagged: true }, 'levels 4: expected at most 3, if tagged'],
    [{ tagged: true, decoys: 1 }, 'decoys 1: expected 0, if tagged'],
    [{ distances: [32, 34] }, 'at least 5 apart, got 32, 34'],
    [{ length: 40, distances: [] }, 'expected at least'],
    [{ length: 80, distances: [17] }, 'too few different sequences'],
  ])('%j are refused', (overrides, message) => {
    expect(() => resolve(overrides)).toThrow(message);
  });
});
