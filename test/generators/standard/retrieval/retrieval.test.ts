import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { resolveOptions } from '../../../../generators/registry.ts';
import { retrieval } from '../../../../generators/standard/retrieval/retrieval.ts';
import { splits, type ImportedExample, type StoredExample } from '../../../../generators/task.ts';
import { tinyPairs, writePairs } from '../../citationFiles.ts';
import { temporaryFolder } from '../../support.ts';
import { renderReading } from '../../../../generators/reading.ts';

type Options = Parameters<typeof retrieval.shape>[0];
const resolve = (overrides: Record<string, unknown> = {}) =>
  resolveOptions(retrieval, 'smoke', {
    length: 50,
    train: 12,
    val: 4,
    test: 4,
    ...overrides,
  }) as Options;

let sources: string;
beforeAll(() => void (sources = writePairs(temporaryFolder(), tinyPairs(12))));

/** Text and both documents of every line of a file, cut. */
const linesOf = (part: 'train' | 'eval' | 'test') =>
  tinyPairs(12)[part].map((line) => {
    const [label, , , ...texts] = line.split('\t');
    const [one, other] = texts.map((text) => {
      const cut = Buffer.from(text).subarray(0, 50).toString();
      return cut.replace(/\ufffd$/, '');
    });
    return `${Number(label)} ${one} | ${other}`;
  });

const read = ({ tokens, label }: Pick<StoredExample, 'tokens' | 'label'>) => {
  const [one, other] = [0, 50].map((start) => {
    const document = Array.from(tokens).slice(start, start + 50);
    return Buffer.from(document.filter(Boolean).map((token) => token - 1)).toString();
  });
  return `${label} ${one} | ${other}`;
};

describe('retrieval', () => {
  it('has the pairs of the files, each in its split and once, in an order of the seed', async () => {
    const chosen = resolve({ val: 12, test: 12 });
    const orders = new Set<string>();
    for (const seed of [1, 2]) {
      const { example, source } = await retrieval.open(chosen, seed, sources);
      expect(source).toMatch(/^ACL citation pairs/);
      for (const [split, part] of [
        ['train', 'train'],
        ['val', 'eval'],
        ['test', 'test'],
      ] as const) {
        const made = Array.from({ length: 12 }, (_, i) => read(example(split, i) as StoredExample));
        expect([...made].sort()).toEqual(linesOf(part).sort());
        orders.add(made.join());
      }
    }
    expect(orders.size).toBe(6);
  });

  it('pads each document, and knows papers that recur', async () => {
    const chosen = resolve();
    const { example } = await retrieval.open(chosen, 1, sources);
    const papers = new Map<number, string>();
    for (const split of splits)
      for (let i = 0; i < chosen[split]; i++) {
        const { tokens, extras, distance } = example(split, i);
        expect(tokens).toHaveLength(100);
        expect(distance).toBe(0);
        [0, 50].forEach((start, d) => {
          const document = Array.from(tokens)
            .slice(start, start + 50)
            .join(' ');
          expect(document).toMatch(/^([1-9]\d* ?)+( ?0)*$/);
          const paper = extras!.papers![d]!;
          expect(papers.get(paper) ?? document).toBe(document);
          papers.set(paper, document);
        });
      }
    expect(papers.size).toBeLessThan(40);
  });

  it('shows both documents apart', async () => {
    const chosen = resolve();
    const { example } = await retrieval.open(chosen, 1, sources);
    const made = example('train', 0);
    const [, one, other] = /^\d (.*) \| (.*)$/.exec(read(made as StoredExample))!;
    const reading = retrieval.read(made, chosen);
    const text = renderReading(reading);
    expect(text).toContain(`document 1\n${one}\n\ndocument 2\n${other}\n`);
    expect(reading.answer).toMatch(made.label === 1 ? /^one cites/ : /^neither cites/);
    expect(reading.notes[0]).toMatch(/^\d+ and \d+ bytes$/);
  });

  it('says how many pairs there are where too many are asked for', async () => {
    await expect(retrieval.open(resolve({ val: 13 }), 1, sources)).rejects.toThrow(
      'The ACL citation pairs have 12 different ones for val, but 13 are asked for',
    );
    await expect(retrieval.open(resolve({ pairs: 'aan' }), 1, sources)).rejects.toThrow(
      'There is no new_aan_pairs.test.tsv',
    );
  });

  it("reads LRA's files as it wrote them", async () => {
    const chosen = resolve({ pairs: 'aan' });
    const layout = retrieval.lra!;
    const { example } = await retrieval.open(resolve(), 1, sources);
    async function* stored(split: 'train' | 'val' | 'test') {
      for (let i = 0; i < chosen[split]; i++) {
        const made = example(split, i);
        const extras = { papers: Int32Array.from(made.extras!.papers!) };
        const alone = { member: 0, answers: new Uint8Array(0) };
        yield { ...made, ...alone, tokens: made.tokens as Uint16Array, extras };
      }
    }
    const dir = temporaryFolder();
    await layout.export(dir, stored, chosen);
    expect(await layout.list(dir, chosen)).toEqual(
      ['train', 'eval', 'test'].map((part) => `new_aan_pairs.${part}.tsv`),
    );
    const [line] = readFileSync(join(dir, 'new_aan_pairs.eval.tsv'), 'utf8').split('\n');
    expect(line).toMatch(/^[01]\.0\tpaper-\d+\tpaper-\d+\t[^\t]+\t[^\t]+$/);
    const notes: string[] = [];
    for (const split of splits) {
      const found: ImportedExample[] = [];
      for await (const read of layout.import(dir, split, chosen, (note) => notes.push(note)))
        found.push(read);
      found.forEach(({ tokens, label }, i) =>
        expect({ tokens, label }).toEqual({
          tokens: example(split, i).tokens,
          label: example(split, i).label,
        }),
      );
      expect(found).toHaveLength(chosen[split]);
    }
    expect(notes).toEqual([]);
    writePairs(dir, { eval: [line!, line!] }, { name: 'new_aan_pairs' });
    for await (const read of layout.import(dir, 'val', chosen, (note) => notes.push(note)))
      expect(read.label).toBe(Number(line![0]));
    expect(notes).toEqual(['1 pairs of val were there before or had an empty text: left out']);
  });
});
