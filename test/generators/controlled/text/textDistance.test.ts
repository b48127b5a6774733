import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stream } from '../../../../core/random.ts';
import { evaluateText, textOf } from '../../../../generators/controlled/text/evaluate.ts';
import {
  fill,
  grammarFillers,
  reviewFillers,
} from '../../../../generators/controlled/text/fillers.ts';
import { textDistance } from '../../../../generators/controlled/text/textDistance.ts';
import { names, words } from '../../../../generators/controlled/text/words.ts';
import { resolveOptions } from '../../../../generators/registry.ts';
import { splits, type TaskDefinition, type TierName } from '../../../../generators/task.ts';
import { archive, sharedData, temporaryFolder } from '../../support.ts';
import { easierShare } from '../table.ts';

type Options = Parameters<typeof textDistance.shape>[0];
const resolve = (overrides: Record<string, unknown> = {}, tier: TierName = 'smoke') =>
  resolveOptions(textDistance, tier, overrides) as Options;

const favourable = words[1]!.flat();

describe('an example', () => {
  it.each(['smoke', 'lite', 'lra'] as const)(
    'of tier %s says of the named person what its label says, in the bin',
    async (tier) => {
      const chosen = resolve({}, tier);
      const { distances, table, siblings, counts } = textDistance.shape(chosen);
      const { example } = await textDistance.open(chosen, 1);
      for (const split of splits)
        for (let i = 0; i < 12; i++) {
          // Spread over groups, distances and members of the table.
          const at = (i * 7919) % counts[split];
          const { tokens, label, answers, distance, member, extras } = example(split, at);
          const text = textOf(tokens);
          expect(text).toHaveLength(chosen.length);
          expect(member).toBe(at % siblings);
          const [place] = Array.from(extras!.places!) as [number];
          expect(place).toBeGreaterThanOrEqual(distance);
          expect(place).toBeLessThan(table!.ends[distances.indexOf(distance)]!);
          const end = chosen.length - place;
          const word = text.slice(text.lastIndexOf(' ', end - 1) + 1, end);
          // A word of marks, of an easier training text, ends with the one that tells.
          expect(Number(favourable.includes(word) || word.endsWith('+'))).toBe(label);
          const found = textDistance.evaluate!({ tokens: tokens as never, extras: {} }, chosen);
          expect(found).toMatchObject({ label, answers, place });
        }
    },
  );

  it('differs between seeds, splits and rows', async () => {
    const texts = new Set<string>();
    for (const seed of [1, 2]) {
      const { example } = await textDistance.open(resolve(), seed);
      for (const split of splits)
        for (let i = 0; i < 40; i++) texts.add(textOf(example(split, i).tokens));
    }
    expect(texts.size).toBe(2 * 3 * 40);
  });

  it('is read with the person, the word that decides, and the question', async () => {
    const chosen = resolve();
    const { example } = await textDistance.open(chosen, 1);
    const made = example('test', 3);
    const { documents, question, answer } = textDistance.read(made, chosen);
    const textOfKind = (...kinds: string[]) =>
      documents[0]!
        .filter(({ kind }) => kinds.length === 0 || kinds.includes(kind))
        .map(({ text }) => text)
        .join('');
    expect(textOfKind()).toBe(textOf(made.tokens));
    const word = textOfKind('evidence');
    expect(favourable.includes(word)).toBe(made.label === 1);
    expect(answer).toBe(made.label === 1 ? 'favourable' : 'unfavourable');
    const name = names.find((one) => one[0] === textOf(made.tokens).at(-2))!;
    expect(question).toBe(`Is what is said of ${name} favourable?`);
    expect(textOfKind('question')).toBe(`${name[0]}?`);
    expect(textOfKind('key')).toContain(name);
    expect(textOfKind('earlier')).toMatch(/^And ([A-Z]\? ){3}$/);
  });
});

describe('training groups', () => {
  it('are easier in the share that is asked for, validation and test groups never', async () => {
    const alike = await Promise.all(
      splits.map((split) =>
        easierShare(textDistance as unknown as TaskDefinition, split, {
          some: resolve({ alike: 0.5, marked: 0 }),
          all: resolve({ alike: 1, marked: 0 }),
          none: resolve({ alike: 0, marked: 0 }),
        }),
      ),
    );
    expect(Math.abs(alike[0]! - 0.5)).toBeLessThan(0.12);
    // All rows of validation and test are the same, whatever is asked for.
    expect(alike.slice(1)).toEqual([1, 1]);
  });
});

describe('filler', () => {
  it('fits to the byte, into any room', () => {
    const fillers = grammarFillers();
    const random = stream('filler');
    expect(fillers.longest).toBe(45);
    for (let length = 0; length < 200; length++)
      expect(fill(length, fillers, random).join('')).toHaveLength(length);
  });

  it('of reviews is their plain sentences, without those that hold a name', () => {
    const long = Array.from({ length: 60 }, (_, i) => `B${'x'.repeat(i)}z very long now.`);
    const review =
      'A first one that is short.<br /><br />Then Marta came in here.  Caf\xe9s are not plain! Is this a sentence? no capital begins this one. ' +
      long.join(' ');
    const { all, ofLength } = reviewFillers(
      [{ part: 'train', label: 1, text: Buffer.from(review, 'latin1') }],
      new RegExp(names.join('|')),
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
  it.runIf(real)('of IMDb keeps the task, with other sentences in each split', async () => {
    const chosen = resolve({ filler: 'reviews' }, 'lra');
    const { example, source } = await textDistance.open(chosen, 1, join(real!, '..'));
    expect(source).toContain('IMDb');
    const sentences = splits.map((split) => {
      const found = new Set<string>();
      for (let g = 0; g < 16; g++) {
        const { tokens, label } = example(split, 4 * g + (g % 4));
        expect(evaluateText(tokens, chosen)?.label).toBe(label);
        for (const piece of textOf(tokens).match(/[A-Z][^.!?]{40,}[.!?]/g) ?? []) found.add(piece);
      }
      return found;
    });
    expect(sentences[0]!.size).toBeGreaterThan(200);
    const shared = [...sentences[0]!].filter((piece) => sentences[2]!.has(piece));
    expect(shared.length).toBeLessThan(5);
  });
});

describe('the shape', () => {
  it('has a table of two states and two questions', () => {
    const shape = textDistance.shape(resolve({}, 'lite'));
    expect(shape).toMatchObject({ classes: 2, siblings: 4, order: 1, distances: [64, 128, 256] });
    expect(shape.table).toMatchObject({ states: 2, questions: 2, question: 2, sets: 2 });
    expect(shape.table!.asked).toHaveLength(14);
    expect(shape.table!.asked.slice(-2)).toEqual([441, 444]);
  });

  it('has doubling distances where none are given', () => {
    const { distances } = textDistance.shape(resolve({ distances: [], length: 1024, asked: 14 }));
    expect(distances).toEqual([64, 128, 256, 512]);
  });
});

describe('parameters', () => {
  it.each([
    [{ length: 100, distances: [] }, 'length 100: expected at least'],
    [{ sets: 3 }, 'sets 3: expected fewer: 3 sets do not fit into any 3 bins'],
    [{ sets: 6 }, 'sets 6'],
    [{ words: 1 }, 'words 1'],
    [{ names: 3 }, 'names 3: expected at least as many as people (4)'],
    [{ people: 3 }, "parameter 'people'"],
    [{ alike: 2 }, 'alike 2'],
    [{ marked: -1 }, 'marked -1'],
    [{ distances: [27, 96] }, 'expected ascending numbers from 28 to'],
    [{ distances: [32, 40] }, 'sets 2: expected fewer: 2 sets do not fit into any 2 bins'],
    [{ distances: [32, 128] }, 'expected ascending numbers'],
    [{ words: 2, asked: 0, sets: 1, distances: [32], train: 10_000 }, 'too few different'],
  ])('%j are refused', (overrides, message) => {
    expect(() => resolve(overrides)).toThrow(message);
  });
});
