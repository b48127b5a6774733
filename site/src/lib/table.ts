/**
 * The leaderboard as a table: columns from the tasks of the board, cells with their text, the value
 * they sort by, and why where there is none.
 */
import type { BoardTask, Cell, Row, TierBoard } from '../../../leaderboards/board.ts';
import { compact, counted, fixed, percent, plusMinus, reachText } from './format.ts';

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

type Describe = (row: Row) => TableCell;

export function buildTable(tier: TierBoard): Table {
  const parts = [...tier.tasks.map(taskColumns), ...meanColumns(tier), costColumns()];
  const groups = parts.map(({ group }) => group);
  const describe = parts.flatMap(({ cells }) => cells);
  const rows = tier.rows.map((row) => ({ row, cells: describe.map((cell) => cell(row)) }));
  markBest(
    groups.flatMap(({ columns }) => columns),
    rows,
  );
  return { groups, rows, notes: notesOf(tier) };
}

interface Part {
  group: ColumnGroup;
  cells: Describe[];
}

function taskColumns(task: BoardTask, index: number): Part {
  const at = (row: Row) => row.cells[index]!;
  const accuracy: Column = {
    id: `${task.name}-accuracy`,
    label: 'Accuracy',
    hint: 'test accuracy in percent, mean over seeds, with half of its 95 % interval',
    first: 'descending',
    ranked: true,
  };
  const detail = `${task.kind}, chance ${percent(task.chance)}`;
  const group = { label: task.title, detail, columns: [accuracy] };
  const cells: Describe[] = [(row) => accuracyCell(at(row))];
  if (task.kind === 'standard') return { group, cells };
  const [near, far] = [task.distances[0]!, task.distances.at(-1)!];
  group.columns.push(
    {
      id: `${task.name}-far`,
      label: `At ${far}`,
      hint: `test accuracy in percent at the farthest distance, ${far} tokens`,
      first: 'descending',
      ranked: true,
    },
    {
      id: `${task.name}-reach`,
      label: 'Reach',
      hint: 'tokens at which the chance-corrected accuracy has fallen to half of its value at the smallest distance',
      first: 'descending',
      ranked: true,
    },
    {
      id: `${task.name}-locality`,
      label: 'Locality',
      hint: 'locality sensitivity: how much of the near accuracy is lost with distance, 0 to 1',
      first: 'ascending',
      ranked: true,
    },
  );
  cells.push(
    (row) => farCell(at(row)),
    (row) => reachCell(at(row), near, far),
    (row) => localityCell(at(row)),
  );
  return { group, cells };
}

/** Means only where they say more than the one task that there is. */
function meanColumns(tier: TierBoard): Part[] {
  return (['controlled', 'standard'] as const).flatMap((kind) => {
    const tasks = tier.tasks.filter((task) => task.kind === kind);
    if (tasks.length < 2) return [];
    const column: Column = {
      id: `mean-${kind}`,
      label: 'Mean',
      hint: `mean accuracy in percent over the ${counted(tasks.length, `${kind} task`)}`,
      first: 'descending',
      ranked: true,
    };
    const cell: Describe = ({ [kind]: { accuracy, reason } }) =>
      accuracy
        ? number(accuracy.mean, percent(accuracy.mean), accuracy.interval)
        : nothing('missing', reason!);
    return [{ group: { label: `All ${kind}`, detail: 'mean', columns: [column] }, cells: [cell] }];
  });
}

function costColumns(): Part {
  const column = (id: string, label: string, hint: string, first: Column['first']): Column => ({
    id,
    label,
    hint,
    first,
    ranked: false,
  });
  const range = ([low, high]: [number, number]): TableCell => ({
    text: [...new Set([compact(low), compact(high)])].join('–'),
    sort: high,
    state: 'done',
  });
  return {
    group: {
      label: 'Model',
      detail: 'size',
      columns: [
        column('parameters', 'Parameters', 'trainable numbers', 'ascending'),
        column(
          'state',
          'State',
          'numbers a causal recurrence would carry per sequence',
          'ascending',
        ),
        column('seeds', 'Seeds', 'fewest and most runs behind a number of this row', 'descending'),
      ],
    },
    cells: [
      ({ parameters }) => range(parameters),
      ({ stateSize }) => range(stateSize),
      ({ cells }) => {
        const seeds = cells.map(({ seeds }) => seeds.length).filter((count) => count > 0);
        return range([Math.min(...seeds), Math.max(...seeds)]);
      },
    ],
  };
}

function accuracyCell(cell: Cell): TableCell {
  if (cell.state !== 'done') return nothing(cell.state, cell.reason!);
  const shown = number(cell.accuracy!, percent(cell.accuracy!), cell.interval);
  return cell.reason ? { ...shown, reason: cell.reason } : shown;
}

function farCell(cell: Cell): TableCell {
  if (cell.state !== 'done') return nothing(cell.state, cell.reason!);
  const { accuracy, interval } = cell.distances.at(-1)!;
  return number(accuracy, percent(accuracy), interval);
}

function reachCell(cell: Cell, near: number, far: number): TableCell {
  if (cell.state !== 'done') return nothing(cell.state, cell.reason!);
  if (cell.reach === null) return notLearned;
  const beyond = cell.reach === 'beyond';
  const tokens = cell.reach === 'beyond' ? far : cell.reach;
  return {
    text: reachText(cell.reach, far)!,
    sort: beyond ? far * 2 : tokens,
    state: 'done',
    bar: far > near ? Math.log(tokens / near) / Math.log(far / near) : 1,
  };
}

function localityCell(cell: Cell): TableCell {
  if (cell.state !== 'done') return nothing(cell.state, cell.reason!);
  const { localitySensitivity: value, localityInterval: interval } = cell;
  if (value === null) return notLearned;
  const half = interval ? `±${((interval[1] - interval[0]) / 2).toFixed(2)}` : undefined;
  return { text: fixed(value), sort: value, state: 'done', ...(half ? { spread: half } : {}) };
}

const notLearned: TableCell = {
  text: '–',
  sort: null,
  state: 'missing',
  reason: 'not defined: the smallest distance was not learned',
};

function number(value: number, text: string, interval: Cell['interval']): TableCell {
  const shown = { text, sort: value, state: 'done' } as const;
  return interval ? { ...shown, spread: plusMinus(interval) } : shown;
}

function nothing(state: Cell['state'], reason: string): TableCell {
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

function notesOf(tier: TierBoard): string[] {
  const cells = tier.rows.flatMap(({ label, regime, cells }) =>
    cells.map((cell, i) => ({ where: `${label}, ${regime}, ${tier.tasks[i]!.title}`, cell })),
  );
  const reasons = cells.flatMap(({ where, cell }) =>
    cell.reason ? [`${where}: ${cell.reason}.`] : [],
  );
  const leftOut = tier.leftOut.map(({ file, reason }) => `${file} is not compared: ${reason}.`);
  return [...reasons, ...leftOut];
}
