/** `npm run evaluate -- reliability` */
import { command } from '../../core/cli/command.ts';
import { toggle } from '../../core/cli/flags.ts';
import { formatTable, type Column } from '../../core/terminal/table.ts';
import {
  farApart,
  reliabilityOf,
  type Goal,
  type Part,
  type Reliability,
  type TaskReliability,
} from '../../leaderboards/board/reliability.ts';
import { readRecords } from '../../leaderboards/records/read.ts';
import { recordsFlag } from './execution.ts';
import { boardFlags, boardRecords } from './oneBoard.ts';

export const reliability = command({
  name: 'npm run evaluate -- reliability',
  about:
    'Says how much of what the records say is the model and how much the seed: intraclass correlation, rank correlation between seeds, seeds far apart, runs that were not finished or did not train; beside the goals of benchmark 2.0.',
  flags: {
    ...boardFlags,
    json: toggle('everything as JSON'),
    records: recordsFlag,
  },
  examples: ['', '--benchmark 1.0', '--json'],
  async run({ json, records, ...board }) {
    const found = reliabilityOf(boardRecords(readRecords(records), board, records));
    console.log(json ? JSON.stringify(found, null, 1) : formatReliability(found));
  },
});

const right = { align: 'right' } as const;
const number = (value: number | null | undefined) => value?.toFixed(2) ?? '–';
const part = ({ count, of }: Part) => `${count} of ${of}`;

const columns: Column<TaskReliability>[] = [
  { title: 'task', cell: ({ task }) => task },
  { title: 'regime', cell: ({ regime }) => regime },
  { title: 'models', cell: ({ models }) => String(models), ...right },
  {
    title: 'intraclass [95 %]',
    cell({ intraclass }) {
      const interval = intraclass?.interval?.map(number).join(', ');
      return interval ? `${number(intraclass!.value)} [${interval}]` : number(intraclass?.value);
    },
  },
  { title: 'rank corr.', cell: (of) => number(of.seedCorrelation), ...right },
  { title: 'far apart', cell: ({ apart }) => part(apart), ...right },
  { title: 'unfinished', cell: ({ unfinished }) => part(unfinished), ...right },
  { title: 'did not train', cell: ({ untrained }) => part(untrained), ...right },
  { title: 'failed', cell: ({ failed }) => part(failed), ...right },
];

const goalColumns: Column<Goal>[] = [
  { title: 'goal', cell: ({ about }) => about },
  { title: 'wanted', cell: ({ wanted }) => wanted },
  {
    title: 'measured',
    cell: ({ measured }) => (Number.isInteger(measured) ? String(measured) : number(measured)),
    ...right,
  },
  { title: '', cell: ({ verdict }) => verdict },
];

export function formatReliability(found: Reliability): string {
  const { tier, benchmark, tasks, goals } = found;
  const total = (of: (task: TaskReliability) => Part): Part => ({
    count: tasks.reduce((sum, task) => sum + of(task).count, 0),
    of: tasks.reduce((sum, task) => sum + of(task).of, 0),
  });
  const words = (name: string, { count, of }: Part) =>
    `${name} ${count} of ${of}${of > 0 ? ` (${((100 * count) / of).toFixed(0)} %)` : ''}`;
  return [
    `Reliability of tier ${tier}, benchmark ${benchmark}; models are those with at least three seeds`,
    formatTable(columns, tasks),
    `Mean intraclass correlation ${number(found.intraclass)}, mean rank correlation between seeds ${number(found.seedCorrelation)}.\n` +
      [
        words(
          `Cells whose seeds are more than ${farApart} apart:`,
          total(({ apart }) => apart),
        ),
        words(
          'unfinished runs:',
          total(({ unfinished }) => unfinished),
        ),
        words(
          'runs that did not train:',
          total(({ untrained }) => untrained),
        ),
      ].join('; ') +
      '.',
    formatTable(goalColumns, goals),
  ].join('\n\n');
}
