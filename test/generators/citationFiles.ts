/** Citation pairs of our own, in LRA's files. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Line of a pair. */
export const pairLine = (label: number, papers: [string, string], texts: [string, string]) =>
  [`${label}.0`, ...papers, ...texts].join('\t');

/** `count` different pairs of each part: papers recur, texts have characters of several bytes. */
export function tinyPairs(count: number): Record<'train' | 'eval' | 'test', string[]> {
  const paper = (n: number) => `P${n % 11}-${n % 7}`;
  const text = (n: number) => `Paper ${paper(n)} on größere “things”${' and more'.repeat(n % 7)}`;
  const lines = (first: number) =>
    Array.from({ length: count }, (_, i) => {
      const [one, other] = [first + i, (first + i) * 2 + 1];
      return pairLine(
        i % 2,
        [`${paper(one)}a${i}`, paper(other)],
        [`${i} ${text(one)}`, text(other)],
      );
    });
  return { train: lines(0), eval: lines(1000), test: lines(2000) };
}

/** Writes the files into a folder. */
export function writePairs(
  dir: string,
  parts: Record<string, string[]>,
  { name = 'acl_citation_pairs', gzip = false } = {},
): string {
  for (const [part, lines] of Object.entries(parts)) {
    const content = lines.map((line) => `${line}\n`).join('');
    const path = join(dir, `${name}.${part}.tsv`);
    if (gzip) writeFileSync(`${path}.gz`, gzipSync(content));
    else writeFileSync(path, content);
  }
  return dir;
}
