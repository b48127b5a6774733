/** Corrections and the newest runs as an Atom feed (RFC 4287), without runs of the tier smoke, which only test. */
import { corrections } from './corrections.ts';
import type { RecordFile } from '../../../../leaderboards/records/read.ts';
import { displayName } from '../../../../leaderboards/records/names.ts';
import { escapeHtml } from './html.ts';
import { percent } from './format.ts';

const most = 50;

/**
 * @param address of a path of the site; absolute where the site's own address is known
 * @param updated when the last run ended; null without runs
 */
export function atomFeed(
  records: readonly RecordFile[],
  updated: string | null,
  address: (path: string) => string,
): string {
  const ended = ({ record }: RecordFile) => new Date(record.timing.ended).toISOString();
  const newest = records
    .filter(({ record }) => record.spec.tier !== 'smoke')
    .toSorted((a, b) => (ended(a) === ended(b) ? order(a.file, b.file) : order(ended(b), ended(a))))
    .slice(0, most);
  const entries = newest.map((entry) => {
    const { id, spec, task, model, status, reason, result, verification } = entry.record;
    const title = `${displayName(model.title)}, ${spec.regime}, on ${displayName(task.title, 60)}`;
    const outcome = result
      ? `${percent(result.test.accuracy)} % of ${result.test.count} test examples right.`
      : `The run ${status}: ${displayName(reason ?? '', 200)}.`;
    const summary = `${outcome} Tier ${spec.tier}, benchmark ${spec.benchmark}, seed ${spec.seed}, ${verification?.tier ?? 'trained-here'}.`;
    return `<entry>
<id>tag:reach-arena,2026:run/${id}</id>
<title>${escapeHtml(title)}</title>
<updated>${ended(entry)}</updated>
<link href="${escapeHtml(address(`/runs/${id}/`))}"/>
<summary>${escapeHtml(summary)}</summary>
</entry>
`;
  });
  const corrected = corrections.map(
    ({ id, date, title, summary }) => `<entry>
<id>tag:reach-arena,2026:correction/${id}</id>
<title>${escapeHtml(title)}</title>
<updated>${date}</updated>
<link href="${escapeHtml(address('/changelog/'))}"/>
<summary>${escapeHtml(summary)}</summary>
</entry>
`,
  );
  const latest = [updated ?? '', ...corrections.map(({ date }) => date)].sort().at(-1)!;
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>tag:reach-arena,2026:runs</id>
<title>Reach Arena: runs</title>
<subtitle>Corrections, and the ${most} runs that ended last</subtitle>
<author><name>Reach Arena</name></author>
<updated>${latest}</updated>
<link rel="self" type="application/atom+xml" href="${escapeHtml(address('/feed.xml'))}"/>
<link href="${escapeHtml(address('/'))}"/>
${corrected.join('')}${entries.join('')}</feed>
`;
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
