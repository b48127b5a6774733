/** `npm run evaluate -- study` */
import { command, operand } from '../../core/cli/command.ts';
import { flag, folder, listOf, toggle } from '../../core/cli/flags.ts';
import { UsageError, unknown } from '../../core/errors.ts';
import { formatTable } from '../../core/terminal/table.ts';
import { readRecords } from '../../leaderboards/records/read.ts';
import type { StudyTable } from '../../leaderboards/board/studyTables.ts';
import { describe } from '../launch/words.ts';
import { linesOf, writeManifest } from '../plan/manifest.ts';
import { benchmarkVersion } from '../plan/spec.ts';
import { studies, studyNames, studySpecs, type StudyName } from '../plan/studies.ts';
import { missingCommands, studyState } from '../plan/studyState.ts';
import { recordsFlag } from './execution.ts';
import { seedKind, tierKind } from './flags.ts';

export const study = command({
  name: 'npm run evaluate -- study',
  about:
    'Plans one of the studies, or prints the table of its figure from the records that there are.',
  operands: { study: operand('NAME', studyNames.join(', ')) },
  flags: {
    plan: flag(folder, {
      help: 'writes the manifest of the study there, for run, resume, status and worker, and prints no table',
    }),
    seed: flag(listOf(seedKind, 'NUMBERS'), { default: [1, 2, 3], help: 'seeds of the runs' }),
    tier: flag(tierKind, { default: 'lite', help: 'tier of the runs' }),
    json: toggle('every figure as JSON'),
    records: recordsFlag,
  },
  notes: `Studies:\n${studyNames.map((name) => `  ${name}: ${studies[name].question}`).join('\n')}`,
  examples: ['signal --plan plans/signal', 'signal', 'capacity --json'],
  async run({ study: given, plan, seed, tier, json, records }) {
    const name = nameOf(given);
    const chosen = studies[name];
    const specs = studySpecs(chosen, { tier, seeds: seed });
    const lines = linesOf(specs);
    if (plan !== undefined) {
      const path = await writeManifest(plan, lines);
      console.log(`${path}: ${describe(lines)}`);
      return;
    }
    const state = studyState(name, readRecords(records), { tier, seeds: seed });
    const { done, of, entries, tables } = state;
    const { question } = chosen;
    if (json) {
      console.log(JSON.stringify({ study: name, question, tier, done, of, entries }));
      return;
    }
    const [planned, resumed] = missingCommands(name, tier);
    const said = `${question} ${done} of ${of} runs are done, tier ${tier}, benchmark ${benchmarkVersion}.`;
    console.log(
      [
        done < of ? `${said}\nWhat is missing: ${planned}, then ${resumed}.` : said,
        ...tables.map(formatStudyTable),
      ].join('\n\n'),
    );
  },
});

/** A table of a study for the terminal, below its caption. */
export function formatStudyTable({ caption, columns, rows }: StudyTable): string {
  const shown = columns.map((column, i) => ({ ...column, cell: (row: string[]) => row[i]! }));
  return `${caption}\n\n${formatTable(shown, rows)}`;
}

/** @throws UsageError for a study that there is not */
function nameOf(given: string): StudyName {
  const name = studyNames.find((known) => known === given);
  if (name) return name;
  throw new UsageError(unknown('study name', given, studyNames));
}
