import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  breakOfLabels,
  breakOfOrder,
  breakOfReach,
} from '../../../../generators/verify/certificates.ts';
import { listopsDistance } from '../../../../generators/controlled/listops/listopsDistance.ts';
import { resolveOptions } from '../../../../generators/registry.ts';
import { wordsOf } from '../../../../generators/standard/listops/expressions.ts';
import type { Example } from '../../../../generators/task.ts';
import { dependencyByTrying, rewrite } from '../../standard/listopsReference.ts';
import { chiSquare, histogram } from '../../support.ts';
import { textOf, type Piece } from '../../../../generators/reading.ts';

type Options = Parameters<typeof listopsDistance.shape>[0];
const resolve = (
  overrides: Record<string, unknown> = {},
  tier: 'smoke' | 'lite' | 'lra' = 'smoke',
) => resolveOptions(listopsDistance, tier, overrides) as Options;

/** All siblings of the first `count` groups of the training split. */
async function groups(chosen: Options, count: number, seed = 1): Promise<Example[][]> {
  const { example } = await listopsDistance.open(chosen, seed);
  return Array.from({ length: count }, (_, g) =>
    Array.from({ length: 10 }, (_, s) => example('train', g * 10 + s)),
  );
}

/** Operators around each symbol, counted by brackets; an operator is outside of itself. */
function depths(words: string[]): number[] {
  let open = 0;
  return words.map((word) => {
    if (word === ']') open--;
    return word.startsWith('[') ? open++ : open;
  });
}

const nearOf = (words: string[], { near, length }: Options) =>
  words.slice(length - 1 - near, length - 1).join(' ');

describe('an example', () => {
  it('is one expression that fills the sequence, and its value is the label', async () => {
    for (const tier of ['smoke', 'lite', 'lra'] as const) {
      const chosen = resolve({}, tier);
      for (const group of await groups(chosen, tier === 'lra' ? 7 : 40))
        for (const { tokens, label } of group) {
          const words = wordsOf(tokens);
          expect(words).toHaveLength(chosen.length);
          expect(depths(words).indexOf(0, 1)).toBe(chosen.length - 1);
          expect(rewrite(words.join(' '))).toBe(label);
        }
    }
  });

  it('depends on the live digit, of all far ones, and on the near part', async () => {
    const chosen = resolve();
    const near = { read: 0, inAll: 0 };
    for (const group of await groups(chosen, 12)) {
      const { tokens, distance } = group[5]!;
      const words = wordsOf(tokens);
      const { positions } = dependencyByTrying(words);
      const nearStart = chosen.length - 1 - chosen.near;
      // The zeros that make a minimum inert decide too: without them it would not be.
      const far = positions.filter((p) => p < nearStart && words[p] !== '0');
      expect(far).toEqual([chosen.length - 1 - distance]);
      near.read += positions.at(-1)! > nearStart ? 1 : 0;
      near.inAll++;
    }
    expect(near.read / near.inAll).toBeGreaterThan(0.5);
  });

  it('has a digit between the same neighbours at every distance; nesting tells the live one', async () => {
    const chosen = resolve({}, 'lite');
    const { distances } = listopsDistance.shape(chosen);
    for (const [example] of await groups(chosen, 60)) {
      const words = wordsOf(example!.tokens);
      const nesting = depths(words);
      for (const distance of distances) {
        const place = chosen.length - 1 - distance;
        expect(words.slice(place - 1, place + 2).join(' ')).toMatch(/^\] \d \[MIN$/);
        expect(nesting[place]).toBe(distance === example!.distance ? 1 : 2);
      }
      const bare = words.filter((word, i) => /\d/.test(word) && nesting[i] === 1);
      expect(bare).toHaveLength(1);
    }
  });

  it('cannot be told from the far digit or from the near part alone', async () => {
    const chosen = resolve({ neutral: 0.5 });
    const seen = new Map<string, number[]>();
    const count = (key: string, label: number) => {
      if (!seen.has(key)) seen.set(key, new Array<number>(10).fill(0));
      seen.get(key)![label]!++;
    };
    const made = (await groups(chosen, 600)).flat();
    for (const { tokens, label, distance } of made) {
      const words = wordsOf(tokens);
      count(`digit ${words[chosen.length - 1 - distance]}`, label);
      count(`value ${rewrite(nearOf(words, chosen))}`, label);
    }
    const best = (kind: string) => {
      const rows = [...seen].filter(([key]) => key.startsWith(kind)).map(([, row]) => row);
      return rows.reduce((sum, row) => sum + Math.max(...row), 0) / made.length;
    };
    // Half of the near parts are set to 0, and a tenth of the others are.
    expect(Math.abs(best('digit') - 0.55)).toBeLessThan(0.05);
    expect(best('value')).toBe(0.1);
  });
});

describe('a quiet group', () => {
  it('has no digit but 0 besides the live one and the near part', async () => {
    const chosen = resolve({ quiet: 0.5 }, 'lite');
    const inert = (await groups(chosen, 200)).map(([example]) => {
      const live = chosen.length - 1 - example!.distance;
      return wordsOf(example!.tokens)
        .slice(0, chosen.length - 1 - chosen.near)
        .filter((word, i) => /\d/.test(word) && i !== live);
    });
    const quiet = inert.filter((digits) => !digits.some((digit) => digit !== '0'));
    expect(Math.abs(quiet.length / inert.length - 0.5)).toBeLessThan(0.12);
    const others = inert.filter((digits) => !quiet.includes(digits)).flat();
    expect(others.filter((digit) => digit !== '0').length / others.length).toBeGreaterThan(0.7);
  });
});

describe('a sibling group', () => {
  it('has the reach certificate at exactly its distance, and ten labels', async () => {
    const parameters = fc.record({
      near: fc.integer({ min: 4, max: 40 }),
      neutral: fc.constantFrom(0, 0.3, 0.9),
      quiet: fc.constantFrom(0, 0.5, 0.9),
      length: fc.integer({ min: 150, max: 300 }),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(parameters, async ({ seed, ...others }) => {
        const chosen = resolve({ ...others, train: 9, val: 1, test: 1 });
        for (const group of await groups(chosen, 9, seed)) {
          const rows = group.map(({ tokens }) => tokens);
          const labels = group.map(({ label }) => label);
          const { distance } = group[0]!;
          expect(breakOfReach({ rows, labels, distance })).toBeUndefined();
          expect(breakOfReach({ rows, labels, distance: distance + 1 })).toBeDefined();
          expect(breakOfLabels({ rows, labels, distance }, 10)).toBeUndefined();
          expect(breakOfOrder({ rows, labels, distance }, 1)).toBeDefined();
          for (const { tokens, label } of group.slice(4, 6))
            expect(rewrite(wordsOf(tokens).join(' '))).toBe(label);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is the same whatever was made before', async () => {
    const chosen = resolve();
    const [one, other] = [
      await listopsDistance.open(chosen, 1),
      await listopsDistance.open(chosen, 1),
    ];
    const forward = Array.from({ length: 40 }, (_, i) => one.example('val', i));
    const backward = Array.from({ length: 40 }, (_, i) => other.example('val', 39 - i));
    expect(backward.reverse()).toEqual(forward);
  });
});

describe('along the grid of distances', () => {
  it('everything but the distance keeps its distribution', async () => {
    const chosen = resolve({ distances: [32, 64, 115], train: 1000 });
    const bounds = { tokens: 16, depth: 12, near: 10, candidates: 10, operators: 60, arity: 20 };
    type Measured = Record<keyof typeof bounds, number[]>;
    const byDistance = new Map<number, Measured>();
    const { example } = await listopsDistance.open(chosen, 1);
    for (let group = 0; group < 3000; group++) {
      const { tokens, distance } = example('train', group * 10 + (group % 10));
      const words = wordsOf(tokens);
      const nesting = depths(words);
      const found = byDistance.get(distance) ?? {
        tokens: [],
        depth: [],
        near: [],
        candidates: [],
        operators: [],
        arity: [],
      };
      byDistance.set(distance, found);
      found.tokens.push(...Array.from(tokens));
      found.depth.push(Math.max(...nesting));
      found.near.push(rewrite(nearOf(words, chosen)));
      found.candidates.push(...chosen.distances.map((d) => Number(words[chosen.length - 1 - d])));
      found.operators.push(words.filter((word) => word.startsWith('[')).length);
      found.arity.push(words.filter((word, i) => nesting[i] === 1 && word !== ']').length);
    }
    for (const what of Object.keys(bounds) as (keyof typeof bounds)[]) {
      const rows = [...byDistance.values()].map((found) => histogram(found[what], bounds[what]));
      const { statistic, limit } = chiSquare(rows);
      expect(statistic, what).toBeLessThan(limit);
    }
  });

  it('the grid doubles up to the largest distance', () => {
    expect(listopsDistance.shape(resolve()).distances).toEqual([32, 64, 115]);
    expect(listopsDistance.shape(resolve({}, 'lite')).distances).toEqual([32, 64, 128, 243]);
    expect(listopsDistance.shape(resolve({}, 'lra')).distances.slice(-2)).toEqual([1024, 2035]);
  });
});

describe('parameters', () => {
  it.each([
    [{ near: 3 }, 'near 3'],
    [{ neutral: 1 }, 'neutral 1'],
    [{ quiet: 1 }, 'quiet 1'],
    [{ length: 40, near: 20 }, 'length 40: expected at least 45 for a near part of 20'],
    [{ distances: [17] }, 'expected ascending numbers from 18 to 115 at least 23 apart'],
    [{ distances: [32, 116] }, 'expected ascending numbers'],
    [{ distances: [32, 54] }, 'at least 23 apart, got 32, 54'],
    [{ length: 64 }, 'length 64: expected more'],
  ])('%j are refused', (overrides, message) => {
    expect(() => resolve(overrides)).toThrow(message);
  });
});

describe('read', () => {
  it('gives the expression, marks the live digit, and its value', async () => {
    const chosen = resolve();
    const [[example]] = (await groups(chosen, 1)) as [[Example]];
    const { documents, between, answer } = listopsDistance.read(example, chosen);
    const [pieces] = documents as [Piece[]];
    expect(textOf(pieces, between)).toBe(wordsOf(example.tokens).join(' '));
    const live = pieces.findIndex(({ kind }) => kind === 'evidence');
    expect(live).toBe(chosen.length - 1 - example.distance);
    expect(answer).toBe(String(example.label));
  });
});
