import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { int, stream } from '../../../../core/random.ts';
import { binsOf, type Bin } from '../../../../generators/controlled/places.ts';
import { evaluateText, textOf } from '../../../../generators/controlled/text/evaluate.ts';
import { fill, grammarFillers } from '../../../../generators/controlled/text/fillers.ts';
import { makeText, type Ease } from '../../../../generators/controlled/text/layout.ts';
import {
  askedAt,
  farthest,
  longestSentence,
  nearest,
  questionLength,
  type TextOptions,
} from '../../../../generators/controlled/text/sizes.ts';
import { beginnings, names, orderOf, words } from '../../../../generators/controlled/text/words.ts';
import { chiSquare, chiSquareLimit, histogram } from '../../support.ts';
import { attackersOf, bagOf } from '../attackers.ts';
import { scoreOf, type Row } from '../support.ts';

const fillers = grammarFillers();
const small: TextOptions = {
  ...{ length: 480, sets: 2, names: 26, words: 2, wordings: 10, phrases: 6, asked: 3 },
};
const order = orderOf(small.phrases);
const smallBins = binsOf([64, 128, 256], 96, farthest(small));

function table(chosen: TextOptions, bin: Bin, bins: readonly Bin[], seed: string, ease?: Ease) {
  const group = makeText(chosen, bin, bins, fillers, stream(seed), ease);
  return [0, 1].map((e) =>
    [0, 1].map((j): Row => ({
      ...group.row(e, j),
      ...{ state: e, question: j, place: group.places[j]!, distance: bin.from },
    })),
  );
}

const [unfavourable, favourable] = words.map((lists) => lists.flat()) as [string[], string[]];

/** What a reader finds who knows nothing of how a text was made: a known word, some words, a name. */
function sentimentsIn(text: string): { name: string; sentiment: number; end: number }[] {
  const said = new RegExp(
    ` (${[...favourable, ...unfavourable].join('|')})(?: [^.?]* )?(${names.join('|')}) `,
    'g',
  );
  return [...text.matchAll(said)].map((match) => ({
    name: match[2]!,
    sentiment: favourable.includes(match[1]!) ? 1 : 0,
    end: match.index + 1 + match[1]!.length,
  }));
}

const parameters = fc
  .record({
    sets: fc.integer({ min: 1, max: 3 }),
    asked: fc.integer({ min: 0, max: 8 }),
    names: fc.integer({ min: 6, max: 26 }),
    words: fc.integer({ min: 2, max: 10 }),
    wordings: fc.integer({ min: 1, max: 10 }),
    phrases: fc.integer({ min: 0, max: 6 }),
    more: fc.integer({ min: 0, max: 300 }),
    seed: fc.nat(),
  })
  .map(({ more, seed, ...rest }) => {
    const first = nearest(rest) + (more % 7);
    const longest = longestSentence(rest);
    const chosen: TextOptions = { length: 4 * first + 7 * longest + more, ...rest };
    const edges = [first, first * 2, first * 4];
    const bins = binsOf(edges, 6 * longest, farthest(chosen));
    return { chosen, bins, bin: bins[seed % 3]!, seed: `${seed}` };
  });

describe('a group of texts', () => {
  it('says of everybody what the labels say', () => {
    fc.assert(
      fc.property(parameters, ({ chosen, bins, bin, seed }) => {
        for (const { tokens, label, answers, place } of table(chosen, bin, bins, seed).flat()) {
          const text = textOf(tokens);
          expect(text).toHaveLength(chosen.length);
          expect(text).toMatch(/^[ -~]+$/);
          const said = sentimentsIn(text);
          expect(new Set(said.map(({ name }) => name)).size).toBe(2 * chosen.sets);
          expect(said).toHaveLength(2 * chosen.sets);
          const asked = [...text.matchAll(/([A-Z])\?/g)];
          expect(asked.map(({ index }) => index + 1)).toEqual([
            ...askedAt(chosen),
            chosen.length - 1,
          ]);
          const found = asked.map(([, initial]) => said.find((one) => one.name[0] === initial)!);
          expect(found.map(({ sentiment }) => sentiment)).toEqual([...answers, label]);
          expect(chosen.length - found.at(-1)!.end).toBe(place);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('has the certificates of reach, question and order in every group', () => {
    fc.assert(
      fc.property(parameters, ({ chosen, bins, bin, seed }) => {
        const rows = table(chosen, bin, bins, seed);
        const { length } = chosen;
        for (let i = 0; i < 2; i++) {
          const column = rows.map((row) => row[i]!);
          for (const line of [column, rows[i]!])
            expect(line.map(({ label }) => label).sort()).toEqual([0, 1]);
          const [one, other] = column.map(({ tokens }) => tokens) as [Uint16Array, Uint16Array];
          expect(one.slice(length - bin.from)).toEqual(other.slice(length - bin.from));
          const order = orderOf(chosen.phrases);
          expect(bagOf(one, order)).toEqual(bagOf(other, order));
          const [asking, asked] = rows[i]!.map(({ tokens }) => tokens) as [
            Uint16Array,
            Uint16Array,
          ];
          expect(asking.slice(0, -questionLength)).toEqual(asked.slice(0, -questionLength));
          expect(asking.slice(-questionLength)).not.toEqual(asked.slice(-questionLength));
          expect(asking.slice(-questionLength)).toEqual(
            rows[1 - i]![0]!.tokens.slice(-questionLength),
          );
          expect(rows[i]![0]!.answers).toEqual(rows[i]![1]!.answers);
        }
        for (const { place } of rows[0]!) {
          expect(place).toBeGreaterThanOrEqual(bin.from);
          expect(place).toBeLessThan(bin.to);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('keeps the same windows for 12 bytes and, with the shortest phrase, no more', () => {
    expect(order).toBe(12);
    const phrases = Array.from({ length: 60 }, (_, g) => {
      const rows = table(small, smallBins[g % 3]!, smallBins, `${g}`);
      const [one, other] = [rows[0]![0]!, rows[1]![0]!];
      const phrase = textOf(one.tokens)
        .slice(small.length - one.place)
        .match(/^.*? (?=[A-Z])/)![0];
      const differs = bagOf(one.tokens, 13).join() !== bagOf(other.tokens, 13).join();
      expect(differs, phrase).toBe(phrase === ' speech by ');
      return phrase;
    });
    expect(new Set(phrases).size).toBe(small.phrases);
  });

  it('in the farthest bin has the farthest person in the asked set in half of the groups', () => {
    const groups = 200;
    const farthest = Array.from({ length: groups }, (_, g) => {
      const [[row]] = table(small, smallBins[2]!, smallBins, `shared ${g}`) as [[Row]];
      const first = sentimentsIn(textOf(row.tokens))[0]!;
      const group = makeText(small, smallBins[2]!, smallBins, fillers, stream(`shared ${g}`));
      return group.places.includes(small.length - first.end);
    }).filter(Boolean).length;
    // Five standard errors.
    expect(Math.abs(farthest - groups / 2)).toBeLessThan(2.5 * Math.sqrt(groups));
  });

  it('has no capital letter of the first 18 names in filler or beginnings', () => {
    const texts = [
      ...fillers.all,
      ...beginnings,
      ...Array.from({ length: 19 }, (_, i) => fill(i, fillers, stream(`${i}`))).flat(),
    ];
    const initials = names.slice(0, 18).map((name) => name[0]!);
    expect(texts.filter((text) => initials.some((initial) => text.includes(initial)))).toEqual([]);
  });

  it('with everybody alike has the sentiment of every word as its label', () => {
    for (let g = 0; g < 20; g++)
      for (const [state, row] of table(small, smallBins[0]!, smallBins, `${g}`, {
        alike: true,
        marked: undefined,
      }).entries())
        for (const { tokens, label, answers } of row) {
          const said = sentimentsIn(textOf(tokens)).map(({ sentiment }) => sentiment);
          expect([label, ...answers, ...said]).toEqual(new Array(8).fill(state));
        }
  });

  it('with marked words has the sentiment of each person in the last mark before the name', () => {
    for (let g = 0; g < 20; g++)
      for (const { tokens, label, answers } of table(small, smallBins[1]!, smallBins, `${g}`, {
        alike: false,
        marked: 'word',
      }).flat()) {
        const text = textOf(tokens);
        const [, mark] = text.match(`[-+]{4,}([-+])[^-+.?]*${text.at(-2)!}[a-z]{4} `)!;
        expect('-+'.indexOf(mark!)).toBe(label);
        expect(evaluateText(tokens, small)).toMatchObject({ label, answers });
      }
  });

  it('with marked names has the sentiment of each person in the second letter of the name', () => {
    const told = { '+': 1, '-': 0 } as Record<string, number>;
    for (let g = 0; g < 20; g++)
      for (const { tokens, label } of table(small, smallBins[1]!, smallBins, `${g}`, {
        alike: false,
        marked: 'name',
      }).flat()) {
        const text = textOf(tokens);
        expect(told[text[text.search(`${text.at(-2)!}[-+]`) + 1]!]).toBe(label);
        expect(evaluateText(tokens, small)!.label).toBe(label);
      }
  });
});

describe('whoever lacks the skill', () => {
  const groups = Array.from({ length: 300 }, (_, g) =>
    table(small, smallBins[g % 3]!, smallBins, `attacked ${g}`).flat(),
  );
  const said = ({ tokens }: Row) => sentimentsIn(textOf(tokens));

  it('and who can see no evidence, no question or no order is right in 1 of 2, exactly', () => {
    const attackers = {
      ...attackersOf({ classes: 2, question: questionLength, order }),
      'nearest word': (row: Row) => said(row).at(-1)!.sentiment,
      'farthest word': (row: Row) => said(row)[0]!.sentiment,
    };
    for (const [name, attacker] of Object.entries(attackers))
      expect(scoreOf(groups, attacker), name).toEqual({ accuracy: 1 / 2, use: 0 });
  });

  it.each([
    [11, 0],
    [24, 1],
  ])('but reads %i bytes before the asked name has a use of %f', (width, use) => {
    const scored = scoreOf(groups, ({ tokens }) => {
      const text = textOf(tokens);
      const name = names.find((one) => one[0] === text.at(-2))!;
      const at = text.indexOf(name);
      const seen = text.slice(at - width, at);
      const word = [...favourable, ...unfavourable].find((one) => seen.includes(one));
      return word === undefined ? 0 : Number(favourable.includes(word));
    });
    expect(scored.use).toBeCloseTo(use, 10);
  });

  it('while the evaluator, which reads bytes alone, is always right', () => {
    const scored = scoreOf(groups, ({ tokens }) => evaluateText(tokens, small)!.label);
    expect(scored.accuracy).toBe(1);
    expect(scored.use).toBe(1);
    for (const { tokens, answers, place } of groups.flat()) {
      const found = evaluateText(tokens, small)!;
      expect(found.answers).toEqual(answers);
      expect(found.place).toBe(place);
    }
  });
});

describe('an evaluator of texts', () => {
  it('refuses a text without its question, or without the person', () => {
    const [[{ tokens }]] = table(small, smallBins[0]!, smallBins, 'whole') as never as [
      [{ tokens: Uint16Array }],
    ];
    for (const position of [small.length - 1, small.length - 4, small.length - 7]) {
      const broken = tokens.slice();
      broken[position] = 1;
      expect(evaluateText(broken, small)).toBeUndefined();
    }
    const nobody = tokens.slice();
    nobody.fill(33, 0, small.length - nearest(small));
    expect(evaluateText(nobody, small)).toBeUndefined();
  });
});

describe('along the bins', () => {
  it('lengths of filler, names, words and earlier questions are distributed alike', () => {
    const counts = [0, 1, 2].map(() => ({ name: [] as number[], word: [] as number[] }));
    let repeats = 0;
    const groups = 1500;
    for (let g = 0; g < groups; g++) {
      const random = stream(`along ${g}`);
      const group = makeText(small, smallBins[g % 3]!, smallBins, fillers, random);
      const { tokens } = group.row(int(random, 2), int(random, 2));
      const text = textOf(tokens);
      for (const { name, sentiment } of sentimentsIn(text)) {
        counts[g % 3]!.name.push(names.indexOf(name));
        counts[g % 3]!.word.push(sentiment);
      }
      repeats += evaluateText(tokens, small)!.repeats!;
    }
    const rows = counts.map(({ name }) => histogram(name, names.length));
    const { statistic, limit } = chiSquare(rows);
    expect(statistic).toBeLessThan(limit);
    // Earlier questions are drawn with replacement: one of four people each.
    const expected = (groups * small.asked) / 4;
    expect((repeats - expected) ** 2 / (expected * 0.75)).toBeLessThan(chiSquareLimit(1));
  });
});
