/** What became of a submission, as Markdown for the page of a pull request. */
import type { RunRecord } from '../../leaderboards/records/schema.ts';
import { runLocality } from '../../leaderboards/board/locality.ts';
import { displayName } from '../../leaderboards/records/names.ts';
import type { Submission } from '../../leaderboards/records/submission.ts';

/** Text of strangers between Markdown: nothing in it is a link, a mention, a tag or a table's edge. */
export function plain(text: string, limit = 80): string {
  return displayName(text, limit).replace(/[^\p{L}\p{N} ,.%]/gu, (mark) =>
    [...mark].map((character) => `&#${character.codePointAt(0)};`).join(''),
  );
}

const meaning = {
  'self-reported': 'predictions, scored here',
  'inference-verified': 'model, run here on data it had not seen',
  'trained-here': 'architecture, trained and tested here',
} as const;

export function markdownReport({ name, title }: Submission, records: readonly RunRecord[]): string {
  const lines = records.map((record) => {
    const { spec, result, verification } = record;
    const share = (value: number) => value.toFixed(3);
    const scored = (score: { accuracy: number; interval: [number, number] } | undefined) =>
      score
        ? `${share(score.accuracy)} [${share(score.interval[0])}, ${share(score.interval[1])}]`
        : '';
    const cells = [
      `${spec.task}, ${spec.tier}`,
      `${spec.regime}, seed ${spec.seed}`,
      result ? scored(result.test) : plain(`${record.status}: ${record.reason}`, 200),
      scored(verification?.fresh?.test),
      share(record.task.chance),
      reachOf(record),
      verification ? `${verification.tier} (${meaning[verification.tier]})` : '',
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    `**${plain(title)}** (${plain(name)}): accepted.`,
    '',
    '| Task | Run | Test accuracy [95 %] | On fresh data | Chance | Reach | Verification |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n');
}

function reachOf(record: RunRecord): string {
  const { distances } = record.task;
  if (!record.result || distances.length === 0) return '';
  const { reach } = runLocality(record) ?? { reach: null };
  if (reach === null) return 'not learned';
  return reach === 'beyond' ? `more than ${distances.at(-1)}` : reach.toFixed(0);
}

/** For a submission that is in order, but is not carried out where its check runs. */
export function markdownChecked({ name, title, kind }: Submission, next: string): string {
  return `**${plain(title)}** (${plain(name)}): the ${kind} submission is in order. ${next}\n`;
}

export function markdownRefusal(folder: string, message: string): string {
  return `**${plain(folder)}**: refused. ${plain(message, 600)}\n`;
}

export function markdownRemoved(folder: string): string {
  return `**${plain(folder)}**: removed. Its records, if it has any, have to be removed with it.\n`;
}
