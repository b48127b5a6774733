import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../../../../generators/registry.ts';
import { listops } from '../../../../generators/standard/listops/listops.ts';
import { splits, type ImportedExample, type StoredExample } from '../../../../generators/task.ts';
import { sharedData, temporaryFolder } from '../../support.ts';

type Options = Parameters<typeof listops.shape>[0];
const resolve = (overrides: Record<string, unknown> = {}, tier: 'smoke' | 'lra' = 'smoke') =>
  resolveOptions(listops, tier, overrides) as Options;
const layout = listops.lra!;

/** Columns that no standard task uses. */
const alone = { member: 0, answers: new Uint8Array(0), extras: {} };

/** The first three expressions of each split, as a data set keeps them. */
async function* stored(chosen: Options, split: 'train' | 'val' | 'test') {
  const { example } = await listops.open(chosen, 1);
  for (let i = 0; i < 3; i++) {
    const made = example(split, i);
    const tokens = new Uint8Array(chosen.maxLength);
    tokens.set(made.tokens);
    yield { ...made, ...alone, tokens } satisfies StoredExample;
  }
}

async function imported(dir: string, chosen: Options, split: 'train' | 'val' | 'test' = 'train') {
  const examples: ImportedExample[] = [];
  for await (const example of layout.import(dir, split, chosen, () => undefined))
    examples.push(example);
  return examples;
}

/** A folder with this training file. */
function folderWith(content: string | Buffer): string {
  const dir = temporaryFolder();
  writeFileSync(join(dir, 'basic_train.tsv'), content);
  return dir;
}

describe('the files of LRA', () => {
  it('are read as they were written, with facts where facts are asked', async () => {
    const chosen = resolve();
    const dir = temporaryFolder();
    await layout.export(dir, (split) => stored(chosen, split), chosen);
    expect(await layout.list(dir, chosen)).toEqual(splits.map((split) => `basic_${split}.tsv`));
    const withFacts = resolve({ facts: true });
    const { example } = await listops.open(withFacts, 1);
    for (const split of splits) {
      const read = await imported(dir, withFacts, split);
      expect(read).toHaveLength(3);
      read.forEach(({ tokens, label, extras }, i) =>
        expect({ ...example(split, i), tokens, label, extras }).toEqual(example(split, i)),
      );
      expect((await imported(dir, chosen, split))[0]).not.toHaveProperty('extras');
    }
  });

  it.each(['listops-1000', 'lra_release/listops-1000'])(
    "are found below the folder of LRA's release, in %s",
    async (place) => {
      const chosen = resolve();
      const dir = temporaryFolder();
      mkdirSync(join(dir, place), { recursive: true });
      await layout.export(join(dir, place), (split) => stored(chosen, split), chosen);
      expect(await layout.list(dir, chosen)).toEqual(
        splits.map((split) => join(place, `basic_${split}.tsv`)),
      );
      expect(await imported(dir, chosen)).toHaveLength(3);
    },
  );

  it('are also read with LF and without parentheses or spare spaces', async () => {
    const lines = ['Source\tTarget', '( ( ( [MAX 4 ) 8 ) ] )\t8', '[SM 4 [MIN 9 8 ] ]\t2', '3\t3'];
    const [crlf, lf] = ['\r\n', '\n'].map((end) => folderWith(lines.join(end)));
    const read = await imported(crlf!, resolve());
    expect(await imported(lf!, resolve())).toEqual(read);
    expect(read.map(({ label }) => label)).toEqual([8, 2, 3]);
    expect(Array.from(read[0]!.tokens)).toEqual([12, 5, 9, 15]);
  });

  it.each([
    ['', '[SM 1 2 ]\t3', 'does not begin with the header Source<TAB>Target but with "[SM 1 2 ]'],
    ['Source\tTarget\n', '[SM 1 2 ]', 'line 2 has 1 columns, expected Source and Target'],
    ['Source\tTarget\n', '[SM 1 2 ]\t13', 'line 2 has the value "13", expected 0 to 9'],
    ['Source\tTarget\n', '[SM 1 2 ]\t4', "line 2 says 4, but the expression's value is 3"],
    ['Source\tTarget\n', '[SUM 1 2 ]\t3', 'line 2 holds "[SUM", expected digits'],
    ['Source\tTarget\n', '[SM 1 2\t3', 'line 2 lacks a ] for symbol 1'],
    ['Source\tTarget\n', '( [SM 1 2 ] )\t3', "line 2 has other parentheses than LRA's"],
    ['Source\tTarget\n', `[SM ${'1 '.repeat(127)}]\t7`, 'line 2 has 129 symbols, expected at most'],
    [
      'Source\tTarget\n',
      '9'.repeat(2e6),
      'line 2 has more than the 1048576 bytes that a line can have',
    ],
    ['Source\tTarget\n', Buffer.from([0xc3, 0x28]), 'line 2 is not valid UTF-8'],
  ])('with %j, then %s, are refused', async (header, line, message) => {
    const dir = folderWith(Buffer.concat([Buffer.from(header), Buffer.from(line as string)]));
    await expect(imported(dir, resolve())).rejects.toThrow(message);
  });

  it('that are missing are named', async () => {
    const dir = folderWith('Source\tTarget\n');
    mkdirSync(join(dir, 'basic_test.tsv'));
    await expect(layout.list(dir, resolve())).rejects.toThrow(/basic_val\.tsv: it does not exist/);
    await expect(imported(dir, resolve(), 'test')).rejects.toThrow('it is a folder, not a file');
  });

  const official = sharedData('official_samples/listops', "reading LRA's own ListOps files");
  it.runIf(official)('of the original generator are read and written to the byte', async () => {
    const chosen = resolve({}, 'lra');
    const out = temporaryFolder();
    async function* again(split: 'train' | 'val' | 'test') {
      for (const { tokens, label } of await imported(official!, chosen, split)) {
        const padded = new Uint8Array(chosen.maxLength);
        padded.set(tokens);
        yield { ...alone, tokens: padded, label, group: 0, distance: 0 };
      }
    }
    await layout.export(out, again, chosen);
    for (const name of await layout.list(official!, chosen))
      expect(readFileSync(join(out, name)).equals(readFileSync(join(official!, name)))).toBe(true);
  });
});
