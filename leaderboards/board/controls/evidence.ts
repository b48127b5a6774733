/** What controls are judged by: the cells of a board, those of variants of its tasks, and audits. */
import type { Audit } from '../../records/audit.ts';
import type { RecordFile } from '../../records/read.ts';
import { combine, measure, type Estimated, type Term } from '../../statistics/contrast.ts';
import type { CellSample } from '../averages.ts';
import { assembleTier, type Assembled } from '../build.ts';
import type { BoardTask, Cell, Row } from '../schema.ts';
import { rowOf, sideName, type Side } from '../sides.ts';
import type { TaskOptions } from './list.ts';

export interface Evidence {
  /** All of one tier and version of the benchmark. */
  files: readonly RecordFile[];
  tier: Assembled;
  /** Of data sets of any tier and version. */
  audits: readonly Audit[];
}

/** A cell with what it is made from. */
export interface Taken {
  task: BoardTask;
  row: Row;
  cell: Cell;
  sample: CellSample;
  /** `Transformer (rotary), scratch, on image`. */
  name: string;
}

export type Asked = { taken: Taken } | { missing: string };

/** @param files at least one */
export function evidenceOf(files: readonly RecordFile[], audits: readonly Audit[]): Evidence {
  return { files, tier: assembleTier(files), audits };
}

/** The cells of runs with these options of their task, as a board of their own; undefined without runs. */
export function variantOf(
  { files }: Pick<Evidence, 'files'>,
  options: TaskOptions,
): Assembled | undefined {
  const wanted = Object.entries(options);
  const chosen = files.filter(({ record: { spec } }) => {
    const given = Object.entries(spec.taskOptions);
    return (
      given.length === wanted.length &&
      wanted.every(([name, value]) => spec.taskOptions[name] === value)
    );
  });
  if (chosen.length === 0) return undefined;
  // A board leaves out what overrides its task's options; here all runs override the same.
  return assembleTier(
    chosen.map((file) => ({
      ...file,
      record: { ...file.record, spec: { ...file.record.spec, taskOptions: {} } },
    })),
  );
}

/** The ranked cell of a side on a task, or what is missing. */
export function rankedCell(tier: Assembled | undefined, task: string, side: Side): Asked {
  const found = anyCell(tier, task, side);
  if ('missing' in found || found.taken.cell.standing === 'ranked') return found;
  return { missing: `${found.taken.name}: ${found.taken.cell.standing}` };
}

/** The cell of a side on a task, whatever its standing, or what is missing. */
export function anyCell(tier: Assembled | undefined, task: string, side: Side): Asked {
  const missing = { missing: `${sideName(side)}, ${side.regime}, on ${task}: no run` };
  const index = tier?.board.tasks.findIndex(({ name }) => name === task) ?? -1;
  const row = tier && rowOf(tier.board, side);
  const cell = row?.cells[index];
  const sample = cell && tier?.samples.get(cell);
  if (!tier || !row || !cell || !sample) return missing;
  const name = `${row.label}, ${row.regime}, on ${task}`;
  return { taken: { task: tier.board.tasks[index]!, row, cell, sample, name } };
}

/** Use, or accuracy corrected for chance, of the whole test split or at one distance, times a factor. */
export interface Part {
  taken: Taken;
  factor: number;
  /** Place in the grid of distances; the whole test split if absent. */
  at?: number;
  /** Whose test examples it has; the task's own if absent. */
  examples?: string;
}

/** The sum of the parts, with its variance over seeds and test examples. */
export function sumOfParts(parts: readonly Part[]): Estimated {
  let shift = 0;
  const terms = parts.map(({ taken, factor, at, examples }): Term => {
    const { chance, name } = taken.task;
    const scaled = factor / (1 - chance);
    shift -= scaled * chance;
    const { sample, weights, measured } = taken.sample;
    const only = weights.map((_, d) => (d === at ? 1 : 0));
    return {
      measured: at === undefined ? measured : measure(sample, only),
      factor: scaled,
      examples: examples ?? name,
    };
  });
  const sum = combine(terms);
  return { ...sum, value: sum.value + shift };
}
