/** The tables of the studies' figures, for a terminal: one row for each model and variant, or model. */
import type { Regime } from '../../core/vocabulary.ts';
import { type Column, formatTable } from '../../core/terminal/table.ts';
import type { Cell, Difference } from '../../leaderboards/board/schema.ts';
import { breaksAt, useByVariant, type StudyEntry } from '../../leaderboards/board/studies.ts';
import type { CostEstimate } from '../../leaderboards/statistics/learningCost.ts';
import type { Reach } from '../../leaderboards/statistics/metrics.ts';
import type { Study, StudyName } from '../plan/studies.ts';

const right = { align: 'right' } as const;
const none = '–';
const number = (value: number | null | undefined) => value?.toFixed(2) ?? none;
const curveOf = (values: readonly number[] | undefined) =>
  values ? values.map((value) => value.toFixed(2)).join(' ') : none;

function difference(of: Difference | null | undefined): string {
  if (!of) return none;
  const { mean, interval } = of;
  return interval ? `${number(mean)} [${interval.map(number).join(', ')}]` : number(mean);
}

const reachOf = (reach: Reach | null | undefined, farthest: number | string | undefined) =>
  reach === null || reach === undefined
    ? none
    : reach === 'beyond'
      ? `> ${farthest}`
      : reach.toFixed(0);

const useOf = (cell: Cell | undefined) =>
  curveOf(cell?.distances.map(({ use, accuracy }) => use?.value ?? accuracy));
/** What the cells that are compared lack, if anything: `ranked` where both count. */
const standings = ({ cells }: StudyEntry) =>
  [
    ...new Set([cells.spt, cells['scratch-matched']].map((cell) => cell?.standing ?? 'missing')),
  ].join(', ');
const examples = (cost: CostEstimate | undefined) => cost?.cost.toFixed(0) ?? none;
const farthest = ({ task }: StudyEntry) => task.distances.at(-1);

/** The curve before labels, the curve after, and the labels needed. */
const signalColumns: Column<StudyEntry>[] = [
  { title: 'signal', cell: ({ variant }) => variant },
  { title: 'model', cell: ({ label }) => label },
  { title: 'before labels', cell: ({ before }) => curveOf(before?.use) },
  { title: 'reach', cell: (of) => reachOf(of.before?.reach, farthest(of)), ...right },
  { title: 'after, spt', cell: ({ cells }) => useOf(cells.spt) },
  { title: 'reach', cell: (of) => reachOf(of.cells.spt?.reach, farthest(of)), ...right },
  { title: 'scratch-matched', cell: ({ cells }) => useOf(cells['scratch-matched']) },
  {
    title: 'reach',
    cell: (of) => reachOf(of.cells['scratch-matched']?.reach, farthest(of)),
    ...right,
  },
  { title: 'gain near [95 %]', cell: ({ gain }) => difference(gain?.near) },
  { title: 'gain far [95 %]', cell: ({ gain }) => difference(gain?.far) },
  { title: 'labels, spt', cell: ({ labelled }) => examples(labelled.spt), ...right },
  { title: 'matched', cell: ({ labelled }) => examples(labelled['scratch-matched']), ...right },
  { title: 'standing', cell: standings },
];

const labelColumns: Column<StudyEntry>[] = [
  { title: 'task', cell: ({ task }) => task.name },
  { title: 'labels', cell: ({ variant }) => variant, ...right },
  { title: 'model', cell: ({ label }) => label },
  { title: 'spt', cell: ({ cells }) => number(cells.spt?.accuracy), ...right },
  {
    title: 'scratch-matched',
    cell: ({ cells }) => number(cells['scratch-matched']?.accuracy),
    ...right,
  },
  { title: 'gain [95 %]', cell: ({ gain }) => difference(gain?.overall) },
  { title: 'seeds', cell: ({ gain }) => String(gain?.overall.seeds ?? 0), ...right },
  { title: 'standing', cell: standings },
];

function capacityTable(entries: readonly StudyEntry[], study: Study, regime: Regime): string {
  type Row = { own: StudyEntry[]; use: Map<string, number | null> };
  const rows = [...Map.groupBy(entries, ({ label }) => label).values()].map((own): Row => ({
    own,
    use: useByVariant(own, regime),
  }));
  const columns: Column<Row>[] = [
    { title: 'model', cell: ({ own }) => own[0]!.label },
    { title: 'state size', cell: ({ own }) => String(own[0]!.stateSize ?? none), ...right },
    ...study.variants.map(({ label }): Column<Row> => ({
      title: `${label} ${study.axis}`,
      cell: ({ use }) => number(use.get(label)),
      ...right,
    })),
    {
      title: 'breaks at',
      cell: ({ own }) => reachOf(breaksAt(own, regime), own.at(-1)!.variant),
      ...right,
    },
  ];
  return formatTable(columns, rows);
}

/** The table of a study's figure. @param entries at least one */
export function formatStudy(name: StudyName, study: Study, entries: readonly StudyEntry[]): string {
  if (name === 'capacity') return capacityTable(entries, study, 'scratch');
  if (name === 'labels') return formatTable(labelColumns, [...entries]);
  const { distances } = entries[0]!.task;
  const head = `Use at ${distances.join(' ')} tokens; of the reach of pretraining, at these distances from a hidden value to its first copy`;
  return `${head}\n\n${formatTable(signalColumns, [...entries])}`;
}
