/**
 * `npm run rounding -- DIR ...`: writes `leaderboards/exports/rounding.json`, which the limitations
 * page reads: what runs of the board gave again on another processor, and with gradients summed over
 * parts of each batch. The folders hold the records of those runs, made at the version of the board by
 *
 *   npm run evaluate -- run … --force --out DIR                      on another processor
 *   npm run evaluate -- run … --force --micro-batch 16 --out DIR     in parts
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeWhole } from '../../core/files.ts';
import { readRecords } from '../../leaderboards/records/read.ts';
import { roundingOf } from './roundingOf.ts';

const pathOf = (path: string) =>
  fileURLToPath(new URL(`../../leaderboards/${path}`, import.meta.url));

const { positionals } = parseArgs({ allowPositionals: true });
const recordsIn = (folder: string) => readRecords(folder).map(({ record }) => record);
const found = roundingOf(recordsIn(pathOf('runs')), positionals.flatMap(recordsIn));
if (found.length === 0) {
  console.error(
    'No run of the board is in these folders: name folders of its runs made again, as npm run rounding -- DIR.',
  );
  process.exitCode = 2;
} else {
  const path = pathOf('exports/rounding.json');
  await writeWhole(path, `${JSON.stringify(found, null, 2)}\n`);
  console.log(`Wrote ${path}: ${found.length} runs.`);
}
