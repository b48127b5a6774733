/**
 * Hostile and broken submissions, each refused with its file and field named.
 * `REACH_SUBMISSIONS=2000 npx vitest run test/evaluate/submissions/hostile.test.ts` makes more.
 */
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import type fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { checkSubmission } from '../../../evaluate/submissions/check.ts';
import { SubmissionError } from '../../../evaluate/submissions/errors.ts';
import { hostile } from './hostile.ts';
import { validSubmission, type Hostile } from './hostile/valid.ts';
import { encodeModel, linear } from './onnx.ts';

const cases = Number(process.env.REACH_SUBMISSIONS ?? 300);

/** Paths that the checker asked the system for. */
const touched: string[] = [];
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof fs>();
  const watched = (name: 'open' | 'opendir' | 'lstat') =>
    ((path: string, ...rest: []) => {
      touched.push(path);
      return real[name](path, ...rest);
    }) as never;
  return { ...real, open: watched('open'), opendir: watched('opendir'), lstat: watched('lstat') };
});

const root = mkdtempSync(join(tmpdir(), 'reach-submissions-'));
const folder = join(root, 'submission');
const secret = join(root, 'secret');
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write({ files, special }: Pick<Hostile, 'files' | 'special'>): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [name, data] of Object.entries(files)) writeFileSync(join(folder, name), data);
  if (!special) return;
  const path = join(folder, special.name);
  if (special.kind === 'link') symlinkSync(secret, path);
  else if (special.kind === 'folder') mkdirSync(path);
  else if (special.kind === 'pipe') execFileSync('mkfifo', [path]);
  else {
    writeFileSync(path, '');
    // Takes no room on the disk.
    truncateSync(path, 2 ** 36);
  }
}

beforeAll(() => writeFileSync(secret, validSubmission('predictions')['submission.json']!));

describe('a submission in order', () => {
  it.each(['predictions', 'model', 'architecture'] as const)('of %s is accepted', async (kind) => {
    write({ files: { ...validSubmission(kind), 'README.md': 'words' } });
    expect((await checkSubmission(folder)).kind).toBe(kind);
  });

  it('may have titles and links of any language and kind', async () => {
    const text = validSubmission('predictions')['submission.json'] as string;
    const titles = ['Δ-Net', '模型 2', "O'Neil & Sons (v1.2)", 'Nyströmformer', 'S4 / S5: ½'];
    for (const title of titles) {
      const json = {
        ...(JSON.parse(text) as object),
        title,
        paper: 'https://arxiv.org/abs/1706.03762v7',
        code: 'https://github.com/a/b_c-d/tree/v1.0?x=1#y',
      };
      write({
        files: { ...validSubmission('predictions'), 'submission.json': JSON.stringify(json) },
      });
      expect((await checkSubmission(folder)).submission.title).toBe(title);
    }
  });
});

describe('a hostile submission', () => {
  it(`is refused with its file and field, ${cases} times`, async () => {
    const before = snapshot();
    touched.length = 0;
    let slowest = 0;
    let most = 0;
    await fc.assert(
      fc.asyncProperty(hostile, async (given) => {
        write(given);
        const begun = performance.now();
        const error: unknown = await checkSubmission(folder).catch((error: unknown) => error);
        slowest = Math.max(slowest, performance.now() - begun);
        most = Math.max(most, process.memoryUsage.rss());
        expect(error).toBeInstanceOf(SubmissionError);
        const { file, field, message } = error as SubmissionError;
        expect({ file, field }).toEqual({
          file: given.file,
          field: expect.stringMatching(given.field) as string,
        });
        expect(message.length).toBeLessThan(700);
        expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
      { numRuns: cases, seed: Number(process.env.REACH_SEED ?? 1) },
    );
    for (const path of touched) expect(path === folder || path.startsWith(folder + sep)).toBe(true);
    expect(snapshot()).toEqual(before);
    if (process.env.REACH_SUBMISSIONS)
      console.log(
        `${cases} refused; slowest ${slowest.toFixed(0)} ms; ${Math.round(most / 2 ** 20)} MiB`,
      );
  });

  it('with any byte of an ONNX file changed, is refused or accepted, and nothing else', async () => {
    const valid = encodeModel(linear(64, 4));
    await fc.assert(
      fc.asyncProperty(fc.nat(valid.length - 1), fc.nat(255), async (at, byte) => {
        const bytes = Buffer.from(valid).fill(byte, at, at + 1);
        write({ files: { ...validSubmission('model'), 'a.onnx': bytes } });
        const error: unknown = await checkSubmission(folder).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (error !== undefined) expect(error).toBeInstanceOf(SubmissionError);
      }),
      { numRuns: Math.ceil(cases / 3) },
    );
  });

  it('that is a link to a folder, or no folder at all, is refused', async () => {
    write({ files: validSubmission('predictions') });
    const link = join(root, 'link');
    symlinkSync(folder, link);
    for (const path of [link, secret, join(root, 'none')])
      await expect(checkSubmission(path)).rejects.toThrow(SubmissionError);
    rmSync(link);
  });
});

/** Everything outside the submission's folder, with times of change. */
function snapshot(): unknown[] {
  return readdirSync(root)
    .filter((name) => name !== 'submission')
    .map((name) => [name, statSync(join(root, name)).mtimeMs, statSync(join(root, name)).size]);
}
