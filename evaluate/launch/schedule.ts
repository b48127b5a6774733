/**
 * `--jobs auto` and `--threads auto`: tries, for a few seconds, how fast a training step of the first
 * run that remains is in the ways to share the cores, and takes the way that is done first.
 *
 * It has to be asked for: on the CPU a run's last bits may depend on its number of threads (those of the
 * Transformer do where one token is read out, those of S4D and Mamba do not), and so they would
 * depend on what a trial measured.
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { createModel } from '../../models/backbone/backbone.ts';
import { findMixer } from '../../models/registry.ts';
import type { RunSpec } from '../../leaderboards/records/schema.ts';
import { memoryLimit, programBytes } from '../engine/memory.ts';
import { RunError } from '../../core/errors.ts';
import type { Line } from '../plan/manifest.ts';
import { canonical, shapeOf } from '../plan/spec.ts';
import { readRecord, recordPath } from '../runs/store.ts';
import type { Execution } from './execution.ts';
import {
  pretrainGradientProgram,
  pretrainProgram,
  trainGradientProgram,
  trainProgram,
} from '../training/programs.ts';
import {
  describeChoice,
  fastest,
  sharings,
  spins,
  type Room,
  type Sharing,
  type Timing,
} from './jobChoice.ts';
import type { TimingOrder, TimingReport } from './timing.ts';

/** A number that the user gave, or one to be found. */
export type Asked = number | 'auto';

export interface ScheduleOptions {
  execution: Omit<Execution, 'threads'>;
  /** Folder of the records: a run that has one is not executed again, unless forced. */
  out: string;
  force: boolean;
}

/** Bytes of a run's process before it has a model: Node.js, tfjs and ONNX Runtime, and its data. */
const processBytes = 250e6;

/** How the lines are to be done, as asked or as measured; says on stderr what was found. */
export async function schedule(
  lines: readonly Line[],
  asked: { jobs: Asked; threads: Asked },
  options: ScheduleOptions,
): Promise<Sharing> {
  const { jobs, threads } = asked;
  if (jobs !== 'auto' && threads !== 'auto') return { jobs, threads };
  const fixed = {
    ...(jobs !== 'auto' && { jobs }),
    ...(threads !== 'auto' && { threads }),
  };
  const open = await remaining(lines, options);
  const cores = availableParallelism();
  // Nothing is known of the memory of a device other than the CPU.
  const { engine, microBatch } = options.execution;
  const fitting = engine === 'onnx-cpu' ? fittingRuns(open, microBatch) : Infinity;
  const room: Room = { cores, runs: Math.max(1, open.length), fitting };
  const ways = sharings(room, fixed);
  const timings: Timing[] = [];
  // Without a choice there is nothing to measure.
  if (ways.length > 1 && open[0]) {
    for (const way of ways) timings.push(await measure(open[0], way, options.execution));
  }
  const { jobs: chosen, threads: each } = timings[0] ? fastest(timings, room.runs) : ways[0]!;
  const choice = { jobs: chosen, threads: each };
  console.error(describeChoice(choice, timings, room));
  return choice;
}

/** Specs of the lines that have no record yet; stages are done by the runs that need them. */
async function remaining(
  lines: readonly Line[],
  { out, force }: ScheduleOptions,
): Promise<RunSpec[]> {
  const runs = lines.some(({ kind }) => kind === 'run')
    ? lines.filter(({ kind }) => kind === 'run')
    : lines;
  const open: RunSpec[] = [];
  for (const { spec, kind } of runs) {
    if (force || kind !== 'run' || !(await readRecord(recordPath(out, spec)))) open.push(spec);
  }
  return open;
}

/** Examples per pass of a run. */
const passOf = ({ protocol }: RunSpec, microBatch = Infinity) =>
  Math.min(microBatch, protocol.batch);

const tokensOf = ({ task, tier, taskOptions }: RunSpec) => {
  const { documents, length } = shapeOf(task, tier, taskOptions);
  return documents * length;
};

/** Runs at a time for which there is memory, whichever of them meet; at least one. */
export function fittingRuns(
  specs: readonly RunSpec[],
  microBatch: number | undefined,
  limit = memoryLimit(),
): number {
  // For each model, keep the task with the most tokens per step.
  const largest = new Map<string, { spec: RunSpec; tokens: number }>();
  for (const spec of specs) {
    const { model, modelOptions, size, regime } = spec;
    const key = canonical({ model, modelOptions, size, pretrained: regime === 'spt' });
    const tokens = tokensOf(spec) * passOf(spec, microBatch);
    if (tokens > (largest.get(key)?.tokens ?? 0)) largest.set(key, { spec, tokens });
  }
  let most = 0;
  for (const { spec } of largest.values()) most = Math.max(most, runBytes(spec, microBatch));
  return Math.max(1, Math.floor(limit / (processBytes + most)));
}

function runBytes(spec: RunSpec, microBatch: number | undefined): number {
  const shape = shapeOf(spec.task, spec.tier, spec.taskOptions);
  const model = createModel(findMixer(spec.model), spec.modelOptions, shape, spec.size);
  const batch = { batch: passOf(spec, microBatch), length: tokensOf(spec) };
  const isWhole = batch.batch === spec.protocol.batch;
  const train = isWhole
    ? trainProgram(model, batch, spec.protocol)
    : trainGradientProgram(model, batch);
  if (spec.regime !== 'spt') return programBytes(train);
  const pretraining = isWhole
    ? pretrainProgram(model, batch, spec.protocol)
    : pretrainGradientProgram(model, batch);
  return Math.max(programBytes(train), programBytes(pretraining));
}

/** Mean milliseconds of a step of `spec`, in `jobs` processes at the same time. */
async function measure(
  spec: RunSpec,
  sharing: Sharing,
  execution: ScheduleOptions['execution'],
): Promise<Timing> {
  const { jobs, threads } = sharing;
  const order: TimingOrder = {
    spec,
    execution: { spinning: spins(sharing, availableParallelism()), ...execution, threads },
    batch: passOf(spec, execution.microBatch),
  };
  const children = Array.from({ length: jobs }, () =>
    fork(new URL('./timing.ts', import.meta.url), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    }),
  );
  /** What the child says next. */
  const next = (child: (typeof children)[number]) =>
    new Promise<TimingReport>((resolve, reject) => {
      child.once('message', (report: TimingReport) => {
        if (report.kind === 'error') reject(new RunError(report.message));
        else resolve(report);
      });
      child.once('error', reject);
      child.once('close', () => reject(new RunError('The process of a trial ended too early.')));
    });
  const all = (message: TimingOrder | 'start') =>
    Promise.all(
      children.map((child) => {
        const reply = next(child);
        child.send(message);
        return reply;
      }),
    );
  try {
    await all(order);
    const reports = await all('start');
    const times = reports.map((report) => ('milliseconds' in report ? report.milliseconds : 0));
    const milliseconds = times.reduce((sum, time) => sum + time, 0) / jobs;
    return { jobs, threads, milliseconds };
  } finally {
    for (const child of children) child.kill();
  }
}
