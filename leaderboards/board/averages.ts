/**
 * What is said of several cells at once: means over tasks, LRA's two averages, the gain of SPT, and
 * ranks. Every interval and comparison is one contrast of the cells' samples.
 */
import type {
  BoardTask,
  Cell,
  Difference,
  Estimate,
  Gain,
  KindMean,
  LraMeans,
  Row,
} from './schema.ts';
import {
  combine,
  intervalOf,
  measure,
  pairedDifference,
  type Estimated,
  type Measured,
  type Sample,
  type Term,
} from '../statistics/contrast.ts';
import { rankRanges } from '../statistics/ranks.ts';
import { isRanked } from './standing.ts';

/** A cell's observations, and the weights that make the whole test split of its distances. */
export interface CellSample {
  sample: Sample;
  weights: readonly number[];
  /** Of the whole test split. */
  measured: Measured;
}

export type Samples = ReadonlyMap<Cell, CellSample>;

/** LRA's tasks; its later average adds Path-X, where a model that fails counts as 50 %. */
export const lraTasks = ['listops', 'text', 'retrieval', 'image', 'pathfinder'];
const pathX = 'pathx';

/** One seed gives no interval: what other seeds would do is unknown. */
function toEstimate(estimated: Estimated, shift = 0): Estimate {
  const { value, seeds, over } = estimated;
  if (over === 'groups') return { mean: value + shift, interval: null, seeds, over: null };
  const [low, high] = intervalOf(estimated);
  return { mean: value + shift, interval: [low + shift, high + shift], seeds, over };
}

/** The interval cut to the values there are: with few seeds, t reaches beyond them. */
const within = (least: number, most: number, estimate: Estimate): Estimate => ({
  ...estimate,
  interval: estimate.interval && [
    Math.max(least, estimate.interval[0]),
    Math.min(most, estimate.interval[1]),
  ],
});

interface Member {
  task: BoardTask;
  cell: Cell;
}

/** Mean over tasks, each counting the same; with the reason if a cell is missing or not ranked. */
function meanOver(
  members: readonly Member[],
  samples: Samples,
): { terms: { accuracy: Term[]; corrected: Term[] }; shift: number } | { reason: string } {
  const missing = members.filter(({ cell }) => !samples.has(cell));
  if (missing.length > 0) {
    return { reason: `no run on ${missing.map(({ task }) => task.name).join(', ')}` };
  }
  const apart = members.filter(({ cell }) => !isRanked(cell));
  if (apart.length > 0) {
    const named = apart.map(({ task, cell }) => `${task.name} (${cell.standing})`);
    return { reason: `not ranked on ${named.join(', ')}` };
  }
  const terms = (factor: (task: BoardTask) => number) =>
    members.map(({ task, cell }) => ({
      measured: samples.get(cell)!.measured,
      factor: factor(task) / members.length,
      examples: task.name,
    }));
  const shift = members.reduce((sum, { task }) => sum - task.chance / (1 - task.chance), 0);
  return {
    terms: { accuracy: terms(() => 1), corrected: terms(({ chance }) => 1 / (1 - chance)) },
    shift: shift / members.length,
  };
}

function membersOf(
  row: Row,
  tasks: readonly BoardTask[],
  include: (task: BoardTask) => boolean,
): Member[] {
  return tasks.flatMap((task, i) => (include(task) ? [{ task, cell: row.cells[i]! }] : []));
}

export function kindMean(
  kind: BoardTask['kind'],
  row: Row,
  tasks: readonly BoardTask[],
  samples: Samples,
): KindMean {
  const members = membersOf(row, tasks, (task) => task.kind === kind);
  const none = (reason: string): KindMean => ({ accuracy: null, corrected: null, reason });
  if (members.length === 0) return none(`the board has no ${kind} task`);
  const mean = meanOver(members, samples);
  if ('reason' in mean) return none(mean.reason);
  return {
    accuracy: within(0, 1, toEstimate(combine(mean.terms.accuracy))),
    corrected: toEstimate(combine(mean.terms.corrected), mean.shift),
    reason: null,
  };
}

export function lraMeans(row: Row, tasks: readonly BoardTask[], samples: Samples): LraMeans {
  const average = (names: readonly string[]): { value: Estimate | null; reason: string | null } => {
    const members = membersOf(row, tasks, ({ name }) => names.includes(name));
    const absent = names.filter((name) => !members.some(({ task }) => task.name === name));
    if (absent.length > 0) {
      return { value: null, reason: `the board has no ${absent.join(', ')}` };
    }
    const mean = meanOver(members, samples);
    if ('reason' in mean) return { value: null, reason: mean.reason };
    return { value: within(0, 1, toEstimate(combine(mean.terms.accuracy))), reason: null };
  };
  const [five, six] = [average(lraTasks), average([...lraTasks, pathX])];
  return { five: five.value, six: six.value, reason: five.reason ?? six.reason };
}

/** What `spt` adds to `matched` on the same task, paired by seed; null where no seed has both. */
export function cellGain(task: BoardTask, spt: Cell, matched: Cell, samples: Samples): Gain | null {
  const [a, b] = [samples.get(spt), samples.get(matched)];
  const difference = a && b && pairedDifference(a.sample, b.sample);
  if (!difference) return null;
  const at = (weights: readonly number[]): Difference => {
    const measured = measure(difference, weights);
    const estimate = toEstimate(combine([{ measured, factor: 1, examples: task.name }]));
    const { interval } = estimate;
    const couldSee = interval && (interval[1] - interval[0]) / 2;
    return { ...within(-1, 1, estimate), couldSee };
  };
  const only = (chosen: number) => at(task.distances.map((_, d) => (d === chosen ? 1 : 0)));
  const controlled = task.distances.length > 0;
  return {
    overall: at(a.weights),
    near: controlled ? only(0) : null,
    far: controlled ? only(task.distances.length - 1) : null,
    ranked: isRanked(spt) && isRanked(matched),
    equalBudget: spt.budget === matched.budget,
  };
}

/** Ranks among the rows of one regime, which have one budget: by means over tasks and by task. */
export function addRanks(
  rows: readonly Row[],
  tasks: readonly BoardTask[],
  samples: Samples,
): void {
  for (const kind of ['standard', 'controlled'] as const) {
    const ranks = rankRanges(
      rows.map((row) => {
        const members = membersOf(row, tasks, (task) => task.kind === kind);
        const mean = meanOver(members, samples);
        return members.length === 0 || 'reason' in mean ? null : mean.terms.corrected;
      }),
    );
    rows.forEach((row, i) => (row.ranks[kind] = ranks[i]!));
  }
  tasks.forEach(({ name }, t) => {
    const ranks = rankRanges(
      rows.map(({ cells }) => {
        const cell = cells[t]!;
        const measured = isRanked(cell) ? samples.get(cell)?.measured : undefined;
        return measured ? [{ measured, factor: 1, examples: name }] : null;
      }),
    );
    rows.forEach(({ cells }, i) => (cells[t]!.rank = ranks[i]!));
  });
}
