/**
 * The board as CSV, in long form: one line per row, task and distance, and one with an empty distance
 * for the whole test split; then one per mean over tasks. Spreadsheets run no formula from it.
 */
import { stringify } from 'csv-stringify/sync';
import type { Board, BoardTask, BoardUse, Cell, Estimate, Row, TierBoard } from './schema.ts';

type Value = string | number | null;

export function boardCsv(board: Board): string {
  const lines = board.tiers.flatMap((tier) =>
    tier.rows.flatMap((row) => [
      ...tier.tasks.flatMap((task, i) => cellLines(tier, row, task, row.cells[i]!)),
      ...meanLines(tier, row),
    ]),
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
  verification: null,
  parameters: null,
  stateSize: null,
  seeds: null,
  failed: null,
  state: null,
  reason: null,
  standing: null,
  distance: null,
  accuracy: null,
  low: null,
  high: null,
  intervalOver: null,
  use: null,
  useLow: null,
  useHigh: null,
  rankBest: null,
  rankWorst: null,
  solved: null,
  solvedFar: null,
  solvedFarLow: null,
  solvedFarHigh: null,
  learningCost: null,
  learningCostLow: null,
  learningCostHigh: null,
  reach: null,
  reachLow: null,
  reachHigh: null,
  localitySensitivity: null,
  localityLow: null,
  localityHigh: null,
  certifiedLimit: null,
  gain: null,
  gainLow: null,
  gainHigh: null,
  gainNear: null,
  gainNearLow: null,
  gainNearHigh: null,
  gainFar: null,
  gainFarLow: null,
  gainFarHigh: null,
  budget: null,
} satisfies Record<string, Value>;

type Line = Record<keyof typeof emptyLine, Value>;

function cellLines(tier: TierBoard, row: Row, task: BoardTask, cell: Cell): Line[] {
  const common: Line = {
    ...modelColumns(tier, row),
    task: task.name,
    kind: task.kind,
    length: task.length,
    chance: task.chance,
    parameters: cell.parameters,
    stateSize: cell.stateSize,
    seeds: cell.seeds.length,
    failed: cell.seeds.filter(({ status }) => status !== 'done').length,
    state: cell.state,
    reason: cell.reason,
    standing: cell.standing,
    intervalOver: cell.intervalOver,
    certifiedLimit: cell.certifiedLimit,
    budget: cell.budget,
  };
  const whole: Line = {
    ...common,
    accuracy: cell.accuracy,
    low: cell.interval?.[0] ?? null,
    high: cell.interval?.[1] ?? null,
    ...useColumns(cell.use),
    rankBest: cell.rank?.[0] ?? null,
    rankWorst: cell.rank?.[1] ?? null,
    solved: cell.solved?.seeds ?? null,
    solvedFar: cell.solved?.far?.value ?? null,
    solvedFarLow: cell.solved?.far?.interval?.[0] ?? null,
    solvedFarHigh: cell.solved?.far?.interval?.[1] ?? null,
    learningCost: cell.learningCost?.tokenSteps ?? null,
    learningCostLow: cell.learningCost?.interval?.[0] ?? null,
    learningCostHigh: cell.learningCost?.interval?.[1] ?? null,
    reach: cell.reach,
    reachLow: cell.reachInterval?.[0] ?? null,
    reachHigh: cell.reachInterval?.[1] ?? null,
    localitySensitivity: cell.localitySensitivity,
    localityLow: cell.localityInterval?.[0] ?? null,
    localityHigh: cell.localityInterval?.[1] ?? null,
    ...estimateColumns('gain', cell.gain?.overall),
    ...estimateColumns('gainNear', cell.gain?.near),
    ...estimateColumns('gainFar', cell.gain?.far),
  };
  const distances = cell.distances.map(({ distance, accuracy, interval, use }): Line => ({
    ...common,
    distance,
    accuracy,
    low: interval?.[0] ?? null,
    high: interval?.[1] ?? null,
    ...useColumns(use),
  }));
  return [whole, ...distances];
}

/** Means over tasks, in lines of their own: `mean` and the name of what was averaged as the task. */
function meanLines(tier: TierBoard, row: Row): Line[] {
  const means = [
    { task: 'controlled', value: row.controlled.accuracy, rank: row.ranks.controlled },
    { task: 'standard', value: row.standard.accuracy, rank: row.ranks.standard },
    { task: 'lra-5', value: row.lra.five, rank: null },
    { task: 'lra-6', value: row.lra.six, rank: null },
  ];
  return means.flatMap(({ task, value, rank }): Line[] =>
    value
      ? [
          {
            ...modelColumns(tier, row),
            task,
            kind: 'mean',
            seeds: value.seeds,
            accuracy: value.mean,
            low: value.interval?.[0] ?? null,
            high: value.interval?.[1] ?? null,
            intervalOver: value.over,
            rankBest: rank?.[0] ?? null,
            rankWorst: rank?.[1] ?? null,
          },
        ]
      : [],
  );
}

function modelColumns(tier: TierBoard, row: Row): Line {
  return {
    ...emptyLine,
    benchmark: tier.benchmark,
    tier: tier.tier,
    model: row.model,
    label: row.label,
    family: row.family,
    options: JSON.stringify(row.options),
    regime: row.regime,
    verification: row.verification,
  };
}

function useColumns(use: BoardUse | null): Pick<Line, 'use' | 'useLow' | 'useHigh'> {
  return {
    use: use?.value ?? null,
    useLow: use?.interval?.[0] ?? null,
    useHigh: use?.interval?.[1] ?? null,
  };
}

/** Value and interval under a name. */
function estimateColumns<Name extends 'gain' | 'gainNear' | 'gainFar'>(
  name: Name,
  estimate: Estimate | null | undefined,
): Partial<Line> {
  return {
    [name]: estimate?.mean ?? null,
    [`${name}Low`]: estimate?.interval?.[0] ?? null,
    [`${name}High`]: estimate?.interval?.[1] ?? null,
  };
}
