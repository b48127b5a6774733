import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  breakOfLabels,
  breakOfOrder,
  breakOfReach,
} from '../../../../generators/verify/certificates.ts';
import { retrievalDistance } from '../../../../generators/controlled/retrieval/retrievalDistance.ts';
import { resolveOptions } from '../../../../generators/registry.ts';
import type { Example } from '../../../../generators/task.ts';
import { chiSquare, histogram } from '../../support.ts';
import { renderReading } from '../../../../generators/reading.ts';

type Options = Parameters<typeof retrievalDistance.shape>[0];
const resolve = (
  overrides: Record<string, unknown> = {},
  tier: 'smoke' | 'lite' | 'lra' = 'smoke',
) => resolveOptions(retrievalDistance, tier, overrides) as Options;

/** Both siblings of the first `count` groups of the training split. */
async function groups(chosen: Options, count: number, seed = 1): Promise<Example[][]> {
  const { example } = await retrievalDistance.open(chosen, seed);
  return Array.from({ length: count }, (_, g) => [0, 1].map((s) => example('train', 2 * g + s)));
}

const documentsOf = ({ tokens }: Example, { length }: Options) =>
  [0, 1].map((d) => Array.from(tokens).slice(d * length, (d + 1) * length));

/** What a reader of a document finds: roles and keys in order, the asked one, and the noise. */
function read(document: number[], { roles, alphabet, keyLength, gap }: Options) {
  const [firstKey, firstNoise] = [2 + roles, 2 + roles + alphabet];
  const isRole = (token: number) => token >= 2 && token < firstKey;
  const places = [...document.keys()].filter((i) => isRole(document[i]!));
  const query = places.pop()!;
  const keys = places.map((i) => document.slice(i + gap + 1, i + gap + 1 + keyLength));
  const asked = places.findIndex((i) => document[i] === document[query]);
  const noise = document.filter((token) => token >= firstNoise);
  return { places, keys, asked, query, key: keys[asked]!.join(), noise };
}

describe('an example', () => {
  it('is answered by comparing the keys under the asked role', async () => {
    for (const tier of ['smoke', 'lite', 'lra'] as const) {
      const chosen = resolve(tier === 'lite' ? { keyLength: 3, gap: 2 } : {}, tier);
      for (const example of (await groups(chosen, tier === 'lra' ? 9 : 60)).flat()) {
        const found = documentsOf(example, chosen).map((document) => read(document, chosen));
        for (const { places, keys, query } of found) {
          expect(places).toHaveLength(chosen.slots);
          expect(query).toBe(chosen.length - 1);
          const size = 1 + 2 * chosen.gap + chosen.keyLength;
          expect(places).toEqual(places.map((_, i) => places[0]! + i * size));
          expect(keys.flat().every((token) => token >= 8 && token < 16)).toBe(true);
        }
        const [one, other] = found as [ReturnType<typeof read>, ReturnType<typeof read>];
        expect(example.label).toBe(one.key === other.key ? 1 : 0);
        expect(one.keys.filter((key) => key.join() === one.key)).toHaveLength(1);
      }
    }
  });

  it('holds the first key elsewhere where its keys are exchanged, and nowhere where not', async () => {
    const chosen = resolve();
    const held = (await groups(chosen, 400)).map(([different]) => {
      const [one, other] = documentsOf(different!, chosen).map((d) => read(d, chosen));
      return other!.keys.some((key) => key.join() === one!.key);
    });
    expect(Math.abs(held.filter(Boolean).length - 200)).toBeLessThan(60);
  });

  it('has the common key, and keys that differ in order only, half the time each', async () => {
    const chosen = resolve({ keyLength: 3 });
    const firsts = (await groups(chosen, 400)).map(
      ([different]) => read(documentsOf(different!, chosen)[0]!, chosen).key,
    );
    // Token ids 8 and 9: the common key.
    expect(Math.abs(firsts.filter((key) => key === '8,8,9').length - 200)).toBeLessThan(60);
    const reversed = (await groups(chosen, 400)).map(([different]) => {
      const [one, other] = documentsOf(different!, chosen).map((d) => read(d, chosen).key);
      return one!.split(',').reverse().join() === other;
    });
    expect(Math.abs(reversed.filter(Boolean).length - 200)).toBeLessThan(60);
  });

  it('belongs to the distance and the group that its index says', async () => {
    const chosen = resolve();
    const { distances, counts } = retrievalDistance.shape(chosen);
    const { example } = await retrievalDistance.open(chosen, 1);
    for (let group = 0; group < 12; group++) {
      const made = example('test', 2 * group + 1);
      expect(made.distance).toBe(distances[group % distances.length]);
      expect(made.group).toBe((counts.train + counts.val) / 2 + group);
    }
  });
});

describe('a sibling group', () => {
  it('has the certificates in either document', async () => {
    const parameters = fc.record({
      slots: fc.integer({ min: 2, max: 6 }),
      keyLength: fc.integer({ min: 2, max: 4 }),
      gap: fc.integer({ min: 0, max: 4 }),
      alphabet: fc.integer({ min: 4, max: 9 }),
      exchanged: fc.constantFrom(0, 0.5, 1),
      common: fc.constantFrom(0, 0.9),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(parameters, async ({ seed, gap, ...others }) => {
        const chosen = resolve({ ...others, gap, length: 200 });
        for (const group of await groups(chosen, 6, seed)) {
          const labels = group.map(({ label }) => label);
          const { distance } = group[0]!;
          const [first, second] = [0, 1].map((d) =>
            group.map((example) => documentsOf(example, chosen)[d]!),
          ) as [number[][], number[][]];
          expect(first[0]).toEqual(first[1]);
          const claim = { rows: second, labels, distance };
          expect(breakOfReach(claim)).toBeUndefined();
          expect(breakOfReach({ ...claim, distance: distance + 1 })).toBeDefined();
          if (others.exchanged === 1) expect(breakOfOrder(claim, gap + 1)).toBeUndefined();
          if (others.exchanged === 0) expect(breakOfOrder(claim, others.keyLength)).toBeDefined();
          expect(breakOfLabels(claim, 2)).toBeUndefined();
        }
      }),
      { numRuns: 40 },
    );
  });

  it('tells longer windows apart, where keys are exchanged', async () => {
    const chosen = resolve({ exchanged: 1 });
    expect(retrievalDistance.shape(chosen).order).toBe(2);
    expect(retrievalDistance.shape(resolve()).order).toBe(0);
    for (const group of await groups(chosen, 20)) {
      const rows = group.map((example) => documentsOf(example, chosen)[1]!);
      const claim = { rows, labels: [0, 1], distance: group[0]!.distance };
      expect(breakOfOrder(claim, chosen.gap + 2)).toBeDefined();
    }
  });
});

describe('along the grid of distances', () => {
  it('everything but the distance keeps its distribution', async () => {
    const chosen = resolve({ distances: [8, 32, 64, 114] });
    const bounds = { asked: 3, place: 8, roles: 6, keys: 8, noise: 16, same: 4 };
    type Measured = Record<keyof typeof bounds, number[]>;
    const byDistance = new Map<number, Measured>();
    for (const [index, group] of (await groups(chosen, 4 * 500)).entries()) {
      const example = group[(index >> 2) % 2]!;
      const found = byDistance.get(example.distance) ?? {
        asked: [],
        place: [],
        roles: [],
        keys: [],
        noise: [],
        same: [],
      };
      byDistance.set(example.distance, found);
      documentsOf(example, chosen).forEach((document, d) => {
        const { places, keys, asked, noise } = read(document, chosen);
        found.asked.push(asked);
        // Whether the asked key is the one at the distance, in either document.
        const last = places[asked]! + chosen.gap + chosen.keyLength;
        found.place.push(4 * d + (chosen.length - 1 - last === example.distance ? 1 : 0));
        found.roles.push(...places.map((i) => document[i]! - 2));
        found.keys.push(...keys.flat().map((token) => token - 8));
        found.noise.push(...noise.map((token) => token - 16));
      });
      found.same.push(example.label);
    }
    for (const what of Object.keys(bounds) as (keyof typeof bounds)[]) {
      const rows = [...byDistance.values()].map((found) => histogram(found[what], bounds[what]));
      const { statistic, limit } = chiSquare(rows);
      expect(statistic, what).toBeLessThan(limit);
    }
    const places = histogram(
      [...byDistance.values()].flatMap(({ place }) => place),
      8,
    );
    for (const [farther, nearer] of [places.slice(0, 2), places.slice(4, 6)] as [number, number][])
      expect(Math.abs(nearer / (nearer + farther) - 0.75)).toBeLessThan(0.04);
  });

  it('the grid doubles up to the largest distance', () => {
    const { shape } = retrievalDistance;
    expect(shape(resolve()).distances).toEqual([8, 16, 32, 64, 114]);
    expect(shape(resolve({}, 'lite')).distances).toEqual([8, 16, 32, 64, 128, 242]);
    expect(shape(resolve({}, 'lra')).distances.slice(-2)).toEqual([2048, 3986]);
  });
});

describe('parameters', () => {
  it.each([
    [{ roles: 2 }, 'roles 2: expected at least as many as slots (3)'],
    [{ alphabet: 2 }, 'alphabet 2: expected more: at least 6 different keys for 3 slots'],
    [{ keyLength: 1 }, 'keyLength 1'],
    [{ common: 1 }, 'common 1'],
    [{ length: 18 }, 'length 18: expected at least 21'],
    [{ length: 40, noise: 2 }, 'expected more noise'],
    [{ distances: [6] }, 'expected ascending numbers from 7 to 114, got 6'],
    [{ distances: [115] }, 'expected ascending numbers'],
  ])('%j are refused', (overrides, message) => {
    expect(() => resolve(overrides)).toThrow(message);
  });
});

describe('read', () => {
  it('names slots, questions and the answer', async () => {
    const chosen = resolve();
    for (const example of (await groups(chosen, 1)).flat()) {
      const text = renderReading(retrievalDistance.read(example, chosen));
      const [one] = documentsOf(example, chosen).map((d) => read(d, chosen)) as [
        ReturnType<typeof read>,
      ];
      const key = one.key.split(',').map((token) => `key${Number(token) - 8}`);
      expect(text).toContain(` – ${key.join(' ')} – `);
      expect(text).toMatch(/document 1\n.*noise.*\n\ndocument 2\n/);
      expect(text).toMatch(example.label === 1 ? /\n= the same key$/ : /\n= different keys$/);
    }
  });
});
