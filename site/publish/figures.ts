/** `npm run figures`: draws the pictures that the README shows from the records of the board. */
import { fileURLToPath } from 'node:url';
import { writeWhole } from '../../core/files.ts';
import { buildBoard } from '../../leaderboards/board/build.ts';
import { readAudits } from '../../leaderboards/records/audit.ts';
import { readRecords } from '../../leaderboards/records/read.ts';
import { chooseTier } from '../src/lib/tables/view.ts';
import { pngOf, reachSvg } from './reachFigure.ts';

const pathOf = (path: string) =>
  fileURLToPath(new URL(`../../leaderboards/${path}`, import.meta.url));

const tier = chooseTier(buildBoard(readRecords(pathOf('runs'))));
const svg = tier && reachSvg(tier, readAudits(pathOf('audits')));
if (!svg) {
  console.error(
    'leaderboards/runs has no run on a controlled task: make one with npm run evaluate.',
  );
  process.exitCode = 1;
} else {
  const path = pathOf('exports/reach.png');
  await writeWhole(path, Buffer.from(pngOf(svg)));
  console.log(`Wrote ${path}.`);
}
