import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { int, stream } from '../../../../core/random.ts';
import {
  closings,
  farthest,
  makeChain,
  mostTagged,
  nearest,
  orderOf,
  questionLength,
  room,
  type ChainOptions,
} from '../../../../generators/controlled/listops/layout.ts';
import { evaluateChain, levelsOf } from '../../../../generators/controlled/listops/evaluate.ts';
import { Writer } from '../../../../generators/controlled/listops/writer.ts';
import { wordsOf } from '../../../../generators/standard/listops/expressions.ts';
import { Tree } from '../../../../generators/standard/listops/tree.ts';
import type { Bin } from '../../../../generators/controlled/places.ts';
import { rewrite } from '../../standard/listopsReference.ts';
import { chiSquareLimit, histogram } from '../../support.ts';
import { attackersOf, bagOf } from '../attackers.ts';
import { scoreOf, type Row } from '../support.ts';

const small: ChainOptions = { length: 200, levels: 5, pads: 1, tagged: false, decoys: 2 };

/** A group's rows, with what its bin says. */
function table(chosen: ChainOptions, bin: Bin, seed: string) {
  const group = makeChain(chosen, bin, stream(seed));
  const levels = Array.from({ length: chosen.levels }, (_, i) => i);
  return levels.map((e) =>
    levels.map((j): Row => {
      const row = group.row(e, j);
      const tokens = Uint16Array.from(row.tokens);
      const place = group.places[j]!;
      return { ...row, tokens, state: e, question: j, place, distance: bin.from };
    }),
  );
}

/** Options and a bin in which they find room. */
const parameters = fc
  .record({
    levels: fc.integer({ min: 2, max: 5 }),
    pads: fc.integer({ min: 1, max: 3 }),
    decoys: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 6 })),
    more: fc.integer({ min: 0, max: 150 }),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    width: fc.integer({ min: 1, max: 80 }),
    seed: fc.nat(),
  })
  .map(({ more, at, width, seed, ...given }) => {
    const tagged = given.levels <= mostTagged && given.decoys === 0;
    const others = { ...given, tagged };
    const { levels, pads } = given;
    const size = room(others);
    const least = nearest({ levels, pads }) + size + width + pads + 3;
    const chosen: ChainOptions = { length: least + more, ...others };
    const from =
      nearest(chosen) + Math.floor(at * (farthest(chosen) - nearest(chosen) - size - width + 1));
    return { chosen, bin: { from, to: from + size + width }, seed: `${seed}` };
  });

describe('tagged levels', () => {
  it('alone have a digit of a level with a tag after it, among digits of all kinds', () => {
    const chosen: ChainOptions = { length: 256, levels: 3, pads: 1, tagged: true, decoys: 0 };
    const others = new Set<string>();
    for (let g = 0; g < 60; g++) {
      const group = makeChain(chosen, { from: 64, to: 128 }, stream(`tagged ${g}`));
      const words = wordsOf(group.row(0, 0).tokens);
      const body = words.slice(0, chosen.length - questionLength(chosen) - 4);
      const found = body.flatMap((word, i) =>
        /^[5-7]$/.test(word) && /^[7-9]$/.test(body[i + 1]!) ? [chosen.length - 1 - i] : [],
      );
      expect(found).toEqual([...group.places]);
      expect(group.places.map((place) => body[chosen.length - place])).toEqual(['9', '8', '7']);
      body.forEach((word, i) => found.includes(chosen.length - 1 - i) || others.add(word));
    }
    for (const digit of '0123456789') expect(others).toContain(digit);
  });
});

describe('a group of chains', () => {
  it('has expressions that fill the sequence, whose values by rewriting are labels and answers', () => {
    fc.assert(
      fc.property(parameters, ({ chosen, bin, seed }) => {
        for (const { tokens, label, answers } of table(chosen, bin, seed).flat()) {
          const words = wordsOf(tokens);
          expect(words).toHaveLength(chosen.length);
          expect(rewrite(words.join(' '))).toBe(label);
          closings(chosen).forEach((position, i) => {
            let [open, start] = [0, position];
            do open += words[start] === ']' ? 1 : words[start]!.startsWith('[') ? -1 : 0;
            while (open > 0 && start-- > 0);
            expect(rewrite(words.slice(start, position + 1).join(' '))).toBe(answers[i]);
          });
        }
      }),
      { numRuns: 25 },
    );
  });

  it('has operators of 2 to 10 arguments, as the Long Range Arena', () => {
    fc.assert(
      fc.property(parameters, ({ chosen, bin, seed }) => {
        const { tokens } = makeChain(chosen, bin, stream(seed)).row(0, 0);
        const tree = new Tree(tokens);
        wordsOf(tokens).forEach((word, position) => {
          if (!word.startsWith('[')) return;
          const count = tree.argumentsOf(position).length;
          expect(count).toBeGreaterThanOrEqual(2);
          expect(count).toBeLessThanOrEqual(10);
        });
      }),
      { numRuns: 100 },
    );
  });

  it('has the certificates of reach, question and order in every group', () => {
    fc.assert(
      fc.property(parameters, ({ chosen, bin, seed }) => {
        const rows = table(chosen, bin, seed);
        const { length, levels } = chosen;
        const all = Array.from({ length: levels }, (_, label) => label);
        const q = questionLength(chosen);
        for (let i = 0; i < levels; i++) {
          // Down a column: one question, all states. Along a row: one state, all questions.
          const column = rows.map((row) => row[i]!);
          for (const line of [column, rows[i]!])
            expect(line.map(({ label }) => label).sort()).toEqual(all);
          for (const { tokens } of column) {
            expect(tokens.slice(length - bin.from)).toEqual(
              column[0]!.tokens.slice(length - bin.from),
            );
            expect(bagOf(tokens, orderOf(chosen))).toEqual(
              bagOf(column[0]!.tokens, orderOf(chosen)),
            );
          }
          for (const { tokens } of rows[i]!)
            expect(tokens.slice(0, length - q)).toEqual(rows[i]![0]!.tokens.slice(0, length - q));
        }
        const tails = rows[0]!.map(({ tokens }) => tokens.slice(length - q).join());
        expect(new Set(tails).size).toBe(levels);
        for (const row of rows)
          expect(row.map(({ tokens }) => tokens.slice(length - q).join())).toEqual(tails);
      }),
      { numRuns: 60 },
    );
  });

  it('has its digits in the bin, and no longer window than promised is the same in most groups', () => {
    let longer = 0;
    for (let g = 0; g < 60; g++) {
      const bin = { from: 40 + g, to: 140 + g };
      const rows = table(small, bin, `${g}`);
      for (const { tokens, place } of rows[0]!) {
        expect(place).toBeGreaterThanOrEqual(bin.from);
        expect(place).toBeLessThan(bin.to);
        expect(wordsOf(tokens)[small.length - 1 - place]).toMatch(/[5-9]/);
      }
      const [one, other] = [rows[0]![0]!, rows[1]![0]!];
      const w = orderOf(small) + 1;
      if (bagOf(one.tokens, w).join() !== bagOf(other.tokens, w).join()) longer++;
    }
    expect(longer).toBeGreaterThan(55);
  });
});

describe('whoever lacks the skill', () => {
  const bins = [32, 64, 90];
  const groups = Array.from({ length: 90 }, (_, g) => {
    const from = bins[g % bins.length]!;
    return table(small, { from, to: from + 95 }, `attacked ${g}`).flat();
  });

  it('and who can see no evidence, no question or no order is right in 1 of k, exactly', () => {
    const attackers = attackersOf({
      classes: small.levels,
      question: questionLength(small),
      order: orderOf(small),
    });
    for (const [name, attacker] of Object.entries(attackers))
      expect(scoreOf(groups, attacker), name).toEqual({ accuracy: 1 / small.levels, use: 0 });
  });

  it('while the evaluator, which reads tokens alone, is always right', () => {
    const scored = scoreOf(groups, ({ tokens }) => evaluateChain(tokens, small)!.label);
    expect(scored.accuracy).toBe(1);
    expect(scored.use).toBeCloseTo(1, 12);
    for (const { tokens, answers, place } of groups.flat()) {
      const found = evaluateChain(tokens, small)!;
      expect(found.answers).toEqual(answers);
      expect(found.place).toBe(place);
    }
  });

  it('and counts digits between 0 and 9 without their nesting is led astray by dead levels', () => {
    // The slot of the asked level, if all slots were alive: those told from nesting alone.
    const ordinal = ({ tokens }: Row) => {
      const slots = [
        ...wordsOf(tokens)
          .join(' ')
          .matchAll(/\[MED 0 (\d) 9 \[SM/g),
      ].map(([, digit]) => Number(digit) - 5);
      const asked = levelsOf(tokens, small)!.findIndex(({ own }) => own);
      return slots[asked]!;
    };
    const slots = scoreOf(groups, ordinal);
    expect(slots.use).toBeGreaterThan(0.05);
    expect(slots.use).toBeLessThan(0.5);
  });
});

describe('an evaluator of chains', () => {
  it('refuses what is no chain', () => {
    const { tokens } = makeChain(small, { from: 40, to: 140 }, stream('whole')).row(1, 2);
    for (let position = small.length - 21; position < small.length; position++) {
      const broken = tokens.slice();
      broken[position] = 5;
      expect(evaluateChain(broken, small)).toBeUndefined();
    }
    expect(evaluateChain(new Uint8Array(small.length), small)).toBeUndefined();
  });
});

describe('questions and values', () => {
  it('are independent of each other and of places', () => {
    const seen: number[] = [];
    for (let g = 0; g < 3000; g++) {
      const random = stream(`g${g}`);
      const row = makeChain(small, { from: 32, to: 132 }, random).row(
        int(random, 5),
        int(random, 5),
      );
      const { label, place } = evaluateChain(row.tokens, small)!;
      seen.push(label + 5 * Number(place > 80));
    }
    const counts = histogram(seen, 10);
    for (const side of [counts.slice(0, 5), counts.slice(5)]) {
      const expected = side.reduce((a, b) => a + b) / 5;
      const statistic = side.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      expect(statistic).toBeLessThan(chiSquareLimit(4));
    }
  });
});

describe('a writer', () => {
  it('meets every size, with expressions of value 0', () => {
    const random = stream('writer');
    for (let size = 0; size < 300; size++) {
      const writer = new Writer(size + 2, random);
      writer.open(3);
      writer.zeros(size);
      expect(writer.length).toBe(size + 1);
      writer.close();
      if (size > 0) expect(rewrite(wordsOf(writer.tokens).join(' '))).toBe(0);
    }
  });
});
