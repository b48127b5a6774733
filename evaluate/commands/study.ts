/** `npm run evaluate -- study` */
import { command, operand } from '../../core/cli/command.ts';
import { flag, folder, listOf, section, toggle, whole } from '../../core/cli/flags.ts';
import { UsageError, unknown } from '../../core/errors.ts';
import { formatTable } from '../../core/terminal/table.ts';
import { readRecords } from '../../leaderboards/records/read.ts';
import type { StudyTable } from '../../leaderboards/board/studyTables.ts';
import { readLengthRecords } from '../../leaderboards/records/readLengths.ts';
import { testLengths } from '../launch/testLengths.ts';
import { describe } from '../launch/words.ts';
import { lengthCandidates } from '../plan/lengths.ts';
import { linesOf, writeManifest } from '../plan/manifest.ts';
import { modelLabel } from '../plan/modelLabel.ts';
import { benchmarkVersion } from '../plan/spec.ts';
import { studies, studyNames, studySpecs, type StudyName } from '../plan/studies.ts';
import { missingCommands, studyState, tableCommand } from '../plan/studyState.ts';
import { executionFlags, recordsFlag, sourcesFlag, workFlag } from './execution.ts';
import { seedKind, tierKind } from './flags.ts';

export const study = command({
  name: 'npm run evaluate -- study',
  about:
    'Plans one of the studies, or prints the tables of its figure from the records that there are. The study length first tests the trained runs that were not tested yet; what is interrupted goes on when it is called again.',
  operands: { study: operand('NAME', studyNames.join(', ')) },
  flags: {
    plan: flag(folder, {
      help: 'writes the manifest of the study there, for run, resume, status and worker, and prints no table',
    }),
    seed: flag(listOf(seedKind, 'NUMBERS'), { default: [1, 2, 3], help: 'seeds of the runs' }),
    tier: flag(tierKind, { default: 'lite', help: 'tier of the runs' }),
    json: toggle('every figure as JSON'),
    print: toggle('only prints: the study length tests nothing'),
    records: recordsFlag,
    ...section('Of the study length, which tests trained runs before it prints', {
      work: workFlag,
      sources: sourcesFlag,
      engine: executionFlags.engine,
      threads: flag(whole(1), { default: 1, help: 'CPU threads' }),
    }),
  },
  notes: `Studies:\n${studyNames.map((name) => `  ${name}: ${studies[name].question}`).join('\n')}`,
  examples: [
    'signal --plan plans/signal',
    'signal',
    'capacity --json',
    'length --tier smoke --seed 1',
  ],
  async run(values) {
    const { study: given, plan, seed, tier, json, records } = values;
    const name = nameOf(given);
    const chosen = studies[name];
    const specs = studySpecs(chosen, { tier, seeds: seed });
    const lines = linesOf(specs);
    if (plan !== undefined) {
      const path = await writeManifest(plan, lines);
      console.log(`${path}: ${describe(lines)}`);
      return;
    }
    const notes: string[] = [];
    if (chosen.factors && !json && !values.print) {
      const { engine, threads, work, sources } = values;
      const { untrained } = await testLengths({
        ...{ specs, factors: chosen.factors, runs: records, work, sources, engine, threads },
        command: tableCommand(name, tier),
      });
      if (untrained.length > 0) notes.push(untrainedNote(untrained.map(modelLabel), work));
    }
    const tests = chosen.factors ? readLengthRecords(records) : [];
    const state = studyState(name, readRecords(records), { tier, seeds: seed, tests });
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
        ...notes,
        ...tables.map(formatStudyTable),
        ...(chosen.factors ? [limitsText()] : []),
      ].join('\n\n'),
    );
  },
});

/** A table of a study for the terminal, below its caption. */
export function formatStudyTable({ caption, columns, rows }: StudyTable): string {
  const shown = columns.map((column, i) => ({ ...column, cell: (row: string[]) => row[i]! }));
  return `${caption}\n\n${formatTable(shown, rows)}`;
}

/** What the table of lengths cannot have, and what to know of what it has. */
function limitsText(): string {
  const lines = lengthCandidates().flatMap(({ title, extension }) => {
    if (!extension.extends) return [`  ${title}: cannot be tested. ${extension.reason}`];
    return extension.note === undefined ? [] : [`  ${title}: ${extension.note}`];
  });
  return `Beyond the trained length:\n${lines.join('\n')}`;
}

function untrainedNote(labels: readonly string[], work: string): string {
  const models = [...new Set(labels)].join(', ');
  return `${labels.length === 1 ? '1 run has' : `${labels.length} runs have`} a record, but the parameters that were tested are not in ${work}/trained: ${models}. Train them again into other records, npm run evaluate -- run --manifest plans/length --out DIR, and test again.`;
}

/** @throws UsageError for a study that there is not */
function nameOf(given: string): StudyName {
  const name = studyNames.find((known) => known === given);
  if (name) return name;
  throw new UsageError(unknown('study name', given, studyNames));
}
