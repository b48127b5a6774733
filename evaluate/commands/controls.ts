/** `npm run evaluate -- controls` */
import { join } from 'node:path';
import { command } from '../../core/cli/command.ts';
import { flag, folder, toggle } from '../../core/cli/flags.ts';
import { formatTable, type Column } from '../../core/terminal/table.ts';
import { judgeControls } from '../../leaderboards/board/controls/controls.ts';
import { controls as list } from '../../leaderboards/board/controls/list.ts';
import type { Figure, Outcome } from '../../leaderboards/board/controls/outcome.ts';
import { readAudits } from '../../leaderboards/records/audit.ts';
import { readRecords } from '../../leaderboards/records/read.ts';
import { recordsFlag, root } from './execution.ts';
import { boardFlags, boardRecords } from './oneBoard.ts';

export const controls = command({
  name: 'npm run evaluate -- controls',
  about:
    'Tests the known answers by which the benchmark is calibrated, on records and audits: what is proved, and what the literature is sure of. The exit code is 1 if a control fails, not if it could not be tested.',
  flags: {
    ...boardFlags,
    audits: flag(folder, {
      help: 'folder of the audits',
      default: join(root, 'leaderboards', 'audits'),
      shown: 'leaderboards/audits',
    }),
    json: toggle('everything as JSON, with every figure'),
    records: recordsFlag,
  },
  examples: ['', '--tier lite --json'],
  async run({ json, records, audits, ...board }) {
    const files = boardRecords(readRecords(records), board, records);
    const outcomes = judgeControls(files, readAudits(audits), list);
    const { tier, benchmark } = files[0]!.record.spec;
    console.log(
      json
        ? JSON.stringify({ tier, benchmark, controls: outcomes }, null, 1)
        : `Known answers, tier ${tier}, benchmark ${benchmark}\n\n${formatControls(outcomes)}`,
    );
    return outcomes.some(({ verdict }) => verdict === 'failed') ? 1 : 0;
  },
});

const columns: Column<Outcome>[] = [
  { title: 'control', cell: ({ control }) => control.id },
  { title: 'known from', cell: ({ control }) => control.known.from },
  { title: 'verdict', cell: ({ verdict }) => verdict },
  {
    title: 'figures that hold',
    cell: ({ figures }) =>
      figures.length === 0
        ? '–'
        : `${figures.filter(({ holds }) => holds).length} of ${figures.length}`,
    align: 'right',
  },
];

/** Figures and missing runs that are named of one control; JSON has all. */
const mostNamed = 6;

export function formatControls(outcomes: readonly Outcome[]): string {
  return [formatTable(columns, [...outcomes]), ...outcomes.map(details)].join('\n\n');
}

function details({ control, verdict, figures, missing }: Outcome): string {
  // Those that do not hold come first.
  const ordered = figures.toSorted((a, b) => Number(a.holds) - Number(b.holds));
  return [
    `${control.id}: ${verdict.toUpperCase()}`,
    `  ${control.title}`,
    `  Passes when: ${control.passes}`,
    ...some(ordered.map(figureText)),
    ...some(missing.map((what) => `missing: ${what}`)),
  ].join('\n');
}

function some(lines: readonly string[]): string[] {
  const shown = lines.slice(0, mostNamed).map((line) => `    ${line}`);
  const more = lines.length - shown.length;
  return more > 0 ? [...shown, `    and ${more} more`] : shown;
}

function figureText({ about, value, interval, wanted, holds }: Figure): string {
  const number = (share: number) => share.toFixed(3);
  const spread = interval ? ` [${interval.map(number).join(', ')}]` : '';
  return `${holds ? 'holds' : 'FAILS'}: ${about}: ${number(value)}${spread}, wanted ${wanted}`;
}
