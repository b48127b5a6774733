/** `npm run evaluate -- claims` */
import { tierSchema } from '../../core/vocabulary.ts';
import { parseArgs } from 'node:util';
import { missingRuns, type Answer } from '../../leaderboards/board/claims/answer.ts';
import { buildBoard } from '../../leaderboards/board/build.ts';
import { claims as list } from '../../leaderboards/board/claims/list.ts';
import { assessClaims, type Assessed } from '../../leaderboards/board/claims/claims.ts';
import { readRecords } from '../../leaderboards/records/read.ts';
import { RunError } from '../../core/errors.ts';
import type { Command } from './command.ts';
import { parseList } from './flags.ts';
import { placeFlags } from './execution.ts';

export const claims: Command = {
  help: `Says of each claim of the papers that questioned the Long Range Arena whether the records support
it: on the standard tasks and, the same question, at the largest certified distances.

  npm run evaluate -- claims [--tier lite] [--json]

  --tier NAME           tier of the runs (default lite), at the newest version of the benchmark
  --json                everything as JSON, with the runs that each claim needs
  --out DIR             records (default leaderboards/runs)`,

  async run(args) {
    const { values } = parseArgs({
      args,
      options: {
        out: placeFlags.out,
        tier: { type: 'string', default: 'lite' },
        json: { type: 'boolean', default: false },
      },
    });
    const [tier] = parseList(values.tier, '--tier', tierSchema);
    const files = readRecords(values.out);
    const shown = buildBoard(files).tiers.find((board) => board.tier === tier);
    if (!shown) {
      throw new RunError(
        `No records of tier ${tier} in ${values.out}; make some with npm run evaluate -- run.`,
      );
    }
    const { benchmark } = shown;
    const assessed = assessClaims(
      files.filter(({ record: { spec } }) => spec.tier === tier && spec.benchmark === benchmark),
      list,
    );
    console.log(
      values.json
        ? JSON.stringify({ tier, benchmark, claims: assessed }, null, 1)
        : `Claims by the runs of tier ${tier}, benchmark ${benchmark}; what they say is of this scale.\nEffects are chance-corrected accuracies with 95 % intervals.\n\n${assessed.map(textOf).join('\n\n')}`,
    );
    return 0;
  },
};

function textOf({ claim, answers }: Assessed): string {
  return [
    claim.sentence,
    `  ${claim.source.title}`,
    `  Published: ${claim.published}`,
    ...answers.flatMap(linesOf),
  ].join('\n');
}

function linesOf(answer: Answer): string[] {
  const { verdict, reason, effect, threshold, tasks, needs } = answer;
  const ground = answer.ground === 'standard' ? 'standard tasks' : 'largest certified distances';
  const where = tasks.length > 0 ? `${ground}, ${tasks.join(', ')}` : ground;
  const share = (value: number) => value.toFixed(3);
  const lines = [`  ${where}: ${verdict.toUpperCase()} (${reason})`];
  if (effect) {
    const [low, high] = effect.interval;
    const seeds = effect.seeds === 1 ? '1 seed' : `${effect.seeds} seeds`;
    lines.push(
      `    effect ${share(effect.value)} [${share(low)}, ${share(high)}], threshold ${share(threshold)}, ${seeds}`,
    );
  }
  lines.push(...missingRuns(needs).map((runs) => `    missing: ${runs}`));
  return lines;
}
