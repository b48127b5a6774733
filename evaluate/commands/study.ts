/** `npm run evaluate -- study` */
import { command, operand } from '../../core/cli/command.ts';
import { flag, folder, listOf, toggle } from '../../core/cli/flags.ts';
import { UsageError, unknown } from '../../core/errors.ts';
import { readRecords } from '../../leaderboards/records/read.ts';
import { studyEntries } from '../../leaderboards/board/studies.ts';
import { describe } from '../launch/words.ts';
import { linesOf, writeManifest } from '../plan/manifest.ts';
import { benchmarkVersion, idOf } from '../plan/spec.ts';
import { studies, studyNames, studySpecs, type StudyName } from '../plan/studies.ts';
import { recordsFlag } from './execution.ts';
import { seedKind, tierKind } from './flags.ts';
import { formatStudy } from './studyTables.ts';

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
    const all = readRecords(records);
    const files = all.filter(
      ({ record: { spec } }) => spec.tier === tier && spec.benchmark === benchmarkVersion,
    );
    const there = new Set(files.map(({ record }) => record.id));
    const done = specs.filter((spec) => there.has(idOf(spec))).length;
    const entries = studyEntries(files, chosen.tasks, chosen.variants);
    if (json) {
      const { question } = chosen;
      console.log(JSON.stringify({ study: name, question, tier, done, of: specs.length, entries }));
      return;
    }
    const state = `${chosen.question} ${done} of ${specs.length} runs are done, tier ${tier}, benchmark ${benchmarkVersion}.`;
    const missing = `What is missing: npm run evaluate -- study ${name} --plan plans/${name}, then npm run evaluate -- resume --manifest plans/${name}.`;
    console.log(
      [
        done < specs.length ? `${state}\n${missing}` : state,
        ...(entries.length > 0 ? [formatStudy(name, chosen, entries)] : []),
      ].join('\n\n'),
    );
  },
});

/** @throws UsageError for a study that there is not */
function nameOf(given: string): StudyName {
  const name = studyNames.find((known) => known === given);
  if (name) return name;
  throw new UsageError(unknown('study name', given, studyNames));
}
