/** `npm run evaluate -- collect` */
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { exportsOf } from '../../leaderboards/board/exports.ts';
import { readRecords } from '../../leaderboards/records/read.ts';
import { writeWhole } from '../../core/files.ts';
import { mergeRecord, mergeTunings, recordFailures, type Merged } from '../runs/collect.ts';
import { readManifest } from '../plan/manifest.ts';
import { dataFolders } from '../launch/perform.ts';
import type { Command } from './command.ts';
import { placeFlags } from './execution.ts';

export const collect: Command = {
  help: `Brings records together and writes the files of the leaderboard from them: leaderboard.json,
leaderboard.csv, runs.jsonl and record.schema.json, in the folder exports beside the records.

  npm run evaluate -- collect [--from DIR ...] [--manifest plans/x]

  --from DIR            also takes the records of this folder, with their arrays (repeatable)
  --manifest FILE       puts runs of this plan that failed on the board, at chance, with the reason;
                        run --force does them again
  --out DIR, --work DIR, --sources DIR as in run`,

  async run(args) {
    const { out, work, sources } = placeFlags;
    const { values } = parseArgs({
      args,
      options: {
        out,
        work,
        sources,
        from: { type: 'string', multiple: true, default: [] },
        manifest: { type: 'string' },
      },
    });
    for (const from of values.from) console.error(await merge(from, values.out));
    if (values.manifest !== undefined) {
      const lines = await readManifest(values.manifest);
      const failed = await recordFailures(lines, values, (some) => dataFolders(some, values));
      console.error(`${failed.length} of ${lines.length} lines failed and were recorded`);
    }
    const files = readRecords(values.out);
    const folder = join(dirname(values.out), 'exports');
    for (const { name, text } of exportsOf(files)) await writeWhole(join(folder, name), text);
    console.error(`${files.length} records; the leaderboard's files are in ${folder}`);
    return 0;
  },
};

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
