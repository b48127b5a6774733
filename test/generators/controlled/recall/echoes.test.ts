import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recall } from '../../../../generators/controlled/recall/recall.ts';
import { findTask, resolveOptions } from '../../../../generators/registry.ts';
import { partMaker, signalKinds, type PartName } from '../../../../generators/task.ts';
import { bestWith, breakOfGroup, groupsOf, scoreOf, type Row } from '../support.ts';

type Options = Parameters<typeof recall.shape>[0];
const task = findTask('recall');
const resolve = (overrides: Record<string, unknown>, tier: 'smoke' | 'lite' | 'lra' = 'smoke') =>
  resolveOptions(task, tier, overrides) as Options;

/** Options of all kinds that the task accepts with a signal. */
const anyOptions = fc
  .record({
    values: fc.integer({ min: 2, max: 5 }),
    gap: fc.integer({ min: 0, max: 2 }),
    asked: fc.integer({ min: 0, max: 9 }),
    bins: fc.integer({ min: 1, max: 3 }),
    noise: fc.integer({ min: 3, max: 20 }),
    signal: fc.constantFrom(...signalKinds),
    fullness: fc.double({ min: 0, max: 1, noNaN: true }),
    near: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ bins, fullness, near, ...given }) => {
    const slot = 2 * given.gap + 2;
    const room = 2 * given.values * slot;
    const first = given.asked + 1 + given.gap + room;
    const distances = Array.from({ length: bins }, (_, b) => first * 2 ** b);
    const length = distances.at(-1)! * 2 + room + 100;
    const free = length - bins * given.values * slot - given.asked - 1;
    const largest = Math.floor((length - given.asked - 1 - slot) / 2);
    return {
      ...{ ...given, distances, length, sets: bins, keys: bins * given.values + 3 },
      echoes: 1 + Math.floor(fullness * (Math.floor(free / (4 * slot)) - 1)),
      signalDistance: slot + Math.floor(near * (largest - slot)),
    };
  });

/** Positions of each key's values in the body, by counting. */
function valuesOf(tokens: ArrayLike<number>, chosen: Options): Map<number, number[]> {
  const { length, asked, gap, values, keys, echoes } = chosen;
  const signal = recall.shape(chosen).signal!;
  const firstKey = 2 + values;
  const keyCount = keys + (echoes ?? signal.pairs);
  const found = new Map<number, number[]>();
  for (let at = 0; at < length - asked - 1; at++) {
    const key = tokens[at]! - firstKey;
    if (key >= 0 && key < keyCount) found.set(key, [...(found.get(key) ?? []), at + gap + 1]);
  }
  return found;
}

describe('a sequence with a signal', () => {
  it('has so many pairs twice, at such distances, and all certificates of the scored groups', async () => {
    await fc.assert(
      fc.asyncProperty(anyOptions, fc.nat(), async (overrides, seed) => {
        const chosen = resolve(overrides);
        const { signal } = recall.shape(chosen);
        const { kind, distance, pairs } = signal!;
        expect([kind, distance, pairs]).toEqual([
          chosen.signal,
          chosen.signalDistance,
          chosen.echoes,
        ]);
        for (const split of ['train', 'test'] as const)
          for (const group of await groupsOf(task, chosen, { split, count: 3, seed })) {
            if (split === 'test') expect(breakOfGroup(task, chosen, group)).toBeUndefined();
            const row = group[seed % group.length]!;
            const places = valuesOf(row.tokens, chosen);
            const twice = [...places.values()].filter((positions) => positions.length === 2);
            expect(twice).toHaveLength(pairs);
            expect(places.size).toBe(pairs + chosen.sets * chosen.values);
            for (const [a, b] of twice as [number, number][]) {
              expect(row.tokens[a]).toBe(row.tokens[b]);
              if (kind !== 'all') expect(b - a <= distance).toBe(kind === 'near');
            }
            const asked = row.tokens.at(-1)! - 2 - chosen.values;
            expect(places.get(asked)).toHaveLength(1);
          }
      }),
      { numRuns: 25 },
    );
  });

  it('has training rows with nothing in common, that read as those of the scored groups', async () => {
    const chosen = resolve({ signal: 'all' });
    const { length, asked } = chosen;
    const rows = (await groupsOf(task, chosen, { split: 'train', count: 40 })).flat();
    const bodies = rows.map(({ tokens }) => Array.from(tokens.subarray(0, length - asked - 1)));
    expect(new Set(bodies.map((body) => body.join())).size).toBe(rows.length);
    let [same, pairs] = [0, 0];
    for (let i = 1; i < 16; i++)
      bodies[0]!.forEach((token, at) => {
        pairs++;
        if (bodies[i]![at] === token) same++;
      });
    expect(same / pairs).toBeLessThan(0.15);
    for (const row of rows) {
      const found = recall.evaluate!({ tokens: row.tokens, extras: {} }, chosen)!;
      expect([found.label, found.place]).toEqual([row.label, row.place]);
      expect(row.place >= row.distance).toBe(true);
    }
  });

  it.each(['smoke', 'lite', 'lra'] as const)('fits at tier %s', async (tier) => {
    // At tier lra the pairs of recall-capacity have one bin that leaves no room.
    for (const name of tier === 'lra' ? ['recall'] : ['recall', 'recall-capacity'])
      for (const signal of signalKinds) {
        const options = resolveOptions(findTask(name), tier, { signal });
        for (const split of ['val', 'signal'] as const)
          expect(await groupsOf(name, options, { split, count: 4 })).toHaveLength(4);
      }
  });

  it('has distances that are log-uniform: as many copies in each octave', async () => {
    const chosen = resolve({ signal: 'all' }, 'lite');
    const octaves = new Array<number>(8).fill(0);
    for (const [row] of await groupsOf(task, chosen, { split: 'train', count: 300 }))
      for (const positions of valuesOf(row!.tokens, chosen).values())
        if (positions.length === 2)
          octaves[Math.floor(Math.log2(positions[1]! - positions[0]!))]!++;
    // From 2 to 127 tokens; farther ones do not always find room.
    const [least, most] = [Math.min(...octaves.slice(1, 7)), Math.max(...octaves.slice(1, 7))];
    expect(octaves[0]).toBe(0);
    expect(most / least).toBeLessThan(1.5);
  });
});

describe('a group of the part signal', () => {
  const position = (chosen: Options) => recall.shape(chosen).signal!.position;

  it('hides a value whose first copy stands in the bin, the same all around it', async () => {
    await fc.assert(
      fc.asyncProperty(anyOptions, fc.nat(), async (overrides, seed) => {
        const chosen = resolve(overrides);
        const { distances, table, signal } = recall.shape(chosen);
        const { states, ends } = table!;
        const hidden = signal!.position;
        for (const group of await groupsOf(task, chosen, { split: 'signal', count: 4, seed })) {
          const { distance } = group[0]!;
          const end = ends[distances.indexOf(distance)]!;
          for (const row of group) {
            const key = row.tokens[hidden - chosen.gap - 1]! - 2 - chosen.values;
            const [first, second] = valuesOf(row.tokens, chosen).get(key)!;
            expect(second).toBe(hidden);
            expect(hidden - first!).toBe(row.place);
            expect(row.place >= distance && row.place < end).toBe(true);
            expect([row.tokens[first!], row.tokens[hidden]]).toEqual([
              2 + row.label,
              2 + row.label,
            ]);
            expect(recall.evaluate!({ tokens: row.tokens, extras: {} }, chosen, 'signal')).toEqual({
              ...{ label: row.label, answers: row.answers, place: row.place },
              copies: expect.any(Array) as number[],
            });
          }
          for (let question = 0; question < group.length / states; question++) {
            const column = group.filter((row) => row.question === question);
            expect(column.map(({ label }) => label).sort()).toEqual(
              column.map((_, e) => Math.floor((e * chosen.values) / states)),
            );
            // Everything behind the first copies is the same in all states, but for the hidden value.
            const near = column.map(({ tokens }) =>
              Array.from(tokens.subarray(hidden - distance + 1)).filter(
                (_, i) => i !== distance - 1,
              ),
            );
            for (const one of near) expect(one).toEqual(near[0]);
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  const chosen = resolve({
    ...{ length: 96, gap: 1, asked: 6 },
    distances: [16, 40],
    signal: 'near',
  });
  const hidden = position(chosen);
  const all = groupsOf(task, chosen, { split: 'signal', count: 16 });
  const visible = ({ tokens }: Row) =>
    Array.from(tokens, (token, at) => (at === hidden ? 0 : token));

  it.each<[string, (row: Row) => string]>([
    [
      'reads at most D tokens back from the hidden value, and all that follows it',
      (row) =>
        visible(row)
          .slice(hidden - row.distance + 1)
          .join(),
    ],
    [
      'reads all but what says which value is hidden',
      (row) =>
        visible(row)
          .filter((_, at) => Math.abs(at - hidden) > 2)
          .join(),
    ],
    ['reads the questions alone', (row) => row.tokens.subarray(hidden + 2).join()],
    [
      'has a bag of (gap + 1)-grams, and knows which value is hidden',
      (row) => {
        const seen = visible(row);
        const grams = seen.slice(0, hidden).map((token, i) => `${token} ${seen[i + 1]}`);
        return `${grams.sort().join()} ${seen[hidden - 2]}`;
      },
    ],
  ])('%s: exactly one in k right, use 0', async (_, view) => {
    const groups = await all;
    const { accuracy, use } = scoreOf(groups, bestWith(groups, view));
    expect(accuracy).toBe(1 / chosen.values);
    expect(Math.abs(use)).toBeLessThan(1e-12);
  });

  it('but who reads the first copy has all right', async () => {
    const found = scoreOf(await all, ({ tokens }) => {
      const key = tokens[hidden - 2]! - 2 - chosen.values;
      return tokens[valuesOf(tokens, chosen).get(key)![0]!]! - 2;
    });
    expect(found).toEqual({ accuracy: 1, use: 1 });
  });

  it('is numbered after all groups of the splits, and is in no data set without a signal', async () => {
    const { counts, siblings, signal } = recall.shape(chosen);
    const make = partMaker(await recall.open(chosen, 1));
    const before = (counts.train + counts.val + counts.test) / siblings;
    expect(make('signal', 0).group).toBe(before);
    expect(make('signal', signal!.count - 1).group).toBe(before + counts.test / siblings - 1);
    const none = partMaker(await recall.open(resolve({}), 1));
    expect(() => none('signal', 0)).toThrow('no signal');
  });
});

describe('parameters', () => {
  it('without a signal lead to the shape and the sequences of before', async () => {
    const [absent, none] = [resolve({}), resolve({ signal: 'none' })];
    expect(recall.shape(none)).toEqual(recall.shape(absent));
    expect(recall.shape(none).signal).toBeUndefined();
  });

  it('give a third of the room of noise, and an eighth of the length, where nothing else is said', () => {
    expect(recall.shape(resolve({ signal: 'near' }, 'lite')).signal).toEqual({
      ...{ kind: 'near', distance: 32, pairs: 18, nearest: 2, farthest: 32 },
      ...{ position: 240, question: 2, firstValue: 2, count: 4 * 64 * 16 },
    });
    expect(recall.shape(resolve({ signal: 'far' }, 'lite')).signal).toMatchObject({
      ...{ nearest: 33, farthest: 239 },
    });
  });

  it.each([
    [{ echoes: 3 }, 'echoes 3: expected none without a signal'],
    [{ signal: 'none', signalDistance: 8 }, 'signalDistance 8: expected none without a signal'],
    [{ signal: 'nearby' }, 'signal'],
    [{ signal: 'near', echoes: 99 }, 'echoes 99: expected at most 5'],
    [{ signal: 'near', signalDistance: 1 }, 'signalDistance 1: expected 2 to 27'],
    [{ signal: 'far', signalDistance: 28 }, 'signalDistance 28: expected 2 to 27'],
    [{ signal: 'far', distances: [16, 42] }, 'expected ascending numbers from 7 to 40'],
  ])('%j are refused', (overrides, message) => {
    expect(() => resolve(overrides)).toThrow(message);
  });
});

describe('read', () => {
  it('asks for the hidden value', async () => {
    const chosen = resolve({ signal: 'near' });
    const part: PartName = 'signal';
    const made = partMaker(await recall.open(chosen, 1))(part, 5);
    const { documents, question, answer } = recall.read(made, chosen, part);
    const [pieces] = documents as [(typeof documents)[0]];
    const asked = pieces.findIndex(({ kind }) => kind === 'question');
    expect(pieces[asked + 1]!.text).toBe(answer);
    const evidence = pieces.findIndex(({ kind }) => kind === 'evidence');
    expect(pieces[evidence]!.text).toBe(answer);
    expect(pieces[evidence - 1]!.text).toBe(pieces[asked]!.text);
    expect(question).toContain(`position ${position(chosen)}, beside ${pieces[asked]!.text}`);
  });

  const position = (chosen: Options) => recall.shape(chosen).signal!.position;
});
