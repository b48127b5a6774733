/** `npm run evaluate -- collect` */
import { dirname, join } from 'node:path';
import { command } from '../../core/cli/command.ts';
import { file, flag, folder, repeated } from '../../core/cli/flags.ts';
import { writeWhole } from '../../core/files.ts';
import { exportsOf } from '../../leaderboards/board/exports.ts';
import { readRecords } from '../../leaderboards/records/read.ts';
import { prepareData } from '../launch/data.ts';
import { readManifest } from '../plan/manifest.ts';
import { mergeRecord, mergeTunings, recordFailures, type Merged } from '../runs/collect.ts';
import { placeFlags } from './execution.ts';

const { out, work, sources } = placeFlags;

export const collect = command({
  name: 'npm run evaluate -- collect',
  about:
    "Brings records together and writes the leaderboard's files from them: leaderboard.json, leaderboard.csv, runs.jsonl and record.schema.json, in the folder exports beside the records.",
  flags: {
    from: repeated(folder, { help: 'also takes the records of this folder, with their arrays' }),
    manifest: flag(file, {
      help: 'puts runs of this plan that failed on the board, at chance, with the reason; run --force executes them again',
    }),
    out,
    work,
    sources,
  },
  examples: ['', '--from results/node1 --from results/node2', '--manifest plans/x'],
  async run(values) {
    for (const from of values.from) console.error(await merge(from, values.out));
    if (values.manifest !== undefined) {
      const lines = await readManifest(values.manifest);
      const failed = await recordFailures(lines, values, (some) => prepareData(some, values));
      console.error(`${failed.length} of ${lines.length} lines failed and were recorded`);
    }
    const files = readRecords(values.out);
    const target = join(dirname(values.out), 'exports');
    for (const { name, text } of exportsOf(files)) await writeWhole(join(target, name), text);
    console.error(`${files.length} records; the leaderboard's files are in ${target}`);
  },
});

async function merge(from: string, out: string): Promise<string> {
  const counts: Record<Merged, number> = { added: 0, replaced: 0, there: 0, different: 0 };
  const files = readRecords(from);
  for (const file of files) {
    const outcome = await mergeRecord(from, file, out);
    counts[outcome]++;
    if (outcome === 'different') {
      console.error(`${file.file}: the run is recorded here with another result, which stays`);
    }
  }
  const tunings = await mergeTunings(from, out);
  return (
    `${from}: ${files.length} records, ${counts.added} new, ${counts.replaced} instead of failed ones, ` +
    `${counts.there} there already, ${counts.different} with another result; ${tunings} new tunings`
  );
}
