/** An audit for the terminal: the ladder as bars, what certificates cover, overlaps between splits. */
import type { Audit, AuditPredictor } from '../../leaderboards/auditSchema.ts';
import { formatTable } from '../terminal/table.ts';

const columns = 30;

/** A bar from 0 to 1 with chance marked on it. */
function bar(accuracy: number, chance: number): string {
  const filled = Math.round(accuracy * columns);
  const mark = Math.min(columns - 1, Math.round(chance * columns));
  return Array.from({ length: columns }, (_, i) =>
    i < filled ? '█' : i === mark ? '│' : '·',
  ).join('');
}

const percent = (share: number) => (100 * share).toFixed(1);

/** At which distances it is exactly 1/k by certificate, and at which it is better than chance. */
function byDistance({ distances }: AuditPredictor): string {
  const name = (list: AuditPredictor['distances']) =>
    list.length === distances.length ? 'all' : list.map(({ distance }) => distance).join(' ');
  const covered = distances.filter(({ covered }) => covered);
  const passes = distances.filter(({ passes }) => passes);
  return [
    covered.length > 0 ? `certified at ${name(covered)}` : '',
    passes.length > 0 ? `above 1/k at ${name(passes)}` : '',
  ]
    .filter(Boolean)
    .join('; ');
}

export function formatAudit(audit: Audit): string {
  const { predictors, chance, overlaps, certified, profile, floor, facts, data } = audit;
  const { shape } = data;
  const [lower, upper] = ['│', '·'];
  const lines = [
    `${audit.title}, tier ${audit.tier}: ${shape.counts.train} train, ${shape.counts.val} val, ${shape.counts.test} test examples, ${shape.documents === 2 ? '2 x ' : ''}${shape.length} tokens, ${shape.classes} classes`,
    '',
    formatTable<AuditPredictor>(
      [
        { title: 'predictor', cell: ({ name }) => name },
        { title: '%', cell: ({ test }) => percent(test.accuracy), align: 'right' },
        {
          title: '95 %',
          cell: ({ test }) => `${percent(test.interval[0])} to ${percent(test.interval[1])}`,
        },
        {
          title: `0 ${upper} 100 (${lower} chance)`,
          cell: ({ test }) => bar(test.accuracy, chance),
        },
        shape.siblings > 1
          ? { title: 'by distance', cell: byDistance }
          : { title: 'what it sees', cell: ({ title }) => title },
      ],
      predictors,
    ),
    '',
    `Floor: ${floor ? `${percent(floor.accuracy)} % by ${floor.name}; ` : ''}chance ${percent(chance)} %.`,
  ];
  if (profile.length > 0) {
    const kept = profile.map((point) =>
      point.kept === undefined ? `${point.reach}: -` : `${point.reach}: ${percent(point.kept)}`,
    );
    lines.push(`Kept of the full reach's accuracy above chance, %, by reach: ${kept.join('  ')}`);
  }
  if (certified.covered > 0)
    lines.push(
      `Certificates cover ${certified.covered} (predictor, distance); exactly 1/${shape.classes} in ${certified.exact} of them.`,
    );
  for (const { of, in: inside, unit, count, exact, near, sameLabel } of overlaps)
    lines.push(
      `Of ${count} ${of} ${unit}s, ${exact} are in ${inside} and ${near} are there or nearly${sameLabel === undefined ? '' : `, ${percent(sameLabel)} % of these with the same label`}.`,
    );
  for (const [name, value] of Object.entries(facts)) lines.push(`${name}: ${value}`);
  return lines.join('\n');
}

/** The file's text: one line a predictor, overlap and point, so that changes can be read. */
export function serialise(audit: Audit): string {
  const lists = ['predictors', 'profile', 'overlaps'];
  const fields = Object.entries(audit).map(([name, value]) => {
    const items = value as unknown[];
    if (!lists.includes(name) || items.length === 0)
      return `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`;
    const rows = items.map((item) => `    ${JSON.stringify(item)}`);
    return `  ${JSON.stringify(name)}: [\n${rows.join(',\n')}\n  ]`;
  });
  return `{\n${fields.join(',\n')}\n}\n`;
}
