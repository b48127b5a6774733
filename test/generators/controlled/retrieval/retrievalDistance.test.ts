import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../../../core/random.ts';
import { lookUp } from '../../../../generators/controlled/retrieval/evaluate.ts';
import { makeGroup } from '../../../../generators/controlled/retrieval/layout.ts';
import { retrievalDistance } from '../../../../generators/controlled/retrieval/retrievalDistance.ts';
import { resolveOptions } from '../../../../generators/registry.ts';
import type { Example, TaskDefinition, TierName } from '../../../../generators/task.ts';
import { chiSquare, histogram } from '../../support.ts';
import {
  bestReader,
  binsIn,
  documentsOf,
  expectEvaluated,
  expectRules,
  grams,
  hasOrder,
  tableOf,
  tablesOf,
} from '../table.ts';

const task = retrievalDistance as unknown as TaskDefinition;
type Options = Parameters<typeof retrievalDistance.shape>[0];
/** Options of a tier; smoke with keys of two tokens and room for two sets of them. */
const resolve = (overrides: Record<string, unknown> = {}, tier: TierName = 'smoke') =>
  resolveOptions(
    task,
    tier,
    tier === 'smoke' ? { alphabet: 8, keyLength: 2, ...overrides } : overrides,
  ) as Options;
const shapeOf = (chosen: Options) => retrievalDistance.shape(chosen);

describe('a group', () => {
  it('has the certificates, and labels that the tokens say, for any options', async () => {
    const parameters = fc.record({
      sets: fc.integer({ min: 1, max: 2 }),
      keyLength: fc.integer({ min: 1, max: 4 }),
      gap: fc.integer({ min: 0, max: 3 }),
      alphabet: fc.integer({ min: 5, max: 9 }),
      asked: fc.nat(6),
      noise: fc.integer({ min: 2, max: 16 }),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(parameters, async ({ seed, ...others }) => {
        const distances = [others.asked + 1 + others.gap, 40, 100];
        const chosen = resolve({ ...others, length: 240, roles: 8, distances });
        for (const table of await tablesOf(task, chosen, 3, { seed })) {
          expectRules(table, shapeOf(chosen));
          expectEvaluated(task, chosen, table);
        }
      }),
      { numRuns: 25 },
    );
  });

  it.each(['smoke', 'lite', 'lra'] as const)('has the certificates at tier %s', async (tier) => {
    const chosen = resolve({}, tier);
    const shape = shapeOf(chosen);
    for (const table of await tablesOf(task, chosen, shape.distances.length)) {
      expectRules(table, shape);
      expectEvaluated(task, chosen, table);
      expect(hasOrder(table, shape, shape.order + 1)).toBe(false);
    }
  });

  it('has two roles with the same key and two without, in every state', async () => {
    for (const table of await tablesOf(task, resolve(), 8))
      for (const rows of table) expect(rows.map(({ label }) => label).sort()).toEqual([0, 0, 1, 1]);
  });

  it('has keys that are each other’s reverse under two roles of a set', async () => {
    const chosen = resolve();
    for (const table of await tablesOf(task, chosen, 8)) {
      const [document] = documentsOf(table[0]![0]!, shapeOf(chosen)) as [number[]];
      const keys = table[0]!.map(
        ({ tokens }) => lookUp(document, tokens[chosen.length - 1]!, chosen)!.key,
      );
      for (const pair of [0, 2]) expect(keys[pair]!.toReversed()).toEqual(keys[pair + 1]);
      expect(new Set(keys.map((key) => key.join())).size).toBe(4);
    }
  });

  it('differs between seeds, splits and groups', async () => {
    const texts = new Set<string>();
    for (const seed of [1, 2])
      for (const split of ['train', 'val', 'test'] as const)
        for (const table of await tablesOf(task, resolve({ helpers: 0 }), 8, { seed, split }))
          for (const { tokens } of table.flat()) texts.add(Array.from(tokens).join());
    expect(texts.size).toBe(2 * 3 * 8 * 16);
  });
});

describe('readers that lack something', async () => {
  const chosen = resolve({ length: 160, sets: 2, roles: 8, distances: [8, 16, 64] });
  const shape = shapeOf(chosen);
  const tables = await tablesOf(task, chosen, 24);
  const best = (seen: (documents: number[][]) => unknown) =>
    bestReader(tables, 2, (row: Example) => JSON.stringify(seen(documentsOf(row, shape))));
  const last = chosen.length - 1;

  it.each([
    ['the question', (d: number[][]) => d.map((text) => text.slice(0, last))],
    ['the second document', (d: number[][]) => d[0]],
    ['the first document', (d: number[][]) => d[1]],
    ['what is 8 tokens from the end or farther', (d: number[][]) => d.map((t) => t.slice(-8))],
    [
      'the order of windows of gap + 1 tokens',
      (d: number[][]) => d.map((text) => [text[last], grams(text, chosen.gap + 1)]),
    ],
    [
      'the order of tokens within keys',
      (d: number[][]) =>
        d.map((text) => [text[last], lookUp(text, text[last]!, chosen)!.key.toSorted()]),
    ],
  ])('are right in one half: %s', (_, seen) => {
    expect(best(seen)).toBe(0.5);
  });

  it('are the only ones: whoever reads all is right', () => {
    expect(best((documents) => documents)).toBe(1);
  });
});

describe('along the distances', () => {
  it('places, roles, keys and noise of what is asked and what is not have one distribution', async () => {
    // Two bins and two sets: each set may be the asked one, and stands in either bin.
    const chosen = resolve({ length: 128, sets: 2, roles: 8, distances: [8, 40] });
    const shape = shapeOf(chosen);
    const found = { places: [[], []], roles: [[], []], keys: [[], []] } as Record<
      string,
      [number[], number[]]
    >;
    const byBin = new Map<number, number[]>();
    for (const table of await tablesOf(task, chosen, 600)) {
      const rows = table[0]!;
      const asked = new Set(rows.map(({ tokens }) => tokens[chosen.length - 1]!));
      for (const document of documentsOf(rows[0]!, shape))
        for (let role = 2; role < 10; role++) {
          const { key, place } = lookUp(document, role, chosen)!;
          const side = asked.has(role) ? 0 : 1;
          found.places![side].push(Math.floor(place / 8));
          found.roles![side].push(role);
          found.keys![side].push(key[0]! - 8);
          if (side === 0)
            byBin.set(rows[0]!.distance, [...(byBin.get(rows[0]!.distance) ?? []), key[0]! - 8]);
        }
    }
    for (const [what, [asked, others]] of Object.entries(found)) {
      const { statistic, limit } = chiSquare([histogram(asked, 17), histogram(others, 17)]);
      expect(statistic, what).toBeLessThan(limit);
    }
    const { statistic, limit } = chiSquare([...byBin.values()].map((keys) => histogram(keys, 17)));
    expect(statistic).toBeLessThan(limit);
  });
});

describe('earlier questions', () => {
  it('are drawn from all roles with replacement, independent of the last', async () => {
    const chosen = resolve({ length: 128, sets: 2, roles: 8, asked: 5, distances: [8, 40] });
    let repeats = 0;
    const tables = await tablesOf(task, chosen, 300);
    for (const [[row]] of tables as [[Example]][]) {
      const { repeats: found } = task.evaluate!(
        { tokens: Uint16Array.from(row.tokens), extras: {} },
        chosen,
      )!;
      repeats += found!;
    }
    // Each of five questions is the last one with probability 1/8.
    expect(Math.abs(repeats / (5 * 300) - 1 / 8)).toBeLessThan(0.03);
  });

  it('are read out at the tokens before the last', () => {
    expect(shapeOf(resolve()).table!.asked).toEqual([57, 58, 59, 60, 61, 62]);
  });
});

describe('easier training groups', () => {
  const all = resolve({ helpers: 0.9, length: 160, sets: 2, roles: 8, distances: [8, 16, 64] });

  it('leave validation and test alone', async () => {
    for (const split of ['val', 'test'] as const)
      for (const table of await tablesOf(task, all, 20, { split }))
        expectRules(table, shapeOf(all));
  });

  it('keep reach and right labels; two of five need no question, two have the given key', async () => {
    let [needless, common] = [0, 0];
    const shape = shapeOf(all);
    for (let n = 0; n < 200; n++) {
      const bins = binsIn(shape, n % 3);
      const group = makeGroup(all, bins.slice(0, all.sets), stream(`easier/${n}`), 'train');
      const table = tableOf(group, shape, bins[0].from);
      expectRules(table, shapeOf(all), 'reach');
      expectEvaluated(task, all, table);
      const keys = documentsOf(table[0]![0]!, shape).map((document) =>
        table[0]!.map(({ tokens }) => lookUp(document, tokens[all.length - 1]!, all)!.key.join()),
      );
      // Key tokens 0 and 1 in that order, after one id of padding, one separator and eight roles.
      common += Number(keys.some((found) => found.every((key) => key === '10,11')));
      needless += Number(
        table.every((rows) => rows.every(({ label }) => label === rows[0]!.label)),
      );
    }
    expect(Math.abs(needless / 200 - 0.36)).toBeLessThan(0.12);
    expect(Math.abs(common / 200 - 0.36)).toBeLessThan(0.12);
  });
});

describe('the evaluator', () => {
  it('knows no answer where a role is missing, or the documents ask for different ones', async () => {
    const chosen = resolve();
    const [[[row]]] = (await tablesOf(task, chosen, 1)) as [[[Example]]];
    const changed = (change: (tokens: Uint16Array) => void) => {
      const tokens = Uint16Array.from(row.tokens);
      change(tokens);
      return task.evaluate!({ tokens, extras: {} }, chosen);
    };
    const last = chosen.length - 1;
    expect(changed(() => undefined)).toBeDefined();
    expect(changed((tokens) => (tokens[last] = 1))).toBeUndefined();
    expect(changed((tokens) => (tokens[last] = row.tokens[last] === 2 ? 3 : 2))).toBeUndefined();
    const asked = row.tokens[last]!;
    const slot = Array.from(row.tokens).indexOf(asked);
    expect(changed((tokens) => (tokens[slot] = 20))).toBeUndefined();
  });
});

describe('parameters', () => {
  it.each([
    [{ roles: 3 }, 'roles 3: expected at least as many as slots (4)'],
    [{ alphabet: 2 }, 'alphabet 2: expected more: there are 2 keys that are not their own reverse'],
    [{ keyLength: 0 }, 'keyLength 0'],
    [{ helpers: 1 }, 'helpers 1'],
    [{ length: 24, distances: [] }, 'length 24: expected at least'],
    [{ noise: 2, length: 64, distances: [8] }, undefined],
    [{ distances: [6] }, 'expected ascending numbers from 7 to'],
    [{ distances: [24, 8] }, 'expected ascending numbers'],
    [{ sets: 2, roles: 8, distances: [8] }, 'sets 2: expected fewer'],
  ])('%j', (overrides, message) => {
    if (message === undefined) expect(() => resolve(overrides)).not.toThrow();
    else expect(() => resolve(overrides)).toThrow(message);
  });
});

describe('read', () => {
  it('names slots, questions, the deciding keys and the answer', async () => {
    const chosen = resolve();
    const [[rows]] = (await tablesOf(task, chosen, 1)) as [[Example[]]];
    for (const row of rows) {
      const { documents, question, answer } = task.read(row, chosen);
      const decided = documents.map((pieces) =>
        pieces.filter(({ kind }) => kind === 'evidence').map(({ text }) => text),
      );
      expect(decided.map((texts) => texts.length)).toEqual([2, 2]);
      expect(decided[0]!.join() === decided[1]!.join()).toBe(row.label === 1);
      expect(answer).toBe(row.label === 1 ? 'the same key' : 'different keys');
      expect(question).toContain(documents[0]!.at(-1)!.text);
      expect(documents[0]!.filter(({ kind }) => kind === 'earlier')).toHaveLength(chosen.asked);
    }
  });
});
