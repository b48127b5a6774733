/**
 * The board as CSV, in long form: one line for each row, task and distance, and one with an empty
 * distance for the whole test split. Spreadsheets run no formula from it.
 */
import { stringify } from 'csv-stringify/sync';
import type { Board, BoardTask, Cell, Row, TierBoard } from './board.ts';

type Value = string | number | null;

export function boardCsv(board: Board): string {
  const lines = board.tiers.flatMap((tier) =>
    tier.rows.flatMap((row) =>
      tier.tasks.flatMap((task, i) => cellLines(tier, row, task, row.cells[i]!)),
    ),
  );
  const columns = Object.keys(emptyLine);
  return stringify(lines, { header: true, columns, escape_formulas: true });
}

/** The columns, in order; what a line does not say stays empty. */
const emptyLine = {
  benchmark: null,
  tier: null,
  task: null,
  kind: null,
  length: null,
  chance: null,
  model: null,
  label: null,
  family: null,
  options: null,
  regime: null,
  parameters: null,
  stateSize: null,
  seeds: null,
  failed: null,
  state: null,
  reason: null,
  distance: null,
  accuracy: null,
  low: null,
  high: null,
  intervalOver: null,
  reach: null,
  localitySensitivity: null,
  localityLow: null,
  localityHigh: null,
  certifiedLimit: null,
  gain: null,
  gainLow: null,
  gainHigh: null,
  budget: null,
} satisfies Record<string, Value>;

type Line = Record<keyof typeof emptyLine, Value>;

function cellLines(tier: TierBoard, row: Row, task: BoardTask, cell: Cell): Line[] {
  const common: Line = {
    ...emptyLine,
    benchmark: tier.benchmark,
    tier: tier.tier,
    task: task.name,
    kind: task.kind,
    length: task.length,
    chance: task.chance,
    model: row.model,
    label: row.label,
    family: row.family,
    options: JSON.stringify(row.options),
    regime: row.regime,
    parameters: cell.parameters,
    stateSize: cell.stateSize,
    seeds: cell.seeds.length,
    failed: cell.seeds.filter(({ status }) => status !== 'done').length,
    state: cell.state,
    reason: cell.reason,
    intervalOver: cell.intervalOver,
    certifiedLimit: cell.certifiedLimit,
    budget: cell.budget,
  };
  const whole: Line = {
    ...common,
    accuracy: cell.accuracy,
    low: cell.interval?.[0] ?? null,
    high: cell.interval?.[1] ?? null,
    reach: cell.reach,
    localitySensitivity: cell.localitySensitivity,
    localityLow: cell.localityInterval?.[0] ?? null,
    localityHigh: cell.localityInterval?.[1] ?? null,
    gain: cell.gain?.overall.mean ?? null,
    gainLow: cell.gain?.overall.interval?.[0] ?? null,
    gainHigh: cell.gain?.overall.interval?.[1] ?? null,
  };
  const distances = cell.distances.map(({ distance, accuracy, interval }): Line => ({
    ...common,
    distance,
    accuracy,
    low: interval?.[0] ?? null,
    high: interval?.[1] ?? null,
  }));
  return [whole, ...distances];
}
