/** `npm run figures`: the picture and the table that the README shows, from the records of the board. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { writeWhole } from '../../core/files.ts';
import { buildBoard } from '../../leaderboards/board/build.ts';
import { readAudits } from '../../leaderboards/records/audit.ts';
import { readRecords } from '../../leaderboards/records/read.ts';
import { chooseTier } from '../src/lib/tables/view.ts';
import { boardBlock, withBlock } from './readme.ts';
import { pngOf, reachSvg } from './reachFigure.ts';

const pathOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const records = readRecords(pathOf('leaderboards/runs'));
const audits = readAudits(pathOf('leaderboards/audits'));
const tier = chooseTier(buildBoard(records));
const svg = tier && reachSvg(tier, audits);
if (!svg) {
  console.error(
    'leaderboards/runs has no run on a controlled task: make one with npm run evaluate.',
  );
  process.exitCode = 1;
} else {
  const picture = pathOf('leaderboards/exports/reach.png');
  await writeWhole(picture, Buffer.from(pngOf(svg)));
  const path = pathOf('README.md');
  const readme = withBlock(readFileSync(path, 'utf8'), boardBlock(tier, records, audits));
  await writeWhole(path, await format(readme, { parser: 'markdown', printWidth: 100 }));
  console.log(`Wrote ${picture} and the board in ${path}.`);
}
