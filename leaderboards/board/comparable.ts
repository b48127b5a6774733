/**
 * Which records of a task may stand on one board: those with the same data, sizes and protocol.
 * Learning rates and weight decay may differ; they are searched for each architecture.
 */
import { compareText, type RecordFile } from '../records/read.ts';
import type { RunRecord } from '../records/schema.ts';

export interface Split {
  compared: RecordFile[];
  leftOut: { file: string; reason: string }[];
}

/** Keeps, for each task, the setting that most records share; says of the others what differs. */
export function splitComparable(files: readonly RecordFile[]): Split {
  const usual = usualSettings(files);
  const compared: RecordFile[] = [];
  const leftOut: Split['leftOut'] = [];
  for (const entry of files) {
    const reason = difference(entry.record, usual.get(entry.record.spec.task));
    if (reason) leftOut.push({ file: entry.file, reason });
    else compared.push(entry);
  }
  return { compared, leftOut };
}

function difference(record: RunRecord, usual: RunRecord | undefined): string | undefined {
  const overrides = Object.keys(record.spec.taskOptions);
  if (overrides.length > 0) return `overrides the task's ${overrides.join(', ')}`;
  const theirs = setting(usual!);
  const field = Object.entries(setting(record)).find(([name, value]) => theirs[name] !== value);
  return field && `${field[0]} is ${field[1]}, the board's is ${theirs[field[0]]}`;
}

/** For each task, a record with the setting that most have; of equally many, the first by text. */
function usualSettings(files: readonly RecordFile[]): Map<string, RunRecord> {
  const counts = new Map<string, { record: RunRecord; count: number }>();
  for (const { record } of files) {
    if (Object.keys(record.spec.taskOptions).length > 0) continue;
    const key = `${record.spec.task} ${JSON.stringify(setting(record))}`;
    const entry = counts.get(key);
    if (entry) entry.count++;
    else counts.set(key, { record, count: 1 });
  }
  const ordered = [...counts].sort(
    ([a, { count: countA }], [b, { count: countB }]) => countA - countB || compareText(b, a),
  );
  return new Map(ordered.map(([, { record }]) => [record.spec.task, record]));
}

/** Everything that must be equal, as text by field; ordered so that the reason names the cause first. */
function setting({ spec, task }: RunRecord): Record<string, string> {
  const { batch, steps, pretrainSteps, warmup, clip, evaluations, maskRatio } = spec.protocol;
  // Absent in records of benchmark 1.0.
  const { decay = null, lookEvery = null, patience = null, lookExamples = null } = spec.protocol;
  const fields = {
    generatorVersion: task.generatorVersion,
    dataSeed: spec.dataSeed,
    layers: spec.size.layers,
    width: spec.size.width,
    parameters: spec.size.parameters,
    shift: spec.size.shift ?? null,
    batch,
    steps,
    pretrainSteps,
    warmup,
    clip,
    evaluations,
    maskRatio,
    decay,
    lookEvery,
    patience,
    lookExamples,
    kind: task.kind,
    length: task.length,
    classes: task.classes,
    chance: task.chance,
    readout: task.readout,
    distances: task.distances,
    table: task.table ?? null,
    train: task.checksums.train,
    val: task.checksums.val,
    test: task.checksums.test,
  };
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, JSON.stringify(value)]),
  );
}
