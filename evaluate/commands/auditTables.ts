/** An audit for the terminal, and as the text of its file. */
import type { Audit, AuditPredictor } from '../../leaderboards/records/audit.ts';
import { formatTable } from '../../core/terminal/table.ts';

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

/** Use at each distance, from near to far. */
const useByDistance = ({ distances }: AuditPredictor) =>
  distances.map(({ use }) => (use === undefined ? '' : use.toFixed(2))).join(' ');

/** One sign a distance, from near to far; `signs` says what they mean. */
function byDistance({ distances }: AuditPredictor, classes: number): string {
  return distances
    .map(({ correct, count, covered, passes }) => {
      if (covered) return correct * classes === count ? '=' : '!';
      return passes ? '+' : '·';
    })
    .join(' ');
}

const signs = (distances: readonly number[], classes: number) =>
  `By distance (${distances.join(', ')} tokens): = exactly 1/${classes}, as a certificate says; + better than 1/${classes}; · not better; ! a certificate is broken.`;

export function formatAudit(audit: Audit): string {
  const { predictors, chance, overlaps, certified, profile, floor, facts, data } = audit;
  const { shape } = data;
  const isControlled = shape.siblings > 1;
  const lines = [
    `${audit.title}, tier ${audit.tier}: ${shape.counts.train} train, ${shape.counts.val} val, ${shape.counts.test} test examples, ${shape.documents === 2 ? '2 x ' : ''}${shape.length} tokens, ${shape.classes} classes`,
    'What can be had without a model: each line is a cheap predictor, fitted on train, chosen on validation, and tested once.',
    'A score that a predictor of a part of the input reaches is no sign that a model uses the rest.',
    '',
    formatTable<AuditPredictor>(
      [
        { title: 'predictor', cell: ({ name }) => name },
        { title: 'test %', cell: ({ test }) => percent(test.accuracy), align: 'right' },
        {
          title: '95 %',
          cell: ({ test }) => `${percent(test.interval[0])} to ${percent(test.interval[1])}`,
        },
        {
          title: '0 to 100 (│ chance)',
          cell: ({ test }) => bar(test.accuracy, chance),
        },
        ...(isControlled
          ? [
              {
                title: 'by distance',
                cell: (entry: AuditPredictor) => byDistance(entry, shape.classes),
              },
              { title: 'use', cell: useByDistance },
            ]
          : []),
        { title: 'what it sees', cell: ({ title }) => title },
      ],
      predictors,
    ),
    '',
    ...(isControlled ? [signs(shape.distances, shape.classes)] : []),
    `Floor: ${floor ? `${percent(floor.accuracy)} % by ${floor.name}, the best that sees a part of the input; ` : ''}chance ${percent(chance)} %.`,
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
