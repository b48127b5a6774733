/**
 * The tables of the studies' figures, as text: `evaluate study` prints them and the site shows them. A
 * row is a model at a variant, or a model. No table has more than 8 columns.
 */
import type { Column } from '../../core/terminal/table.ts';
import type { Regime } from '../../core/vocabulary.ts';
import type { CostEstimate } from '../statistics/learningCost.ts';
import type { Reach } from '../statistics/metrics.ts';
import type { Cell, Difference } from './schema.ts';
import { breaksAt, useByVariant, type NamedOptions, type StudyEntry } from './studies.ts';

export interface StudyTable {
  /** What the numbers are. */
  caption: string;
  columns: { title: string; align: 'left' | 'right' }[];
  /** One text for each column. */
  rows: string[][];
}

/** What a table has to know of a study. */
export interface StudyAxis {
  axis: string;
  variants: readonly NamedOptions[];
}

export type StudyKind = 'signal' | 'labels' | 'capacity' | 'length';

/** The tables of a study's figure. @param entries at least one */
export function studyTables(
  name: StudyKind,
  study: StudyAxis,
  entries: readonly StudyEntry[],
): StudyTable[] {
  if (name === 'capacity') return [capacityTable(entries, study, 'scratch')];
  if (name === 'length') return lengthTables(entries);
  if (name === 'labels') return [tableOf(labelCaption, labelColumns, entries)];
  const { distances } = entries[0]!.task;
  return [
    tableOf(
      `Use at ${distances.join(' ')} tokens, means over seeds; before labels, at these distances from a hidden value to its first copy.`,
      curveColumns,
      entries,
    ),
    tableOf(
      'Reach in tokens, the gain of spt over scratch-matched with its 95 % interval at the smallest and the largest distance, and labelled examples until it has learned.',
      gainColumns,
      entries,
    ),
  ];
}

export function tableOf<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): StudyTable {
  return {
    caption,
    columns: columns.map(({ title, align = 'left' }) => ({ title, align })),
    rows: rows.map((row) => columns.map(({ cell }) => cell(row))),
  };
}

export const right = { align: 'right' } as const;
export const none = '–';
const number = (value: number | null | undefined) => value?.toFixed(2) ?? none;
export const curveText = (values: readonly number[] | undefined) =>
  values ? values.map((value) => value.toFixed(2)).join(' ') : none;

export function reachText(reach: Reach | null | undefined, farthest: number | string | undefined) {
  if (reach === null || reach === undefined) return none;
  return reach === 'beyond' ? `> ${farthest}` : reach.toFixed(0);
}

function differenceText(of: Difference | null | undefined): string {
  if (!of) return none;
  const { mean, interval } = of;
  return interval ? `${number(mean)} [${interval.map(number).join(', ')}]` : number(mean);
}

/** Use of a cell at each distance of its task. */
export const useOf = (cell: Cell | undefined) =>
  cell?.distances.map(({ use, accuracy }) => use?.value ?? accuracy);
const examples = (cost: CostEstimate | undefined) => cost?.cost.toFixed(0) ?? none;
const farthest = ({ task }: StudyEntry) => task.distances.at(-1);

/** What the cells that are compared lack, if anything: `ranked` where both count. */
const standings = ({ cells }: StudyEntry) =>
  [
    ...new Set([cells.spt, cells['scratch-matched']].map((cell) => cell?.standing ?? 'missing')),
  ].join(', ');

const curveColumns: Column<StudyEntry>[] = [
  { title: 'signal', cell: ({ variant }) => variant },
  { title: 'model', cell: ({ label }) => label },
  { title: 'before labels', cell: ({ before }) => curveText(before?.use) },
  { title: 'after, spt', cell: ({ cells }) => curveText(useOf(cells.spt)) },
  { title: 'scratch-matched', cell: ({ cells }) => curveText(useOf(cells['scratch-matched'])) },
  { title: 'scratch', cell: ({ cells }) => curveText(useOf(cells.scratch)) },
  { title: 'standing', cell: standings },
];

const gainColumns: Column<StudyEntry>[] = [
  { title: 'signal', cell: ({ variant }) => variant },
  { title: 'model', cell: ({ label }) => label },
  { title: 'reach before', cell: (of) => reachText(of.before?.reach, farthest(of)), ...right },
  { title: 'spt', cell: (of) => reachText(of.cells.spt?.reach, farthest(of)), ...right },
  {
    title: 'matched',
    cell: (of) => reachText(of.cells['scratch-matched']?.reach, farthest(of)),
    ...right,
  },
  { title: 'gain near', cell: ({ gain }) => differenceText(gain?.near) },
  { title: 'gain far', cell: ({ gain }) => differenceText(gain?.far) },
  {
    title: 'labels, spt / matched',
    cell: ({ labelled }) => `${examples(labelled.spt)} / ${examples(labelled['scratch-matched'])}`,
    ...right,
  },
];

const labelCaption =
  'Accuracy on the test split, means over seeds, and the gain of spt over scratch-matched with its 95 % interval.';
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
  { title: 'gain [95 %]', cell: ({ gain }) => differenceText(gain?.overall) },
  { title: 'seeds', cell: ({ gain }) => String(gain?.overall.seeds ?? 0), ...right },
  { title: 'standing', cell: standings },
];

function capacityTable(
  entries: readonly StudyEntry[],
  { axis, variants }: StudyAxis,
  regime: Regime,
): StudyTable {
  type Row = { own: StudyEntry[]; use: Map<string, number | null> };
  const rows = [...Map.groupBy(entries, ({ label }) => label).values()].map((own): Row => ({
    own,
    use: useByVariant(own, regime),
  }));
  const columns: Column<Row>[] = [
    { title: 'model', cell: ({ own }) => own[0]!.label },
    { title: 'state size', cell: ({ own }) => String(own[0]!.stateSize ?? none), ...right },
    ...variants.map(({ label }): Column<Row> => ({
      title: `${label} ${axis}`,
      cell: ({ use }) => number(use.get(label)),
      ...right,
    })),
    {
      title: 'breaks at',
      cell: ({ own }) => reachText(breaksAt(own, regime), own.at(-1)!.variant),
      ...right,
    },
  ];
  return tableOf(
    `Use over the whole test split by number of ${axis}, means over seeds; a model breaks where it falls to half.`,
    columns,
    rows,
  );
}

const interval = (use: { value: number; interval: readonly number[] | null } | null | undefined) =>
  use
    ? `${number(use.value)}${use.interval ? ` [${use.interval.map(number).join(', ')}]` : ''}`
    : none;

const lengthColumns: Column<StudyEntry>[] = [
  { title: 'model', cell: ({ label }) => label },
  { title: 'times', cell: ({ variant }) => variant, ...right },
  { title: 'tokens', cell: ({ task }) => String(task.length), ...right },
  { title: 'use by distance', cell: ({ cells }) => curveText(useOf(cells.scratch)) },
  {
    title: 'farthest [95 %]',
    cell: ({ cells }) => interval(cells.scratch?.distances.at(-1)?.use),
  },
  { title: 'reach', cell: (of) => reachText(of.cells.scratch?.reach, farthest(of)), ...right },
  { title: 'seeds', cell: ({ cells }) => String(cells.scratch?.seeds.length ?? 0), ...right },
  { title: 'standing', cell: ({ cells }) => cells.scratch?.standing ?? none },
];

/** Models that were tested beyond their length, each at all lengths. */
export function testedLonger(entries: readonly StudyEntry[]): StudyEntry[][] {
  const models = [...Map.groupBy(entries, ({ label }) => label).values()];
  return models.filter((own) => own.some(({ variant }) => variant !== '1'));
}

function lengthTables(entries: readonly StudyEntry[]): StudyTable[] {
  const tested = testedLonger(entries);
  if (tested.length === 0) return [];
  const longest = tested.flat().reduce((a, b) => (b.task.length > a.task.length ? b : a));
  const caption = `Use at ${longest.task.distances.join(' ')} tokens as far as the sequence allows, means over seeds; trained at 1 times the length, and tested without training at the others.`;
  return [tableOf(caption, lengthColumns, tested.flat())];
}
