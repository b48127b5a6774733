import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textOf } from '../../../../generators/controlled/text/evaluate.ts';
import { nearest, longestSentence } from '../../../../generators/controlled/text/sizes.ts';
import { textDistance } from '../../../../generators/controlled/text/textDistance.ts';
import { names, words } from '../../../../generators/controlled/text/words.ts';
import { resolveOptions } from '../../../../generators/registry.ts';
import { partMaker, signalKinds, splits } from '../../../../generators/task.ts';
import { chiSquareLimit } from '../../support.ts';
import { bestWith, breakOfGroup, groupsOf, scoreOf, type Row } from '../support.ts';

type Options = Parameters<typeof textDistance.shape>[0];
const task = textDistance;
const resolve = (overrides: Record<string, unknown>, tier: 'smoke' | 'lite' | 'lra' = 'smoke') =>
  resolveOptions(task, tier, overrides) as Options;
const hiddenOf = (chosen: Options) => task.shape(chosen).signal!.position;

/** Bytes around the digit of a note: from its letter on, and after it. */
const around = ({ phrases }: Options) =>
  phrases === 0
    ? { between: '', ending: '. ' }
    : { between: ' is behind door ', ending: ' as before. ' };

/** Positions of the digits by letter, by looking at every digit. */
function digitsIn(text: string, chosen: Options): Map<string, number[]> {
  const { between, ending } = around(chosen);
  const found = new Map<string, number[]>();
  for (const { index } of text.matchAll(/[0-9]/g)) {
    const key = text[index - between.length - 1]!;
    expect(key).toMatch(/[A-Z]/);
    expect(text.slice(index - between.length, index)).toBe(between);
    expect(text.slice(index + 1, index + 1 + ending.length)).toBe(ending);
    found.set(key, [...(found.get(key) ?? []), index]);
  }
  return found;
}

/** Options of all kinds that the task accepts with a signal. */
const anyOptions = fc
  .record({
    sets: fc.integer({ min: 2, max: 3 }),
    asked: fc.integer({ min: 0, max: 8 }),
    phrases: fc.constantFrom(0, 0, 3, 6),
    names: fc.integer({ min: 10, max: 26 }),
    words: fc.integer({ min: 3, max: 10 }),
    wordings: fc.integer({ min: 4, max: 10 }),
    signal: fc.constantFrom(...signalKinds),
    fullness: fc.double({ min: 0, max: 1, noNaN: true }),
    near: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ fullness, near, ...given }) => {
    const { between, ending } = around(given as never);
    const note = between.length + ending.length + 2;
    const first = nearest(given) + note;
    const distances = [first, first + 100, first + 250];
    const length = first + 250 + 400;
    const tail = 4 + 3 * (given.asked + 1) - 1;
    const free = length - tail - 2 * given.sets * longestSentence(given);
    const most = Math.min(Math.floor(free / (4 * note)), 26 - 2 * given.sets);
    const largest = Math.floor((length - tail - note) / 2);
    return {
      ...{ ...given, distances, length },
      echoes: 1 + Math.floor(fullness * (most - 1)),
      signalDistance: note + Math.floor(near * (largest - note)),
    };
  });

describe('a text with a signal', () => {
  it('has so many notes twice, at such distances, and all certificates of the scored groups', async () => {
    await fc.assert(
      fc.asyncProperty(anyOptions, fc.nat(), async (overrides, seed) => {
        const chosen = resolve(overrides);
        const { kind, distance, pairs } = task.shape(chosen).signal!;
        const { signal, signalDistance, echoes } = chosen;
        expect([kind, distance, pairs]).toEqual([signal, signalDistance, echoes]);
        for (const split of ['train', 'test'] as const)
          for (const group of await groupsOf(task, chosen, { split, count: 3, seed })) {
            if (split === 'test') expect(breakOfGroup(task, chosen, group)).toBeUndefined();
            const text = textOf(group[seed % group.length]!.tokens);
            const twice = digitsIn(text, chosen);
            expect(twice.size).toBe(pairs);
            for (const [key, places] of twice) {
              const [a, b] = places as [number, number];
              expect(places).toHaveLength(2);
              expect(text[a]).toBe(text[b]);
              expect(text[a]).toMatch(/[01]/);
              if (kind !== 'all') expect(b - a <= distance).toBe(kind === 'near');
              // Nobody has the letter as an initial.
              const person = new RegExp(
                `${key}[a-z+-]{4} (${'again|alone|today|later|first|there'})`,
              );
              expect(text).not.toMatch(person);
            }
          }
      }),
      { numRuns: 20 },
    );
  });

  it('has training rows with nothing in common, that read as those of the scored groups', async () => {
    const chosen = resolve({ signal: 'all', alike: 0, marked: 0 });
    const rows = (await groupsOf(task, chosen, { split: 'train', count: 60 })).flat();
    expect(new Set(rows.map(({ tokens }) => textOf(tokens).slice(0, -12))).size).toBe(rows.length);
    // Siblings are no more alike than texts of other groups.
    const same = (a: Row, b: Row) =>
      a.tokens.reduce((sum, token, at) => sum + Number(token === b.tokens[at]), 0);
    let [within, across] = [0, 0];
    for (let i = 0; i + 4 < rows.length; i += 4) {
      within += same(rows[i]!, rows[i + 1]!);
      across += same(rows[i]!, rows[i + 4]!);
    }
    expect(within / across).toBeLessThan(1.15);
    for (const row of rows) {
      const found = task.evaluate!({ tokens: row.tokens, extras: {} }, chosen)!;
      expect([found.label, found.place]).toEqual([row.label, row.place]);
      expect(row.place >= row.distance).toBe(true);
    }
  });

  it.each(['smoke', 'lite', 'lra'] as const)('fits at tier %s', async (tier) => {
    for (const signal of signalKinds) {
      const chosen = resolve({ signal }, tier);
      expect(task.shape(chosen).distances).toEqual(task.shape(resolve({}, tier)).distances);
      for (const split of ['val', 'signal'] as const)
        expect(await groupsOf(task, chosen, { split, count: 6 })).toHaveLength(6);
    }
  });

  it('has digits that nothing but the other copy tells: not letter, place, distance or neighbours', async () => {
    const chosen = resolve({ signal: 'all' }, 'lite');
    const counts = new Map<string, [zeros: number, ones: number]>();
    for (const group of await groupsOf(task, chosen, { split: 'train', count: 250 }))
      for (const { tokens } of group) {
        const text = textOf(tokens);
        for (const [key, places] of digitsIn(text, chosen)) {
          const [first, second] = places as [number, number];
          // All but the first copy.
          const before = `${text.slice(0, first)}_${text.slice(first + 1, second)}`;
          for (const seen of [
            `letter ${key}`,
            `place ${second >> 4}`,
            `distance ${Math.floor(Math.log2(second - first))}`,
            `before ${before.slice(-4, -1)}`,
            `digit before ${before.match(/[01](?=[^01]*$)/)?.[0]}`,
            `digit after ${text.slice(second + 1).match(/[01]/)?.[0]}`,
          ]) {
            const count = counts.get(seen) ?? [0, 0];
            count[Number(text[second])]!++;
            counts.set(seen, count);
          }
        }
      }
    const large = [...counts].filter(([, [zeros, ones]]) => zeros + ones >= 40);
    expect(large.length).toBeGreaterThan(50);
    const statistic = large.reduce(
      (sum, [, [zeros, ones]]) => sum + (zeros - ones) ** 2 / (zeros + ones),
      0,
    );
    expect(statistic).toBeLessThan(chiSquareLimit(large.length));
  });
});

describe('a group of the part signal', () => {
  it('hides a digit whose first copy stands in the bin, the same all around it', async () => {
    await fc.assert(
      fc.asyncProperty(anyOptions, fc.nat(), async (overrides, seed) => {
        const chosen = resolve(overrides);
        const { distances, table, signal } = task.shape(chosen);
        const hidden = signal!.position;
        const before = around(chosen).between.length + 1;
        for (const group of await groupsOf(task, chosen, { split: 'signal', count: 4, seed })) {
          const { distance } = group[0]!;
          const end = table!.ends[distances.indexOf(distance)]!;
          for (const row of group) {
            const text = textOf(row.tokens);
            const notes = digitsIn(text, chosen);
            const [first, second] = notes.get(text[hidden - before]!)!;
            expect(second).toBe(hidden);
            expect(hidden - first!).toBe(row.place);
            expect(row.place >= distance && row.place < end).toBe(true);
            expect([text[first!], text[hidden]]).toEqual([`${row.label}`, `${row.label}`]);
            expect([...notes.values()].map(({ length }) => length).sort()).toEqual([
              1,
              ...new Array<number>(chosen.echoes!).fill(2),
            ]);
            expect(task.evaluate!({ tokens: row.tokens, extras: {} }, chosen, 'signal')).toEqual({
              ...{ label: row.label, answers: row.answers, place: row.place },
              copies: expect.any(Array) as number[],
            });
          }
          for (const question of [0, 1]) {
            const column = group.filter((row) => row.question === question);
            expect(column.map(({ label }) => label).sort()).toEqual([0, 1]);
            // All behind the first copies is the same in both states, but for the hidden digit.
            const near = column.map(({ tokens }) =>
              Array.from(tokens.subarray(hidden - distance + 1)).filter(
                (_, i) => i !== distance - 1,
              ),
            );
            expect(near[0]).toEqual(near[1]);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  const { phrases, wordings } = resolve({}, 'lra');
  const cases: [string, Options][] = [
    ['a letter and a digit', resolve({ signal: 'near' })],
    [
      'a sentence',
      resolve(
        { ...{ signal: 'near', length: 640, distances: [80, 160, 320] }, phrases, wordings },
        'lite',
      ),
    ],
  ];
  describe.each(cases)('whose note is %s', (_, chosen) => {
    const hidden = hiddenOf(chosen);
    const before = around(chosen).between.length + 1;
    const all = groupsOf(task, chosen, { split: 'signal', count: 16 });
    const visible = ({ tokens }: Row) =>
      Array.from(tokens, (token, at) => (at === hidden ? 0 : token));

    it.each<[string, (row: Row) => string]>([
      [
        'reads at most D bytes back from the hidden digit, and all that follows it',
        (row) =>
          visible(row)
            .slice(hidden - row.distance + 1)
            .join(),
      ],
      [
        'reads all but the letter of the hidden digit',
        (row) =>
          visible(row)
            .filter((_, at) => at !== hidden - before)
            .join(),
      ],
      ['reads the questions alone', (row) => row.tokens.subarray(hidden + 1).join()],
      [
        'has a bag of the largest certified windows, and knows the letter',
        (row) => {
          const seen = visible(row).slice(0, hidden);
          const { order } = task.shape(chosen);
          const grams = seen.map((_, i) => seen.slice(i, i + order).join(' '));
          return `${grams.sort().join()} ${seen[hidden - before]}`;
        },
      ],
    ])('%s: exactly one in two right, use 0', async (_, view) => {
      const groups = await all;
      const { accuracy, use } = scoreOf(groups, bestWith(groups, view));
      expect(accuracy).toBe(1 / 2);
      expect(Math.abs(use)).toBeLessThan(1e-12);
    });

    it('but who reads the first copy has all right', async () => {
      const found = scoreOf(await all, ({ tokens }) => {
        const text = textOf(tokens);
        return Number(text[digitsIn(text, chosen).get(text[hidden - before]!)![0]!]);
      });
      expect(found).toEqual({ accuracy: 1, use: 1 });
    });
  });

  it('asks about people of whom something is said, as every text does', async () => {
    const chosen = resolve({ signal: 'far' });
    const favourable = words[1]!.flat();
    for (const [row] of await groupsOf(task, chosen, { split: 'signal', count: 16 })) {
      const text = textOf(row!.tokens);
      const asked = [...text.matchAll(/([A-Z])\?/g)].map(([, initial]) => initial!);
      expect(asked).toHaveLength(chosen.asked + 1);
      const said = asked.map((initial) => {
        const name = names.find((one) => one.startsWith(initial))!;
        return Number(favourable.some((word) => text.includes(word + name)));
      });
      expect(said.slice(0, -1)).toEqual(row!.answers);
    }
  });
});

describe('parameters', () => {
  it('without a signal lead to the shape and the texts of before', async () => {
    const [absent, none] = [resolve({}), resolve({ signal: 'none' })];
    expect(task.shape(none)).toEqual(task.shape(absent));
    expect(task.shape(none).signal).toBeUndefined();
    const [a, b] = [await task.open(absent, 1), await task.open(none, 1)];
    for (const split of splits)
      for (const index of [0, 5]) expect(a.example(split, index)).toEqual(b.example(split, index));
    expect(() => partMaker(a)('signal', 0)).toThrow('no signal');
  });

  it('give a third of the room of filler, and an eighth of the length, where nothing else is said', () => {
    expect(task.shape(resolve({ signal: 'near' }, 'lite')).signal).toEqual({
      ...{ kind: 'near', distance: 56, pairs: 10, nearest: 4, farthest: 56 },
      ...{ position: 397, question: 2, firstValue: 49, count: 3 * 200 * 4 },
    });
    // There are no more letters than these, with four sets of people.
    expect(task.shape(resolve({ signal: 'far' }, 'lra')).signal).toMatchObject({
      ...{ pairs: 18, nearest: 513, question: 18 },
    });
  });

  it.each([
    [{ echoes: 3 }, 'echoes 3: expected none without a signal'],
    [{ signal: 'near', echoes: 99 }, 'echoes 99: expected at most 3'],
    [{ signal: 'near', signalDistance: 3 }, 'signalDistance 3: expected 4 to 102'],
    [{ signal: 'far', sets: 1 }, 'sets 1: expected at least 2 with a signal'],
    [{ signal: 'far', length: 170, distances: [] }, 'expected at least 179 with a signal'],
  ])('%j are refused', (overrides, message) => {
    expect(() => resolve(overrides)).toThrow(message);
  });
});

describe('read', () => {
  it('asks for the hidden digit, and marks its first copy', async () => {
    const chosen = resolve({ signal: 'near' });
    const made = partMaker(await task.open(chosen, 1))('signal', 5);
    const { documents, question, answer } = task.read(made, chosen, 'signal');
    const [pieces] = documents as [(typeof documents)[0]];
    const at = (kind: string) => pieces.findIndex((piece) => piece.kind === kind);
    expect(pieces[at('evidence')]!.text).toBe(answer);
    expect(pieces[at('question') + 1]!.text).toBe(answer);
    expect(pieces[at('evidence') - 1]!.text).toBe(pieces[at('question')]!.text);
    expect(question).toBe(
      `Which digit stands hidden at position ${hiddenOf(chosen)}, in the note of ${pieces[at('question')]!.text}?`,
    );
  });

  it('shows notes in the other parts, and asks about the person there', async () => {
    const chosen = resolve({ signal: 'near' });
    const made = partMaker(await task.open(chosen, 1))('val', 5);
    const { documents, question } = task.read(made, chosen, 'val');
    const digits = documents[0]!.filter(
      ({ text, kind }) => kind === 'value' && /^[01]$/.test(text),
    );
    expect(digits).toHaveLength(4);
    expect(question).toMatch(/^Is what is said of /);
  });
});
