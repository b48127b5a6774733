import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { identifyCitations, readCitations } from '../../../generators/sources/citations.ts';
import { pairLine, tinyPairs, writePairs } from '../citationFiles.ts';
import { sharedData, temporaryFolder } from '../support.ts';

/** Files of a pair each, but for the lines of one part. */
function folderWith(part: 'train' | 'eval' | 'test', lines: string[]): string {
  return writePairs(temporaryFolder(), { ...tinyPairs(1), [part]: lines });
}

describe('citation pairs', () => {
  it('are read in order, the same from plain files and from gzipped ones', async () => {
    const plain = await readCitations(writePairs(temporaryFolder(), tinyPairs(9)), 'acl', 400);
    const dir = writePairs(temporaryFolder(), tinyPairs(9), { gzip: true });
    const gzipped = await readCitations(dir, 'acl', 400);
    expect(gzipped).toEqual(plain);
    expect(plain.pairs.train.map(({ label }) => label)).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0]);
    expect(plain.pairs.val[3]!.texts.map(String)).toEqual(
      tinyPairs(9).eval[3]!.split('\t').slice(3),
    );
    expect(plain.source).toMatch(/^ACL citation pairs .* not LRA's AAN.*, 27 pairs, .*recur/);
    const papers = plain.pairs.test.map((pair) => pair.papers);
    expect(papers[0]).toEqual([0, 1]);
  });

  it('are called AAN only where the files are', async () => {
    const dir = writePairs(temporaryFolder(), tinyPairs(2), { name: 'new_aan_pairs' });
    expect((await readCitations(dir, 'aan', 400)).source).toMatch(/^LRA's AAN citation pairs/);
    await expect(readCitations(dir, 'acl', 400)).rejects.toThrow(
      /There is no acl_citation_pairs\.test\.tsv or .*\.gz in .*: put ACL .*--sources DIR; pairs=aan reads/,
    );
  });

  it('are left out where they were before: by papers or texts, in either order', async () => {
    const [a, b, c] = ['text of a', 'text of b', 'text of c'] as const;
    const dir = writePairs(temporaryFolder(), {
      test: [pairLine(1, ['A', 'B'], [a, b])],
      eval: [pairLine(0, ['A', 'C'], [a, c]), pairLine(1, ['B', 'A'], ['new', 'newer'])],
      train: [
        pairLine(0, ['B', 'C'], [b, c]),
        pairLine(0, ['X', 'Y'], [c, a]),
        pairLine(0, ['C', 'B'], ['other', 'words']),
        pairLine(0, ['A', 'D'], [a, '']),
        pairLine(1, ['A', 'E'], [a, 'text of b but longer']),
      ],
    });
    const { pairs, leftOut } = await readCitations(dir, 'acl', 100);
    expect(pairs.val.map(({ papers }) => papers)).toEqual([[0, 2]]);
    expect(pairs.train.map(({ papers }) => papers)).toEqual([
      [1, 2],
      [0, expect.any(Number)],
    ]);
    expect(leftOut).toEqual({ train: 3, val: 1, test: 0 });
    // Cut to nine bytes the last pair of the training part reads like the test part's.
    expect((await readCitations(dir, 'acl', 9)).leftOut.train).toBe(4);
  });

  it('are cut between characters', async () => {
    const dir = folderWith('train', [pairLine(1, ['A', 'B'], ['abcä', 'aaa€'])]);
    for (const [longest, texts] of [
      [3, ['abc', 'aaa']],
      [4, ['abc', 'aaa']],
      [5, ['abcä', 'aaa']],
      [6, ['abcä', 'aaa€']],
    ] as const)
      expect((await readCitations(dir, 'acl', longest)).pairs.train[0]!.texts.map(String)).toEqual(
        texts,
      );
  });

  it('change their identity with the files', async () => {
    const dir = writePairs(temporaryFolder(), tinyPairs(2));
    const before = await identifyCitations(dir);
    expect(before).toMatch(/^acl [0-9a-f]{64}$/);
    writePairs(dir, { eval: tinyPairs(3).eval });
    expect(await identifyCitations(dir)).not.toBe(before);
    rmSync(join(dir, 'acl_citation_pairs.train.tsv'));
    await expect(identifyCitations(dir)).rejects.toThrow('no acl_citation_pairs.train.tsv');
  });

  it.each([
    ['1.0\tA\tB\ttext', 'line 1 has 4 columns, expected label, id1, id2, text1, text2'],
    ['1.0\tA\tB\ttext\ttext\tmore', 'line 1 has more than 5 columns'],
    ['0.5\tA\tB\ttext\ttext', 'line 1 has the label "0.5", expected 0 or 1'],
    ['\n1.0\tA\tB\ttext\ttext', 'line 1 has 1 columns'],
  ])('%j are refused', async (line, message) => {
    await expect(readCitations(folderWith('eval', [line]), 'acl', 9)).rejects.toThrow(message);
  });

  it('are refused where a file is cut off, huge in one line or not UTF-8', async () => {
    const dir = temporaryFolder();
    const broken = async (content: Buffer) => {
      writePairs(dir, tinyPairs(50), { gzip: true });
      writeFileSync(join(dir, 'acl_citation_pairs.eval.tsv.gz'), content);
      await readCitations(dir, 'acl', 9);
    };
    const whole = gzipSync(tinyPairs(50).eval.join('\n'));
    await expect(broken(whole.subarray(0, -20))).rejects.toThrow(/eval\.tsv\.gz: it is cut off/);
    const giant = gzipSync(Buffer.alloc(8 << 20, 'x'));
    await expect(broken(giant)).rejects.toThrow('line 1 has more than the 1048576 bytes');
    const latin1 = gzipSync(Buffer.from('1.0\tA\tB\tgr\xf6\xdfer\ttext', 'latin1'));
    await expect(broken(latin1)).rejects.toThrow('line 1 is not valid UTF-8');
  });

  const real = sharedData('acl_citation_pairs.train.tsv.gz', 'reading the ACL citation pairs');
  it.runIf(real)('of ACL papers are as many as they should be', async () => {
    const { pairs, leftOut } = await readCitations(join(real!, '..'), 'acl', 4000);
    expect(leftOut).toEqual({ train: 8, val: 0, test: 0 });
    expect([pairs.train.length, pairs.val.length, pairs.test.length]).toEqual([4512, 565, 565]);
    expect(pairs.train.every(({ texts }) => texts.every((text) => text.length >= 2000))).toBe(true);
  });
});
