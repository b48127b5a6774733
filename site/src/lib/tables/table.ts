/**
 * Results as a table: columns, cells with their text, the value they sort by, and why where there is
 * none. Here the ranking on one task; `summary.ts` has the leaderboard over all.
 */
import { hasQuestions } from '../../../../leaderboards/board/cell.ts';
import { isRanked, type Standing } from '../../../../leaderboards/board/standing.ts';
import type {
  BoardTask,
  BoardUse,
  Cell,
  Row,
  TierBoard,
} from '../../../../leaderboards/board/schema.ts';
import {
  compact,
  counted,
  fixed,
  percent,
  plusMinus,
  points,
  rankText,
  reachText,
} from '../words/format.ts';

export interface Column {
  id: string;
  label: string;
  /** What the number means; shown with the label. */
  hint: string;
  /** Direction that puts the best first. */
  first: 'ascending' | 'descending';
  /** Whether the best cell stands out. */
  ranked: boolean;
}

/** Columns under one heading: those of a task, or of the model. */
export interface ColumnGroup {
  label: string;
  detail: string;
  columns: Column[];
  /** Whether the reader may hide it. */
  optional?: true;
}

export interface TableCell {
  text: string;
  /** Half the interval, beside the number. */
  spread?: string;
  /** What to sort by; null puts the row last. */
  sort: number | null;
  state: Cell['state'];
  /** Why there is no number, or what else is to be known of it. */
  reason?: string;
  best?: boolean;
  /** Filled share of a bar behind the number, on a log scale. */
  bar?: number;
}

export interface TableRow {
  row: Row;
  /** In the order of all columns. */
  cells: TableCell[];
}

export interface Table {
  groups: ColumnGroup[];
  rows: TableRow[];
  /** Why results are missing or failed: one sentence each. */
  notes: string[];
}

export type Describe = (row: Row) => TableCell;

/** Columns under one heading, and how to fill them. */
export interface Part {
  group: ColumnGroup;
  cells: Describe[];
}

/** @param rows in the order in which they are shown */
export function makeTable(parts: readonly Part[], rows: readonly Row[], notes: string[]): Table {
  const groups = parts.map(({ group }) => group);
  const describe = parts.flatMap(({ cells }) => cells);
  const filled = rows.map((row) => ({ row, cells: describe.map((cell) => rounded(cell(row))) }));
  markBest(
    groups.flatMap(({ columns }) => columns),
    filled,
  );
  return { groups, rows: filled, notes };
}

/** What is sorted by needs no more digits than can be told apart. */
function rounded(cell: TableCell): TableCell {
  return cell.sort === null ? cell : { ...cell, sort: Number(cell.sort.toPrecision(8)) };
}

/**
 * The ranking on a task, best first, then what is not ranked; rows without a run on it are left out.
 *
 * @param floor accuracy of the best shortcut on its data, where that was audited
 */
export function taskTable(tier: TierBoard, task: BoardTask, floor: number | null = null): Table {
  const index = tier.tasks.indexOf(task);
  const rows = tier.rows
    .filter(({ cells }) => cells[index]!.state !== 'missing')
    .toSorted(
      ({ cells: { [index]: a } }, { cells: { [index]: b } }) =>
        Number(isRanked(b!)) - Number(isRanked(a!)) || order(b!) - order(a!),
    );
  const notes = rows.flatMap(({ label, regime, cells }) => {
    const { reason, standing } = cells[index]!;
    const lacks = isRanked(cells[index]!) ? [] : [`not ranked, ${standing}`];
    const said = [...lacks, ...(reason ? [reason] : [])];
    return said.length > 0 ? [`${label}, ${regime}: ${said.join('; ')}.`] : [];
  });
  return makeTable([taskColumns(task, index, rows, floor), sizeColumns(index)], rows, notes);
}

const order = ({ state, corrected }: Cell) => (state === 'done' ? corrected! : -Infinity);

function taskColumns(
  task: BoardTask,
  index: number,
  rows: readonly Row[],
  floor: number | null,
): Part {
  const at = (row: Row) => row.cells[index]!;
  const column = (
    id: string,
    label: string,
    hint: string,
    first: Column['first'] = 'descending',
  ): Column => ({ id, label, hint, first, ranked: true });
  const columns: Column[] = [
    column(
      'accuracy',
      'Accuracy',
      'test accuracy in percent, mean over seeds, with half of its 95 % interval',
    ),
  ];
  const cells: Describe[] = [(row) => accuracyCell(at(row))];
  const byUse = hasQuestions(task);
  if (byUse) {
    columns.unshift(column('use', 'Use', `${useHint}, with half of its 95 % interval`));
    cells.unshift((row) => useCell(at(row), at(row).use));
  }
  if (floor !== null) {
    const hint = `points of accuracy above the best shortcut of the audit, which has ${percent(floor)} %`;
    columns.push(column('over', 'Over floor', hint));
    cells.push((row) => {
      const { state, reason, accuracy } = at(row);
      if (state !== 'done') return nothing(state, reason!);
      return number(accuracy! - floor, points(accuracy! - floor), null);
    });
  }
  if (rows.some((row) => at(row).rank)) {
    const hint =
      'place among the models of the same regime; a range where the places cannot be told apart';
    columns.unshift({ ...column('rank', 'Rank', hint, 'ascending'), ranked: false });
    cells.unshift((row) => rankCell(at(row).rank, at(row).standing ?? undefined));
  }
  if (task.kind === 'controlled') {
    const [near, far] = [task.distances[0]!, task.distances.at(-1)!];
    const what = byUse ? 'use' : 'test accuracy';
    columns.push(
      column('near', `At ${near}`, `${what} at the smallest distance, ${near} tokens`),
      column('far', `At ${far}`, `${what} at the farthest distance, ${far} tokens`),
      column('reach', 'Reach', reachHint),
      column('locality', 'Locality', localityHint, 'ascending'),
    );
    cells.push(
      (row) => distanceCell(at(row), 0),
      (row) => distanceCell(at(row), -1),
      (row) => reachCell(at(row), near, far),
      (row) => localityCell(at(row)),
    );
  }
  if (rows.some((row) => at(row).learningCost)) {
    const hint =
      'token-steps until validation first had 90 % of its best accuracy above chance, geometric mean over the seeds that learned it';
    columns.push(column('cost', 'Learning cost', hint, 'ascending'));
    cells.push((row) => costCell(at(row)));
  }
  columns.push(
    column('gain', 'SPT gain', 'points of accuracy that SPT adds at equal total budget, by seed'),
  );
  cells.push((row) => gainCell(row, at(row)));
  const detail = `${task.kind}, chance ${percent(task.chance)}`;
  return { group: { label: task.title, detail, columns }, cells };
}

export const useHint =
  'hits less false alarms in percent: 0 without the question or the evidence, 100 for perfect answers';
export const reachHint =
  'tokens at which the chance-corrected accuracy has fallen to half of its value at the smallest distance, of the seeds that solved that';
export const localityHint =
  'locality sensitivity: how much of the near accuracy is lost with distance, 0 to 1';

function sizeColumns(index: number): Part {
  const column = (id: string, label: string, hint: string, first: Column['first']): Column => ({
    id,
    label,
    hint,
    first,
    ranked: false,
  });
  const number = (value: number | null): TableCell => ({
    text: value === null ? '–' : compact(value),
    sort: value,
    state: value === null ? 'missing' : 'done',
  });
  return {
    group: {
      label: 'Model',
      detail: 'size',
      columns: [
        column('parameters', 'Parameters', 'trainable numbers', 'ascending'),
        column('state', 'State', stateHint, 'ascending'),
        column('seeds', 'Seeds', 'runs behind the numbers of this row', 'descending'),
      ],
    },
    cells: [
      ({ cells }) => number(cells[index]!.parameters),
      ({ cells }) => number(cells[index]!.stateSize),
      ({ cells }) => number(cells[index]!.seeds.length),
    ],
  };
}

export const stateHint = 'numbers a causal recurrence would carry per sequence';

/** @param standing what a cell lacks that is not ranked */
export function rankCell(rank: [number, number] | null, standing?: Standing): TableCell {
  if (!rank) return nothing('missing', standing ? `not ranked: ${standing}` : 'not ranked');
  return { text: rankText(rank), sort: rank[0] + rank[1] / 1000, state: 'done' };
}

function gainCell({ regime }: Row, { gain }: Cell): TableCell {
  if (gain) return number(gain.overall.mean, points(gain.overall.mean), gain.overall.interval);
  const why = regime === 'spt' ? 'no scratch-matched run to compare with' : 'only for SPT';
  return nothing('missing', why);
}

function accuracyCell(cell: Cell): TableCell {
  if (cell.state !== 'done') return nothing(cell.state, cell.reason!);
  const shown = number(cell.accuracy!, percent(cell.accuracy!), cell.interval);
  return cell.reason ? { ...shown, reason: cell.reason } : shown;
}

function useCell(cell: Cell, use: BoardUse | null): TableCell {
  if (cell.state !== 'done') return nothing(cell.state, cell.reason!);
  return number(use!.value, percent(use!.value), use!.interval);
}

function distanceCell(cell: Cell, place: number): TableCell {
  if (cell.state !== 'done') return nothing(cell.state, cell.reason!);
  const { accuracy, interval, use } = cell.distances.at(place)!;
  return use ? useCell(cell, use) : number(accuracy, percent(accuracy), interval);
}

function reachCell(cell: Cell, near: number, far: number): TableCell {
  if (cell.state !== 'done') return nothing(cell.state, cell.reason!);
  if (cell.reach === null) return notLearned(cell);
  const tokens = cell.reach === 'beyond' ? far : cell.reach;
  return {
    text: reachText(cell.reach, far)!,
    ...ofSolved(cell),
    sort: cell.reach === 'beyond' ? far * 2 : tokens,
    state: 'done',
    bar: barOf(tokens, near, far),
  };
}

/** `2 of 3 seeds`, where not all of them solved the smallest distance. */
function ofSolved({ solved }: Cell): Pick<TableCell, 'spread'> {
  if (!solved || solved.seeds === solved.of) return {};
  return { spread: `${solved.seeds} of ${solved.of} seeds` };
}

/** Share of a bar from the smallest to the largest distance, by logarithms. */
export function barOf(tokens: number, near: number, far: number): number {
  return far > near ? Math.log(tokens / near) / Math.log(far / near) : 1;
}

function costCell({ learningCost }: Cell): TableCell {
  if (!learningCost) return nothing('missing', 'not recorded of seeds that learned it');
  const { tokenSteps, interval } = learningCost;
  const rounded = (tokens: number) => compact(Math.round(tokens));
  const spread = interval && interval.map(rounded).join('–');
  return {
    text: rounded(tokenSteps),
    ...(spread && { spread }),
    ...{ sort: tokenSteps, state: 'done' },
  };
}

function localityCell(cell: Cell): TableCell {
  if (cell.state !== 'done') return nothing(cell.state, cell.reason!);
  const { localitySensitivity: value, localityInterval: interval } = cell;
  if (value === null) return notLearned(cell);
  const half = interval ? `±${((interval[1] - interval[0]) / 2).toFixed(2)}` : undefined;
  return { text: fixed(value), sort: value, state: 'done', ...(half ? { spread: half } : {}) };
}

function notLearned({ solved }: Cell): TableCell {
  const seeds = solved ? `${solved.seeds} of ${counted(solved.of, 'seed')}` : 'no seed';
  return nothing('missing', `not defined: ${seeds} solved the smallest distance`);
}

export function number(value: number, text: string, interval: Cell['interval']): TableCell {
  const shown = { text, sort: value, state: 'done' } as const;
  return interval ? { ...shown, spread: plusMinus(interval) } : shown;
}

export function nothing(state: Cell['state'], reason: string): TableCell {
  return { text: state === 'failed' ? 'FAIL' : '–', sort: null, state, reason };
}

function markBest(columns: readonly Column[], rows: readonly TableRow[]): void {
  columns.forEach(({ ranked, first }, i) => {
    const column = rows.map(({ cells }) => cells[i]!).filter(({ sort }) => sort !== null);
    if (!ranked || column.length < 2) return;
    const sign = first === 'descending' ? -1 : 1;
    const [best] = column.toSorted((a, b) => sign * (a.sort! - b.sort!));
    // What reads the same is the same to the reader.
    for (const cell of column) if (cell.text === best!.text) cell.best = true;
  });
}
