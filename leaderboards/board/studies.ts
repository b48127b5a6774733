/**
 * What records say at several variants of a task's options: each variant is a board of its own, and an
 * entry brings together the cells of one model on one task under the regimes that ran there.
 */
import type { Regime } from '../../core/vocabulary.ts';
import type { RecordFile } from '../records/read.ts';
import type { BeforeLabels } from '../records/schema.ts';
import { mean } from '../../core/math.ts';
import { estimateCost, type CostEstimate } from '../statistics/learningCost.ts';
import { halfDistance, withinLimit, type Reach } from '../statistics/metrics.ts';
import { solvedLevel } from '../statistics/solved.ts';
import { variantOf } from './controls/evidence.ts';
import type { TaskOptions } from './controls/list.ts';
import type { BoardTask, Cell, Gain } from './schema.ts';

export interface NamedOptions {
  label: string;
  options: TaskOptions;
}

export interface StudyEntry {
  variant: string;
  task: BoardTask;
  /** Of the model with its options. */
  label: string;
  family: string;
  /** Numbers that a causal recurrence would carry per sequence. */
  stateSize: number | null;
  cells: Partial<Record<Regime, Cell>>;
  /** What `spt` adds to `scratch-matched`. */
  gain: Gain | null;
  /** What the pretrained models predict of a signal; null without one. */
  before: BeforeCurve | null;
  /** Labelled examples until a regime has learned, each as often as it was seen. */
  labelled: Partial<Record<Regime, CostEstimate>>;
}

/** The reach of pretraining, over seeds. */
export interface BeforeCurve {
  seeds: number;
  /** Mean use at each distance of the task. */
  use: number[];
  /** Where use falls to half of its value at the smallest distance; null if that is not solved. */
  reach: Reach | null;
}

/**
 * @param files of one tier and version of the benchmark
 * @returns variant by variant, in the order of the boards' rows
 */
export function studyEntries(
  files: readonly RecordFile[],
  tasks: readonly string[],
  variants: readonly NamedOptions[],
): StudyEntry[] {
  const wanted = files.filter(({ record }) => tasks.includes(record.spec.task));
  const byId = new Map(wanted.map((file) => [file.record.id, file]));
  return variants.flatMap(({ label: variant, options }) => {
    const board = variantOf({ files: wanted }, options)?.board;
    if (!board) return [];
    const models = [...new Set(board.rows.map(({ modelKey }) => modelKey))];
    return board.tasks.flatMap((task, t) =>
      models.flatMap((key): StudyEntry[] => {
        const rows = board.rows.filter(
          ({ modelKey, cells }) => modelKey === key && cells[t]!.seeds.length > 0,
        );
        if (rows.length === 0) return [];
        const cells = Object.fromEntries(rows.map((row) => [row.regime, row.cells[t]!]));
        const { spt } = cells as StudyEntry['cells'];
        const runs = (cell: Cell) => cell.seeds.flatMap(({ id }) => byId.get(id) ?? []);
        return [
          {
            ...{ variant, task, label: rows[0]!.label, family: rows[0]!.family, cells },
            stateSize: rows[0]!.cells[t]!.stateSize,
            gain: spt?.gain ?? null,
            before: spt ? beforeCurve(task, spt, runs(spt)) : null,
            labelled: Object.fromEntries(
              Object.entries(cells).flatMap(([regime, cell]) => {
                const cost = labelledExamples(runs(cell));
                return cost ? [[regime, cost]] : [];
              }),
            ),
          },
        ];
      }),
    );
  });
}

function beforeCurve(
  { distances, chance }: BoardTask,
  { certifiedLimit }: Cell,
  files: readonly RecordFile[],
): BeforeCurve | null {
  const found = files.flatMap(({ record: { beforeLabels } }): BeforeLabels[] =>
    beforeLabels ? [beforeLabels] : [],
  );
  if (found.length === 0) return null;
  const useAt = (d: number) =>
    mean(
      found.map(({ distances: scores }) => {
        const { use, accuracy } = scores[d]!;
        return use?.value ?? (accuracy - chance) / (1 - chance);
      }),
    );
  const use = distances.map((_, d) => useAt(d));
  const reach =
    use[0]! >= solvedLevel
      ? withinLimit(halfDistance(distances, use), distances, certifiedLimit)
      : null;
  return { seeds: found.length, use, reach };
}

/** Of the runs that say what learning cost; undefined if none does. */
function labelledExamples(files: readonly RecordFile[]): CostEstimate | undefined {
  return estimateCost(
    files.flatMap(({ record }) => {
      const cost = record.result?.learningCost;
      if (!cost || cost.steps === 0) return [];
      const { lookEvery = cost.steps } = record.spec.protocol;
      const look = Math.min(lookEvery, cost.steps) * (cost.examples / cost.steps);
      return [{ cost: cost.examples, before: cost.examples - look }];
    }),
  );
}

/** Use over the whole test split, by the label of the variant, of one model under one regime. */
export function useByVariant(
  entries: readonly StudyEntry[],
  regime: Regime,
): Map<string, number | null> {
  return new Map(
    entries.map(({ variant, cells }) => {
      const cell = cells[regime];
      return [variant, cell?.use?.value ?? cell?.corrected ?? null];
    }),
  );
}

/**
 * The number on an axis of numbers at which use falls to half of perfect answers, on a logarithmic axis;
 * `beyond` the largest that ran; null if the smallest number is not held, or nothing ran.
 */
export function breaksAt(entries: readonly StudyEntry[], regime: Regime): Reach | null {
  const found = [...useByVariant(entries, regime)].flatMap(([label, use]) =>
    use === null ? [] : [{ at: Number(label), use }],
  );
  if (found.length === 0 || found[0]!.use < solvedLevel) return null;
  return halfDistance(
    found.map(({ at }) => at),
    found.map(({ use }) => use),
    solvedLevel,
  );
}
