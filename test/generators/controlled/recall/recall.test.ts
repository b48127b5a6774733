import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breakOfOrder, breakOfReach } from '../../../../generators/verify/certificates.ts';
import { recall } from '../../../../generators/controlled/recall/recall.ts';
import { resolveOptions } from '../../../../generators/registry.ts';
import type { Example } from '../../../../generators/task.ts';
import { chiSquare, chiSquareLimit, histogram } from '../../support.ts';
import { renderReading } from '../../../../generators/reading.ts';

type Options = Parameters<typeof recall.shape>[0];
const resolve = (
  overrides: Record<string, unknown> = {},
  tier: 'smoke' | 'lite' | 'lra' = 'smoke',
) => resolveOptions(recall, tier, overrides) as Options;

/** Options of a block: as many pairs as values, keys and values apart. */
const resolveBlock = (
  overrides: Record<string, unknown> = {},
  tier: 'smoke' | 'lite' | 'lra' = 'smoke',
) => {
  const values = overrides.values ?? recall.tiers[tier].values;
  return resolve({ layout: 'block', pairs: values, keys: 32, gap: 1, ...overrides }, tier);
};

/** What a reader of the sequence finds: pairs in order, and the queried one. Separators are 1. */
function read({ tokens }: Example, { values, keys, length }: Options) {
  const isValue = (token: number) => token >= 2 && token < 2 + values;
  const isKey = (token: number) => token >= 2 + values && token < 2 + values + keys;
  const positions = Array.from({ length }, (_, i) => i);
  const keyPlaces = positions.filter((i) => isKey(tokens[i]!));
  const valuePlaces = positions.filter((i) => isValue(tokens[i]!));
  const query = tokens[keyPlaces.pop()!]!;
  const queried = keyPlaces.findIndex((i) => tokens[i] === query);
  const noise = positions.map((i) => tokens[i]!).filter((token) => token >= 2 + values + keys);
  return { keyPlaces, valuePlaces, query, queried, noise };
}

/** All siblings of the first `count` groups of the training split. */
async function groups(chosen: Options, count: number, seed = 1): Promise<Example[][]> {
  const { example } = await recall.open(chosen, seed);
  return Array.from({ length: count }, (_, g) =>
    Array.from({ length: chosen.values }, (_, s) => example('train', g * chosen.values + s)),
  );
}

describe('an example', () => {
  it('of a block is answered by the value behind the queried key', async () => {
    for (const tier of ['smoke', 'lite', 'lra'] as const) {
      const chosen = resolveBlock({ gap: tier === 'lite' ? 3 : 1 }, tier);
      for (const example of (await groups(chosen, 22)).flat()) {
        const { keyPlaces, valuePlaces, query, queried } = read(example, chosen);
        expect(keyPlaces).toHaveLength(chosen.values);
        expect(new Set(keyPlaces.map((i) => example.tokens[i])).size).toBe(chosen.values);
        expect(example.tokens[chosen.length - 1]).toBe(query);
        expect(valuePlaces).toEqual(keyPlaces.map((i) => i + chosen.gap + 1));
        expect(example.tokens[valuePlaces[queried]!]).toBe(2 + example.label);
        expect(chosen.length - 1 - valuePlaces.at(-1)!).toBe(example.distance);
      }
    }
  });

  it('that is scattered has every pair once, and the queried value at the distance', async () => {
    for (const tier of ['smoke', 'lite', 'lra'] as const) {
      const chosen = resolve({ gap: tier === 'lite' ? 3 : 0 }, tier);
      for (const example of (await groups(chosen, 22)).flat()) {
        const { keyPlaces, valuePlaces, query, queried } = read(example, chosen);
        expect(new Set(keyPlaces.map((i) => example.tokens[i])).size).toBe(chosen.pairs);
        expect(valuePlaces).toEqual(keyPlaces.map((i) => i + chosen.gap + 1).sort((a, b) => a - b));
        expect(example.tokens[chosen.length - 1]).toBe(query);
        const answer = keyPlaces[queried]! + chosen.gap + 1;
        expect(example.tokens[answer]).toBe(2 + example.label);
        expect(chosen.length - 1 - answer).toBe(example.distance);
      }
    }
  });

  it('belongs to the distance and the group that its index says', async () => {
    const chosen = resolve();
    const { distances, counts, siblings } = recall.shape(chosen);
    const { example } = await recall.open(chosen, 1);
    expect(distances).toEqual([4, 8, 16, 32, 62]);
    for (let group = 0; group < 12; group++) {
      const made = example('test', group * siblings + 2);
      expect(made.distance).toBe(distances[group % distances.length]);
      expect(made.group).toBe((counts.train + counts.val) / siblings + group);
    }
  });

  it('differs between seeds, splits and groups', async () => {
    const chosen = resolve();
    const texts = new Set<string>();
    for (const seed of [1, 2]) {
      const { example } = await recall.open(chosen, seed);
      for (const split of ['train', 'val', 'test'] as const)
        for (let i = 0; i < 80; i++) texts.add(Array.from(example(split, i).tokens).join());
    }
    expect(texts.size).toBe(2 * 3 * 80);
  });
});

describe('a sibling group', () => {
  it('of a block has both certificates, and the order certificate for no longer windows', async () => {
    const parameters = fc.record({
      values: fc.integer({ min: 2, max: 8 }),
      gap: fc.integer({ min: 0, max: 5 }),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(parameters, async ({ values, gap, seed }) => {
        const chosen = resolveBlock({ values, gap, length: 200 });
        for (const group of await groups(chosen, 8, seed)) {
          const rows = group.map(({ tokens }) => tokens);
          const labels = group.map(({ label }) => label);
          const { distance } = group[0]!;
          expect(breakOfReach({ rows, labels, distance })).toBeUndefined();
          expect(breakOfOrder({ rows, labels, distance }, gap + 1)).toBeUndefined();
          expect(breakOfOrder({ rows, labels, distance }, gap + 2)).toBeDefined();
          expect([...labels].sort((a, b) => a - b)).toEqual([...labels.keys()]);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('that is scattered has the reach certificate at exactly its distance', async () => {
    const parameters = fc.record({
      values: fc.integer({ min: 2, max: 8 }),
      pairs: fc.integer({ min: 2, max: 8 }),
      gap: fc.integer({ min: 0, max: 5 }),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(parameters, async ({ values, pairs, gap, seed }) => {
        const chosen = resolve({ values, pairs, gap, length: 200 });
        for (const group of await groups(chosen, 8, seed)) {
          const rows = group.map(({ tokens }) => tokens);
          const labels = group.map(({ label }) => label);
          const { distance } = group[0]!;
          expect(breakOfReach({ rows, labels, distance })).toBeUndefined();
          expect(breakOfReach({ rows, labels, distance: distance + 1 })).toBeDefined();
          expect(breakOfOrder({ rows, labels, distance }, 1)).toBeDefined();
        }
      }),
      { numRuns: 40 },
    );
  });

  it('leaves a read-out that sees n·w tokens back at chance exactly beyond n·w', async () => {
    const chosen = resolve({ distances: [8, 9] });
    // The best that any model could do with what it sees: the labels of one view are guessed alike.
    const best = async (reach: number, distance: number) => {
      const wanted = (await groups(chosen, 40)).filter((group) => group[0]!.distance === distance);
      const right = wanted.map((group) => {
        const seen = group.map(({ tokens }) =>
          Array.from(tokens)
            .slice(-1 - reach)
            .join(),
        );
        return new Set(seen).size / group.length;
      });
      return right.reduce((a, b) => a + b, 0) / right.length;
    };
    expect(await best(8, 8)).toBe(1);
    expect(await best(8, 9)).toBe(1 / chosen.values);
  });
});

describe('along the grid of distances', () => {
  it.each([
    ['scattered', resolve({ distances: [4, 8, 16, 32, 49] })],
    ['block', resolveBlock({ distances: [4, 8, 16, 32, 49] })],
  ])('everything but the distance keeps its distribution, %s', async (layout, chosen) => {
    const byDistance = new Map<
      number,
      { queried: number[]; keys: number[]; noise: number[]; labels: number[] }
    >();
    for (const [index, group] of (await groups(chosen, 5 * 1200)).entries()) {
      const example = group[index % group.length]!;
      const found = byDistance.get(example.distance) ?? {
        queried: [],
        keys: [],
        noise: [],
        labels: [],
      };
      byDistance.set(example.distance, found);
      const { queried, keyPlaces, noise } = read(example, chosen);
      found.queried.push(queried);
      found.labels.push(example.label);
      found.keys.push(...keyPlaces.map((i) => example.tokens[i]! - 2 - chosen.values));
      const separators = layout === 'block' ? 2 * chosen.pairs : 0;
      expect(noise).toHaveLength(chosen.length - 2 * chosen.pairs - separators - 1);
      found.noise.push(...noise.map((token) => token - 2 - chosen.values - chosen.keys));
    }
    const bounds = { queried: 4, labels: 4, keys: chosen.keys, noise: 16 } as const;
    for (const [what, bound] of Object.entries(bounds)) {
      // Where pairs are scattered, D decides how many of the others come first.
      if (what === 'queried' && layout === 'scattered') continue;
      const rows = [...byDistance.values()].map((found) =>
        histogram(found[what as keyof typeof bounds], bound),
      );
      const { statistic, limit } = chiSquare(rows);
      expect(statistic, what).toBeLessThan(limit);
      const all = rows[0]!.map((_, c) => rows.reduce((sum, row) => sum + row[c]!, 0));
      const mean = all.reduce((a, b) => a + b, 0) / bound;
      const uneven = all.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
      expect(uneven, `${what}, all distances`).toBeLessThan(chiSquareLimit(bound - 1));
    }
  });

  it('the grid doubles up to the largest distance', () => {
    expect(recall.shape(resolve({}, 'lite')).distances).toEqual([4, 8, 16, 32, 64, 128, 254]);
    expect(recall.shape(resolve({}, 'lra')).distances.slice(-3)).toEqual([1024, 2048, 4094]);
    const block = resolveBlock({ gap: 7, length: 128 });
    expect(recall.shape(block).distances).toEqual([8, 16, 32, 71]);
  });
});

describe('parameters', () => {
  it.each([
    [{ keys: 3 }, 'keys 3: expected at least as many keys as pairs (4)'],
    [{ pairs: 3, layout: 'block' }, 'pairs 3: expected as many as values (4) in a block'],
    [{ distances: [0, 8] }, 'distances'],
    [{ distances: [8, 63] }, 'expected ascending numbers from 1 to 62'],
    [{ distances: [8, 8] }, 'expected ascending numbers'],
    [{ layout: 'block', gap: 1, distances: [1, 8] }, 'expected ascending numbers from 2 to 49'],
    [{ layout: 'block', gap: 1, length: 16 }, 'length 16: expected at least 17'],
    [{ length: 12 }, 'length 12: expected at least 16, room to scatter 4 pairs with gap 0'],
    [{ length: 20 }, 'length 20: expected more noise'],
    [{ values: 1 }, 'values 1'],
    [{ train: 0 }, 'train 0'],
  ])('%j are refused', (overrides, message) => {
    expect(() => resolve(overrides)).toThrow(message);
  });
});

describe('read', () => {
  it('names the pairs, the question and the answer', async () => {
    const chosen = resolve();
    const { example } = await recall.open(chosen, 1);
    const made = example('train', 5);
    const { keyPlaces, query } = read(made, chosen);
    const reading = recall.read(made, chosen);
    const text = renderReading(reading);
    expect(text).toContain(`key${query - 6} value${made.label}`);
    expect(text.endsWith(`\nWhich value does key${query - 6} have?\n= value${made.label}`)).toBe(
      true,
    );
    expect(text.startsWith(`(${keyPlaces[0]} noise) key`)).toBe(true);
    const kinds = reading.documents[0]!.map(({ kind }) => kind);
    expect(kinds.indexOf('evidence')).toBe(chosen.length - 1 - made.distance);
    expect(kinds.lastIndexOf('question')).toBe(chosen.length - 1);
  });
});
