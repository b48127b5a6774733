/**
 * The child process of a timing: compiles the training step of a run, reports that it is ready, and
 * when the parent says so takes steps for a moment, at the same time as the other children.
 */
import { createModel } from '../../models/backbone/backbone.ts';
import { findMixer } from '../../models/registry.ts';
import type { RunSpec } from '../../leaderboards/records/schema.ts';
import { Stepper, feedsOf } from '../training/stepper.ts';
import { median } from '../../core/math.ts';
import { openEngine } from '../engine/open.ts';
import type { Execution } from './execution.ts';
import { messageOf } from '../../core/errors.ts';
import { shapeOf } from '../plan/spec.ts';
import { trainProgram } from '../training/programs.ts';

export interface TimingOrder {
  spec: RunSpec;
  execution: Execution;
  /** Examples of a step: of a micro-batch, if the run has them. */
  batch: number;
}

export type TimingReport =
  | { kind: 'ready' }
  | { kind: 'measured'; milliseconds: number }
  | { kind: 'error'; message: string };

/** Milliseconds that steps are taken for; a longer step is taken once. */
const lasts = 700;

const send = (report: TimingReport) =>
  new Promise<void>((resolve) => process.send!(report, undefined, undefined, () => resolve()));

async function time({ spec, batch, execution }: TimingOrder): Promise<void> {
  const shape = shapeOf(spec.task, spec.tier, spec.taskOptions);
  const model = createModel(findMixer(spec.model), spec.modelOptions, shape, spec.size);
  const { vocabulary, classes } = shape;
  const data = { batch, length: shape.documents * shape.length, vocabulary, classes };
  const engine = await openEngine(execution.engine, execution);
  const executable = await engine.compile(trainProgram(model, data, spec.protocol));
  const stepper = new Stepper(executable, feedsOf(model, data));
  // Memory is claimed and caches fill in the first step.
  await stepper.step();
  const started = new Promise((resolve) => process.once('message', resolve));
  await send({ kind: 'ready' });
  await started;
  const times: number[] = [];
  const begun = performance.now();
  do times.push((await stepper.step()).milliseconds);
  while (performance.now() - begun < lasts);
  await send({ kind: 'measured', milliseconds: median(times) });
}

process.once('message', (order: TimingOrder) => {
  time(order)
    .catch((error: unknown) => send({ kind: 'error', message: messageOf(error) }))
    .finally(() => process.exit(0));
});
process.once('disconnect', () => process.exit(1));
