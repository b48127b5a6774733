/** From records to the board. Pure: the same records in any order give the same board. */
import type { Tier } from '../../core/vocabulary.ts';
import { regimeOrder } from './schema.ts';
import type { Board, BoardTask, Cell, KindMean, Row, TierBoard } from './schema.ts';
import {
  addRanks,
  cellGain,
  kindMean,
  lraMeans,
  type CellSample,
  type Samples,
} from './averages.ts';
import { agreements } from './agreement.ts';
import { makeCell, missingCell } from './cell.ts';
import { displayName } from '../records/names.ts';
import { compareText, type RecordFile } from '../records/read.ts';
import { splitComparable } from './comparable.ts';
import { verificationTiers, type RunRecord } from '../records/schema.ts';

const tierOrder: readonly Tier[] = ['lite', 'lra', 'smoke'];

/** @throws Error naming both files where two records are the same run */
export function buildBoard(records: readonly RecordFile[]): Board {
  const files = [...records].sort((a, b) => compareText(a.file, b.file));
  const byTier = Map.groupBy(files, ({ record: { spec } }) => `${spec.tier} ${spec.benchmark}`);
  const ended = files.map(({ record }) => new Date(record.timing.ended).toISOString()).sort();
  return {
    schema: 1,
    asOf: ended.at(-1) ?? null,
    records: files.length,
    tiers: [...byTier.values()].map((tier) => assembleTier(tier).board).sort(compareTiers),
  };
}

function compareTiers(a: TierBoard, b: TierBoard): number {
  return (
    tierOrder.indexOf(a.tier) - tierOrder.indexOf(b.tier) ||
    b.benchmark.localeCompare(a.benchmark, 'en', { numeric: true }) ||
    compareText(b.benchmark, a.benchmark)
  );
}

export interface Assembled {
  board: TierBoard;
  /** The observations behind each cell that has a run. */
  samples: Samples;
}

/** @param files at least one, all of one tier and version of the benchmark */
export function assembleTier(files: readonly RecordFile[]): Assembled {
  const { spec } = files[0]!.record;
  const { compared, leftOut } = splitComparable(files);
  const byTask = Map.groupBy(compared, ({ record }) => record.spec.task);
  const tasks = [...byTask.values()]
    .map((runs) => boardTask(runs[0]!.record))
    .sort((a, b) => compareText(a.kind, b.kind) || compareText(a.name, b.name));
  const labels = modelLabels(compared);
  const byRow = Map.groupBy(compared, ({ record }) => rowKey(record));
  const samples = new Map<Cell, CellSample>();
  const rows = [...byRow].map(([key, runs]) => makeRow(key, runs, tasks, labels, samples));
  for (const row of rows) addGains(row, rows, tasks, samples);
  for (const regime of regimeOrder) {
    const members = rows.filter((row) => row.regime === regime);
    addRanks(members, tasks, samples);
  }
  rows.sort(compareRows);
  const { tier, benchmark } = spec;
  const board = { tier, benchmark, tasks, rows, agreements: agreements(rows), leftOut };
  return { board, samples };
}

function boardTask({ spec, task }: RunRecord): BoardTask {
  return {
    name: spec.task,
    title: displayName(task.title, 60),
    kind: task.kind,
    length: task.length,
    classes: task.classes,
    chance: task.chance,
    readout: task.readout,
    distances: task.distances,
    siblings: task.siblings,
    table: task.table ?? null,
    order: task.order,
    generatorVersion: task.generatorVersion,
    source: task.source === undefined ? null : displayName(task.source, 300),
  };
}

function makeRow(
  key: string,
  files: readonly RecordFile[],
  tasks: readonly BoardTask[],
  labels: ReadonlyMap<string, string>,
  samples: Map<Cell, CellSample>,
): Row {
  const { spec, model } = files[0]!.record;
  const byTask = Map.groupBy(files, ({ record }) => record.spec.task);
  const cells = tasks.map((task) => {
    const runs = byTask.get(task.name);
    if (!runs)
      return missingCell(
        task,
        `no ${spec.regime} run of ${spec.model} on ${task.name} is recorded`,
      );
    const { cell, ...observed } = makeCell(task, distinctSeeds(runs));
    samples.set(cell, observed);
    return cell;
  });
  const range = (value: (model: RunRecord['model']) => number): [number, number] => {
    const values = files.map(({ record }) => value(record.model));
    return [Math.min(...values), Math.max(...values)];
  };
  const none: KindMean = { accuracy: null, corrected: null, reason: null };
  const row: Row = {
    key,
    modelKey: modelKeyOf(files[0]!.record),
    model: spec.model,
    label: labels.get(modelKeyOf(files[0]!.record))!,
    family: displayName(model.family),
    options: spec.modelOptions,
    regime: spec.regime,
    verification: leastVerified(files),
    parameters: range(({ parameters }) => parameters),
    stateSize: range(({ stateSize }) => stateSize),
    cells,
    standard: none,
    controlled: none,
    lra: { five: null, six: null, reason: null },
    ranks: { standard: null, controlled: null },
  };
  return {
    ...row,
    standard: kindMean('standard', row, tasks, samples),
    controlled: kindMean('controlled', row, tasks, samples),
    lra: lraMeans(row, tasks, samples),
  };
}

function leastVerified(files: readonly RecordFile[]): Row['verification'] {
  const tiers = files.map(({ record }) => record.verification?.tier ?? 'trained-here');
  return verificationTiers.find((tier) => tiers.includes(tier))!;
}

function distinctSeeds(files: readonly RecordFile[]): RecordFile[] {
  const sorted = [...files].sort((a, b) => a.record.spec.seed - b.record.spec.seed);
  sorted.forEach(({ file, record }, i) => {
    const before = sorted[i - 1];
    if (before?.record.spec.seed === record.spec.seed) {
      const { task, model, regime, seed } = record.spec;
      throw new Error(
        `${before.file} and ${file} are both seed ${seed} of ${model} on ${task} (${regime}); keep one of them`,
      );
    }
  });
  return sorted;
}

function addGains(
  row: Row,
  rows: readonly Row[],
  tasks: readonly BoardTask[],
  samples: Samples,
): void {
  if (row.regime !== 'spt') return;
  const matched = rows.find(
    ({ modelKey, regime }) => modelKey === row.modelKey && regime === 'scratch-matched',
  );
  if (!matched) return;
  row.cells.forEach((cell, i) => {
    cell.gain = cellGain(tasks[i]!, cell, matched.cells[i]!, samples);
  });
}

/** Best controlled mean first, then best standard mean; rows without one last; then by name. */
function compareRows(a: Row, b: Row): number {
  const corrected = (mean: KindMean) => mean.corrected?.mean ?? -Infinity;
  const descending = (x: number, y: number) => (x === y ? 0 : y - x);
  return (
    descending(corrected(a.controlled), corrected(b.controlled)) ||
    descending(corrected(a.standard), corrected(b.standard)) ||
    compareText(a.label, b.label) ||
    regimeOrder.indexOf(a.regime) - regimeOrder.indexOf(b.regime)
  );
}

/** Identifies a model with its options; fit for a URL. */
function modelKeyOf({ spec }: RunRecord): string {
  const plain = (text: string) => encodeURIComponent(text.toWellFormed()).replaceAll('~', '%7E');
  const options = Object.entries(spec.modelOptions)
    .sort(([a], [b]) => compareText(a, b))
    .map(([name, value]) => `${plain(name)}=${plain(String(value))}`);
  return [spec.model, ...options].join('~');
}

function rowKey(record: RunRecord): string {
  return `${modelKeyOf(record)}~${record.spec.regime}`;
}

/**
 * A label for each model with its options: the title; where models share one, their names too; where
 * a model has several sets of options, those that differ.
 */
function modelLabels(files: readonly RecordFile[]): Map<string, string> {
  const models = new Map(files.map(({ record }) => [modelKeyOf(record), record]));
  const titles = [...models.values()].map(({ spec, model }) => ({
    name: spec.model,
    title: displayName(model.title),
    options: spec.modelOptions,
  }));
  return new Map(
    [...models].map(([key, { spec, model }]) => {
      const title = displayName(model.title);
      const shared = titles.some((other) => other.title === title && other.name !== spec.model);
      const siblings = titles.filter(({ name }) => name === spec.model);
      const options = new Set(siblings.flatMap((sibling) => Object.keys(sibling.options)));
      const differing = [...options].sort(compareText).flatMap((name) => {
        const values = siblings.map((sibling) => String(sibling.options[name] ?? 'default'));
        return new Set(values).size > 1 ? [optionLabel(name, spec.modelOptions[name])] : [];
      });
      const details = [...(shared ? [spec.model] : []), ...differing].join(', ');
      return [key, details ? `${title} (${details})` : title];
    }),
  );
}

/** A word says by itself what it is of: `rotary`, but `window 8` and `positions none`. */
function optionLabel(name: string, value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? 'default');
  return displayName(typeof value === 'string' && value !== 'none' ? value : `${name} ${text}`);
}
