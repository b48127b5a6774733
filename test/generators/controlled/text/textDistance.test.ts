import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  breakOfLabels,
  breakOfOrder,
  breakOfReach,
} from '../../../../generators/verify/certificates.ts';
import {
  fill,
  grammarFillers,
  reviewFillers,
} from '../../../../generators/controlled/text/fillers.ts';
import { textDistance } from '../../../../generators/controlled/text/textDistance.ts';
import {
  beginnings,
  endingLength,
  endings,
  nameLength,
  names,
  order,
  pairsOf,
  words,
} from '../../../../generators/controlled/text/words.ts';
import { stream } from '../../../../core/random.ts';
import { resolveOptions } from '../../../../generators/registry.ts';
import type { Example, SplitName } from '../../../../generators/task.ts';
import {
  archive,
  chiSquare,
  chiSquareLimit,
  histogram,
  sharedData,
  temporaryFolder,
} from '../../support.ts';
import { textOf as textOfPieces } from '../../../../generators/reading.ts';

type Options = Parameters<typeof textDistance.shape>[0];
const resolve = (
  overrides: Record<string, unknown> = {},
  tier: 'smoke' | 'lite' | 'lra' = 'smoke',
) => resolveOptions(textDistance as never, tier, overrides) as Options;

async function groups(
  chosen: Options,
  count: number,
  { seed = 1, split = 'train' as SplitName, sources = undefined as string | undefined } = {},
): Promise<Example[][]> {
  const { example } = await textDistance.open(chosen, seed, sources);
  return Array.from({ length: count }, (_, g) =>
    [0, 1].map((sibling) => example(split, g * 2 + sibling)),
  );
}

const textOf = ({ tokens }: Example) =>
  Buffer.from(Array.from(tokens, (token) => token - 1)).toString('latin1');

const favourable = words[1]!.flat();
const unfavourable = words[0]!.flat();
const sentimentOf = (word: string) => (favourable.includes(word) ? 1 : 0);

/** What a reader finds who knows nothing of how a text was made: who was said to be what, and where. */
function read(example: Example) {
  const text = textOf(example);
  const said = new RegExp(
    `(${names.join('|')})( [^.]*?) (${[...favourable, ...unfavourable].join('|')})( [^.]*\\.)`,
    'g',
  );
  const statements = [...text.matchAll(said)].map((match) => ({
    name: match[1]!,
    beginning: `${match[2]!} `,
    word: match[3]!,
    ending: `${match[4]!} `,
    last: match.index + match[0].length - match[4]!.length - 1,
  }));
  const query = /But what about ([A-Z][a-z]{4})\?$/.exec(text)![1]!;
  return { text, statements, query, asked: statements.filter(({ name }) => name === query) };
}

describe('an example', () => {
  it.each(['swapped', 'independent'] as const)(
    'with %s words says of the named person, at the distance, what its label says',
    async (layout) => {
      for (const tier of ['smoke', 'lite', 'lra'] as const) {
        const chosen = resolve(
          { layout, ...(tier === 'lite' && { length: 320, people: 4 }) },
          tier,
        );
        for (const example of (await groups(chosen, tier === 'lra' ? 8 : 24)).flat()) {
          const { text, statements, asked } = read(example);
          expect(text).toHaveLength(chosen.length);
          expect(text).toMatch(/^[ -~]+$/);
          expect(new Set(statements.map(({ name }) => name)).size).toBe(chosen.people);
          expect(statements).toHaveLength(chosen.people);
          expect(asked).toHaveLength(1);
          expect(sentimentOf(asked[0]!.word)).toBe(example.label);
          expect(chosen.length - 1 - asked[0]!.last).toBe(example.distance);
        }
      }
    },
  );

  it('differs between seeds, splits and groups', async () => {
    const texts = new Set<string>();
    for (const seed of [1, 2])
      for (const split of ['train', 'val', 'test'] as const)
        for (const example of (await groups(resolve(), 20, { seed, split })).flat())
          texts.add(textOf(example));
    expect(texts.size).toBe(2 * 3 * 40);
  });

  it('is read with the person and the word marked', async () => {
    const chosen = resolve();
    const made = (await groups(chosen, 1))[0]![1]!;
    const { text, asked } = read(made);
    const { documents, between, answer } = textDistance.read(made, chosen);
    const marked = (kind: string) =>
      textOfPieces(
        documents[0]!.filter((piece) => piece.kind === kind),
        between,
      );
    expect(answer).toBe('favourable');
    expect(textOfPieces(documents[0]!, between)).toBe(text);
    expect(marked('evidence')).toBe(asked[0]!.word);
    expect(text.endsWith(marked('question'))).toBe(true);
  });
});

describe('a sibling group', () => {
  const parameters = fc.record({
    length: fc.integer({ min: 420, max: 800 }),
    people: fc.integer({ min: 4, max: 7 }),
    words: fc.integer({ min: 6, max: 10 }),
    seed: fc.nat(),
  });
  it.each(['swapped', 'independent'] as const)(
    'with %s words has the certificates that the shape promises, and no more',
    async (layout) => {
      await fc.assert(
        fc.asyncProperty(parameters, async ({ seed, ...given }) => {
          const chosen = resolve({ ...given, layout });
          const shape = textDistance.shape(chosen);
          let broken = 0;
          for (const group of await groups(chosen, 10, { seed })) {
            const rows = group.map(({ tokens }) => tokens);
            const labels = group.map(({ label }) => label);
            const { distance } = group[0]!;
            expect(shape.distances).toContain(distance);
            expect(breakOfReach({ rows, labels, distance })).toBeUndefined();
            expect(breakOfReach({ rows, labels, distance: distance + 1 })).toBeDefined();
            expect(breakOfLabels({ rows, labels, distance }, 2)).toBeUndefined();
            if (shape.order > 0)
              expect(breakOfOrder({ rows, labels, distance }, shape.order)).toBeUndefined();
            if (breakOfOrder({ rows, labels, distance }, shape.order + 10)) broken++;
          }
          expect(shape.order).toBe(layout === 'swapped' ? order : 0);
          expect(broken).toBe(10);
        }),
        { numRuns: 15 },
      );
    },
  );
});

describe('the words', () => {
  it('come in the same lengths, once each, and can stand in each other’s place', () => {
    const all = [...favourable, ...unfavourable];
    expect(new Set(all).size).toBe(100);
    expect(all.every((word) => /^[a-z]{5,9}$/.test(word))).toBe(true);
    words[0]!.forEach((list, i) => {
      expect(list).toHaveLength(10);
      expect(words[1]![i]).toHaveLength(10);
      for (const word of [...list, ...words[1]![i]!]) expect(word).toHaveLength(5 + i);
    });
    expect(new Set(names.map((name) => name[0])).size).toBe(names.length);
    expect(names.every((name) => name.length === nameLength)).toBe(true);
    expect(endings.every((ending) => ending.length === endingLength)).toBe(true);
    expect(order).toBe(12);
    for (const [bad, good] of pairsOf(10)) {
      expect(bad).toHaveLength(good.length);
      expect(bad.at(-1)).not.toBe(good.at(-1));
    }
    // Every word has a partner, and already among two words of each length there are pairs.
    expect(new Set(pairsOf(10).flat()).size).toBe(100);
    expect(pairsOf(2).length).toBeGreaterThan(10);
  });
});

describe('along the grid of distances', () => {
  it('everything but the place of the sentence keeps its distribution', async () => {
    const chosen = resolve({ length: 512, people: 5, layout: 'swapped' });
    const { distances } = textDistance.shape(chosen);
    expect(distances).toEqual([32, 64, 128, 256, 427]);
    const found = new Map(
      distances.map((distance) => [
        distance,
        { people: [], asked: [], others: [], beginnings: [], endings: [], bytes: [] } as Record<
          'people' | 'asked' | 'others' | 'beginnings' | 'endings' | 'bytes',
          number[]
        >,
      ]),
    );
    for (const [index, group] of (await groups(chosen, 5 * 250)).entries()) {
      const example = group[Math.floor(index / 5) % 2]!;
      const { text, statements, query } = read(example);
      expect(statements).toHaveLength(5);
      const at = found.get(example.distance)!;
      for (const { name, word, beginning, ending } of statements) {
        at.people.push(names.indexOf(name));
        (name === query ? at.asked : at.others).push(
          [...favourable, ...unfavourable].indexOf(word),
        );
        at.beginnings.push(beginnings.indexOf(beginning));
        at.endings.push(endings.indexOf(ending));
      }
      for (let i = 0; i < text.length; i++) at.bytes.push(text.charCodeAt(i));
    }
    const bounds = { people: 26, asked: 100, others: 100, beginnings: 10, endings: 6 } as const;
    for (const [what, bound] of Object.entries(bounds)) {
      const rows = [...found.values()].map((at) =>
        histogram(at[what as keyof typeof bounds], bound),
      );
      const { statistic, limit } = chiSquare(rows);
      expect(statistic, what).toBeLessThan(limit);
    }
    // Favourable words are half of all, of the person's and of the others'.
    for (const what of ['asked', 'others'] as const) {
      const all = [...found.values()].flatMap((at) => at[what]);
      const share = all.filter((word) => word < 50).length;
      expect((2 * share - all.length) ** 2 / all.length).toBeLessThan(chiSquareLimit(1));
    }
    // Filler that has to fit into another room makes bytes differ, but hardly.
    const shares = [...found.values()].map(({ bytes }) =>
      histogram(bytes, 128).map((count) => count / bytes.length),
    );
    const mean = shares[0]!.map((_, c) => shares.reduce((sum, row) => sum + row[c]! / 5, 0));
    for (const row of shares) {
      const variation = row.reduce((sum, share, c) => sum + Math.abs(share - mean[c]!) / 2, 0);
      expect(variation).toBeLessThan(0.01);
    }
  });

  it('the grid doubles up to the largest distance', () => {
    expect(textDistance.shape(resolve({ layout: 'swapped' })).distances).toEqual([32, 64, 107]);
    expect(textDistance.shape(resolve({}, 'lite')).distances).toEqual([32, 64, 128, 209]);
    expect(textDistance.shape(resolve({}, 'lra')).distances.slice(-3)).toEqual([1024, 2048, 4011]);
    expect(textDistance.shape(resolve({ layout: 'independent' })).distances).toEqual([32, 64, 145]);
  });
});

describe('filler', () => {
  it('fits to the byte, into any room from the shortest sentence on', () => {
    const fillers = grammarFillers();
    const random = stream('filler');
    expect(fillers.longest).toBe(45);
    for (const length of [0, ...Array.from({ length: 200 }, (_, i) => 20 + i)])
      expect(fill(length, fillers, random).join('')).toHaveLength(length);
  });

  it('of reviews is their plain sentences, without those that hold a name', () => {
    const long = Array.from({ length: 60 }, (_, i) => `B${'x'.repeat(i)}z very long now.`);
    const review =
      'A first one that is short.<br /><br />Then Marta came in here.  Caf\xe9s are not plain! Is this a sentence? no capital begins this one. ' +
      long.join(' ');
    const { all, ofLength } = reviewFillers(
      [{ part: 'train', label: 1, text: Buffer.from(review, 'latin1') }],
      names,
    );
    expect(all).toContain('A first one that is short. ');
    expect(all).toContain('Is this a sentence? ');
    expect(all.join('')).not.toMatch(/Marta|Caf|no capital|<br/);
    ofLength.forEach((sentences, i) =>
      expect(sentences.every(({ length }) => length === 20 + i)).toBe(true),
    );
  });

  it('of too few reviews is refused', async () => {
    const sources = temporaryFolder();
    const files = { 'aclImdb/train/pos/1_9.txt': 'Short.', 'aclImdb/test/pos/1_9.txt': 'Short.' };
    writeFileSync(join(sources, 'aclImdb_v1.tar.gz'), await archive(files));
    const chosen = resolve({ filler: 'reviews' });
    await expect(textDistance.open(chosen, 1, sources)).rejects.toThrow(
      'The source has no sentence of 20 bytes',
    );
    const empty = temporaryFolder();
    await expect(textDistance.open(chosen, 1, empty)).rejects.toThrow('There are no IMDb reviews');
    const read = (options: ReturnType<typeof resolve>) => textDistance.realData!.isRead(options);
    expect([read(chosen), read(resolve())]).toEqual([true, false]);
    await expect(textDistance.open(resolve(), 1, empty)).resolves.toBeDefined();
  });

  const real = sharedData('aclImdb_v1.tar.gz', 'filling texts with IMDb sentences');
  it.runIf(real)(
    'of IMDb has the same certificates, and other sentences in each split',
    async () => {
      const chosen = resolve({ filler: 'reviews' }, 'lra');
      const sources = join(real!, '..');
      const { example, source } = await textDistance.open(chosen, 1, sources);
      expect(source).toContain('IMDb');
      const sentences: Set<string>[] = [];
      for (const split of ['train', 'val', 'test'] as const) {
        const found = new Set<string>();
        for (let g = 0; g < 16; g++) {
          const group = [0, 1].map((sibling) => example(split, 2 * g + sibling));
          const rows = group.map(({ tokens }) => tokens);
          const { distance } = group[0]!;
          expect(breakOfReach({ rows, labels: [0, 1], distance })).toBeUndefined();
          expect(breakOfOrder({ rows, labels: [0, 1], distance }, order)).toBeUndefined();
          const { asked } = read(group[1]!);
          expect(asked.map(({ word }) => sentimentOf(word))).toEqual([1]);
          for (const piece of textOf(group[0]!).match(/[A-Z][^.!?]{40,}[.!?]/g) ?? [])
            found.add(piece);
        }
        sentences.push(found);
      }
      expect(sentences[0]!.size).toBeGreaterThan(200);
      const shared = [...sentences[0]!].filter((piece) => sentences[2]!.has(piece));
      expect(shared.length).toBeLessThan(5);
    },
  );
});

describe('parameters', () => {
  it.each([
    [{ length: 100, layout: 'swapped' }, 'length 100: expected at least 117'],
    [{ length: 130, people: 8 }, 'expected more room for 8 people at distance 32'],
    [{ people: 1 }, 'people 1'],
    [{ words: 1 }, 'words 1'],
    [{ distances: [31, 64] }, 'expected ascending numbers, 32 or from 52 to 145, got 31, 64'],
    [{ distances: [32, 40] }, 'expected ascending numbers'],
    [{ distances: [64, 64] }, 'expected ascending numbers'],
    [{ people: 2, train: 1_000_000 }, 'people 2: expected more of them, or fewer groups'],
  ])('%j are refused', (overrides, message) => {
    expect(() => resolve(overrides)).toThrow(message);
  });
});
