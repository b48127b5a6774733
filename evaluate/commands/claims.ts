/** `npm run evaluate -- claims` */
import { command } from '../../core/cli/command.ts';
import { toggle } from '../../core/cli/flags.ts';
import { missingRuns, type Answer } from '../../leaderboards/board/claims/answer.ts';
import { claims as list } from '../../leaderboards/board/claims/list.ts';
import { assessClaims, type Assessed } from '../../leaderboards/board/claims/claims.ts';
import { readRecords } from '../../leaderboards/records/read.ts';
import { recordsFlag } from './execution.ts';
import { boardFlags, boardRecords } from './oneBoard.ts';

export const claims = command({
  name: 'npm run evaluate -- claims',
  about:
    'Says for each claim of the papers that questioned the Long Range Arena whether the records support it: on the standard tasks and, as the same question, at the largest certified distances.',
  flags: {
    ...boardFlags,
    json: toggle('everything as JSON, with the runs that each claim needs'),
    records: recordsFlag,
  },
  examples: ['', '--tier smoke --json'],
  async run({ json, records, ...board }) {
    const files = boardRecords(readRecords(records), board, records);
    const { tier, benchmark } = files[0]!.record.spec;
    const assessed = assessClaims(files, list);
    console.log(
      json
        ? JSON.stringify({ tier, benchmark, claims: assessed }, null, 1)
        : `Claims by the ranked cells of tier ${tier}, benchmark ${benchmark}; the answers hold at this scale.\nEffects are chance-corrected accuracies with 95 % intervals.\n\n${assessed.map(textOf).join('\n\n')}`,
    );
  },
});

function textOf({ claim, answers }: Assessed): string {
  return [
    claim.sentence,
    `  ${claim.source.title}`,
    `  Published: ${claim.published}`,
    `  Judged under: ${claim.regime}`,
    ...answers.flatMap(linesOf),
  ].join('\n');
}

function linesOf(answer: Answer): string[] {
  const { verdict, reason, effect, threshold, tasks, needs } = answer;
  const ground =
    answer.ground === 'standard'
      ? 'standard tasks'
      : 'the same at the largest certified distances, which the paper is not about';
  const where = tasks.length > 0 ? `${ground}, ${tasks.join(', ')}` : ground;
  const share = (value: number) => value.toFixed(3);
  const lines = [`  ${where}: ${verdict.toUpperCase()} (${reason})`];
  if (effect) {
    const [low, high] = effect.interval;
    const seeds = effect.seeds === 1 ? '1 seed' : `${effect.seeds} seeds`;
    lines.push(
      `    effect ${share(effect.value)} [${share(low)}, ${share(high)}], threshold ${share(threshold)}, ${seeds}; could have seen ${share(effect.couldSee)}`,
    );
  }
  lines.push(...missingRuns(needs).map((runs) => `    missing: ${runs}`));
  return lines;
}
