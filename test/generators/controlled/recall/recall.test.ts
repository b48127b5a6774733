import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slotsOf } from '../../../../generators/controlled/recall/evaluate.ts';
import { idsOf } from '../../../../generators/controlled/recall/vocabulary.ts';
import { recall, recallCapacity } from '../../../../generators/controlled/recall/recall.ts';
import { findTask, resolveOptions } from '../../../../generators/registry.ts';
import type { TierName } from '../../../../generators/task.ts';
import { breakOfOrder } from '../../../../generators/verify/tables.ts';
import { chiSquare, histogram } from '../../support.ts';
import { bestWith, breakOfGroup, groupsOf, scoreOf, tableOf, type Row } from '../support.ts';

type Options = Parameters<typeof recall.shape>[0];
const resolve = (overrides: Record<string, unknown> = {}, tier: TierName = 'smoke') =>
  resolveOptions(findTask('recall'), tier, overrides) as Options;
const task = findTask('recall');

/** Options of all kinds that the task accepts. */
const anyOptions = fc
  .record({
    values: fc.integer({ min: 2, max: 6 }),
    gap: fc.integer({ min: 0, max: 3 }),
    asked: fc.integer({ min: 0, max: 9 }),
    sets: fc.integer({ min: 1, max: 4 }),
    bins: fc.integer({ min: 1, max: 3 }),
    extraKeys: fc.nat(12),
    noise: fc.integer({ min: 2, max: 20 }),
  })
  .map(({ bins, sets, extraKeys, ...given }) => {
    const slots = sets > bins ? Math.ceil(sets / bins) : 1;
    const room = 2 * slots * given.values * (2 * given.gap + 2);
    const first = given.asked + 1 + given.gap;
    const distances = Array.from({ length: bins }, (_, b) => (first + room) * 2 ** b);
    return {
      ...{ ...given, distances, sets: sets > bins ? bins * slots : sets },
      keys: bins * slots * given.values + extraKeys,
      length: distances.at(-1)! * 2 + room + 80,
    };
  });

describe('a group of recall', () => {
  it('has all certificates, and the order certificate for no longer windows', async () => {
    await fc.assert(
      fc.asyncProperty(anyOptions, fc.nat(), async (overrides, seed) => {
        const chosen = resolve(overrides);
        for (const group of await groupsOf(task, chosen, { count: 6, seed })) {
          expect(breakOfGroup(task, chosen, group)).toBeUndefined();
          const table = tableOf(task, chosen, group);
          expect(breakOfOrder(table, chosen.gap + 2)).toBeDefined();
        }
      }),
      { numRuns: 40 },
    );
  });

  it.each(['smoke', 'lite', 'lra'] as const)('has all certificates at tier %s', async (tier) => {
    for (const name of ['recall', 'recall-capacity']) {
      const options = resolveOptions(findTask(name), tier);
      for (const group of await groupsOf(name, options, { count: 12 }))
        expect(breakOfGroup(findTask(name), options, group)).toBeUndefined();
    }
  });

  it('is the same however often and in whatever order it is asked for', async () => {
    const chosen = resolve();
    const { example } = await recall.open(chosen, 3);
    const copy = (i: number) => ({
      ...example('val', i),
      tokens: [...Array.from(example('val', i).tokens)],
    });
    const forwards = Array.from({ length: 40 }, (_, i) => copy(i));
    for (let i = 39; i >= 0; i -= 3) expect(copy(i)).toEqual(forwards[i]);
  });
});

describe('a sequence', () => {
  it('has every key once before the questions, its value a gap away, and answers that follow from it', async () => {
    await fc.assert(
      fc.asyncProperty(anyOptions, fc.nat(), async (overrides, seed) => {
        const chosen = resolve(overrides);
        const { length, sets, values, asked, gap } = chosen;
        const { firstKey, firstNoise } = idsOf(chosen);
        for (const row of (await groupsOf(task, chosen, { count: 2, seed })).flat()) {
          const tail = Array.from(row.tokens.subarray(length - asked - 1));
          expect(tail.every((token) => token >= firstKey && token < firstNoise)).toBe(true);
          const body = Array.from(row.tokens.subarray(0, length - asked - 1));
          const keys = body.filter((token) => token >= firstKey && token < firstNoise);
          expect(keys).toHaveLength(sets * values);
          expect(new Set(keys).size).toBe(keys.length);
          const answerOf = (key: number) => row.tokens[body.indexOf(key) + gap + 1]! - 2;
          expect(answerOf(tail.at(-1)!)).toBe(row.label);
          expect(tail.slice(0, -1).map(answerOf)).toEqual(row.answers);
          expect(recall.evaluate!({ tokens: row.tokens, extras: {} }, chosen)).toEqual({
            ...{ label: row.label, answers: row.answers, place: row.place },
            repeats: tail.slice(0, -1).filter((key) => key === tail.at(-1)).length,
          });
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is no evaluable one where a key stands twice, is missing, or has no value', async () => {
    const chosen = resolve();
    const [[row]] = (await groupsOf(task, chosen, { count: 1 })) as [[Row]];
    const slots = slotsOf(row.tokens, chosen)!;
    const [first, second] = [...slots.keys()] as [number, number];
    const changed = (position: number, token: number) => {
      const tokens = row.tokens.slice();
      tokens[position] = token;
      return recall.evaluate!({ tokens, extras: {} }, chosen);
    };
    const asked = row.tokens.at(-1)!;
    expect(changed(slots.get(first)! - 1, second)).toBeUndefined();
    expect(changed(slots.get(asked)! - 1, 29)).toBeUndefined();
    expect(changed(slots.get(asked)!, 29)).toBeUndefined();
    expect(changed(63, 29)).toBeUndefined();
  });

  it('has candidates and distractors alike in each bin: places, keys and values', async () => {
    const chosen = resolve({ distances: [16, 32], sets: 2 });
    const found = new Map<string, { places: number[]; keys: number[]; values: number[] }>();
    const groups = await groupsOf(task, chosen, { count: 2000 });
    for (const [n, group] of groups.entries()) {
      const row = group[n % group.length]!;
      const asked = new Set(group.map(({ tokens }) => tokens.at(-1)!));
      for (const [key, position] of slotsOf(row.tokens, chosen)!) {
        const place = chosen.length - 1 - position;
        const name = `${place < 32 ? 16 : 32} ${asked.has(key)}`;
        const seen = found.get(name) ?? { places: [], keys: [], values: [] };
        found.set(name, seen);
        seen.places.push(place);
        seen.keys.push(key - 6);
        seen.values.push(row.tokens[position]! - 2);
      }
    }
    for (const bin of [16, 32])
      for (const what of ['places', 'keys', 'values'] as const) {
        const rows = [true, false].map((asked) =>
          histogram(found.get(`${bin} ${asked}`)![what], 64),
        );
        const { statistic, limit } = chiSquare(rows);
        expect(statistic, `${bin} ${what}`).toBeLessThan(limit);
      }
  });
});

describe('whoever lacks the skill', () => {
  const chosen = resolve({ length: 96, gap: 1, asked: 6, distances: [16, 48], keys: 9 });
  const chance = 1 / chosen.values;
  const all = groupsOf(task, chosen, { count: 120 });
  const body = ({ tokens }: Row) => Array.from(tokens.subarray(0, -1));
  const last = ({ tokens }: Row) => tokens.at(-1)!;

  it.each<[string, (row: Row) => string]>([
    ['does not read the question', (row) => body(row).join()],
    ['sees the last D tokens', (row) => row.tokens.subarray(-row.distance).join()],
    [
      'has a bag of (gap + 1)-grams and the question',
      (row) => {
        const b = body(row);
        return `${b
          .map((token, i) => `${token} ${b[i + 1]}`)
          .sort()
          .join()} ${last(row)}`;
      },
    ],
    ['has only the earlier questions and the last one', (row) => row.tokens.subarray(-7).join()],
  ])('%s: exactly one in k, use 0', async (_, view) => {
    const groups = await all;
    const { accuracy, use } = scoreOf(groups, bestWith(groups, view));
    expect(accuracy).toBe(chance);
    expect(Math.abs(use)).toBeLessThan(1e-12);
  });

  it('the nearest, farthest and commonest value: exactly one in k, use 0', async () => {
    const groups = await all;
    const valuesOf = (row: Row) =>
      [...slotsOf(row.tokens, chosen)!.values()]
        .sort((a, b) => a - b)
        .map((i) => row.tokens[i]! - 2);
    const attackers: ((row: Row) => number)[] = [
      (row) => valuesOf(row).at(-1)!,
      (row) => valuesOf(row)[0]!,
      (row) => {
        const counts = histogram(valuesOf(row), chosen.values);
        return counts.indexOf(Math.max(...counts));
      },
    ];
    for (const attacker of attackers) {
      const { accuracy, use } = scoreOf(groups, attacker);
      expect(accuracy).toBe(chance);
      expect(Math.abs(use)).toBeLessThan(1e-12);
    }
  });

  it('but who looks the question up has all right, use 1', async () => {
    const { accuracy, use } = scoreOf(
      await all,
      ({ tokens }) => recall.evaluate!({ tokens, extras: {} }, chosen)!.label,
    );
    expect([accuracy, use]).toEqual([1, 1]);
  });
});

describe('parameters', () => {
  it('lead to bins that double from the smallest power of two', () => {
    const { distances, table, counts, siblings } = recall.shape(resolve({ distances: [] }, 'lite'));
    expect(distances).toEqual([16, 32, 64, 128]);
    expect(table!.ends).toEqual([32, 64, 128, 255]);
    expect(siblings).toBe(16);
    expect(counts.test).toBe(4 * 64 * 16);
    expect(recall.shape(resolve({ distances: [], gap: 1 }, 'lite')).distances).toEqual([
      32, 64, 128,
    ]);
  });

  it('make the pairs of recall-capacity as many as asked for, all at one distance', () => {
    const lite = (sets: number) => recallCapacity.shape({ ...recallCapacity.tiers.lite, sets });
    expect(lite(2).distances).toEqual([32]);
    expect(lite(2).table!.ends).toEqual(lite(24).table!.ends);
    expect(resolveOptions(findTask('recall-capacity'), 'lite', { sets: 24 })).toBeDefined();
  });

  it.each([
    [{ keys: 7 }, 'keys 7: expected at least as many as pairs (8)'],
    [{ sets: 3, keys: 12 }, 'sets 3: expected at most 2, or a multiple of it'],
    [{ distances: [6, 32] }, 'expected ascending numbers from 7 to'],
    [{ distances: [16, 16] }, 'expected ascending numbers'],
    [{ distances: [16, 20] }, 'at least 11 apart'],
    [{ distances: [16, 60] }, 'expected ascending numbers from 7 to 47'],
    [{ length: 20, distances: [] }, 'length 20: expected at least'],
    [
      { length: 40, distances: [16], sets: 1, noise: 2 },
      'expected more: these options leave too few',
    ],
    [{ width: 3 }, 'width 3: expected 0, or at least 12'],
    [{ values: 1 }, 'values 1'],
    [{ train: 0 }, 'train 0'],
  ])('%j are refused', (overrides, message) => {
    expect(() => resolve(overrides)).toThrow(message);
  });
});

describe('read', () => {
  it('names the pairs, the earlier questions, the question and the answer', async () => {
    const chosen = resolve();
    const { example } = await recall.open(chosen, 1);
    const made = example('train', 5);
    const key = `key${made.tokens[63]! - 6}`;
    const { documents, question, answer } = recall.read(made, chosen);
    const [pieces] = documents as [(typeof documents)[0]];
    expect(pieces.map(({ kind }) => kind).filter((kind) => kind === 'earlier')).toHaveLength(6);
    expect(pieces.at(-1)).toEqual({ text: key, kind: 'question', tokens: 1 });
    const evidence = pieces.findIndex(({ kind }) => kind === 'evidence');
    expect(pieces[evidence]!.text).toBe(answer);
    expect(pieces[evidence - 1]!.text).toBe(key);
    expect(question).toContain(key);
  });
});
