/**
 * One phase of a run: optimiser steps of one program until its schedule ends, with looks at the
 * validation split on the way. A checkpoint has all state, so a resumed phase gives the same bytes.
 */
import type { Handle, Values } from '../engine/engine.ts';
import type { Checkpoint, Progress } from './checkpoint.ts';
import type { Step } from './microBatches.ts';
import { scaleAt } from './optimiser.ts';
import type { Schedule } from './schedule.ts';

export interface Phase {
  name: 'pretrain' | 'train';
  schedule: Schedule;
  learningRate: number;
  step: Step;
  /** The data of step 0, 1, ... */
  feeds(step: number): Record<string, Values>;
  /** Accuracy on the validation split; absent where nothing is selected. */
  validate?(parameters: Handle): Promise<number>;
}

export interface Hooks {
  /** Called after every step; `steps` is the largest number of them until the end is known. */
  onStep(progress: Progress, steps: number): void;
  /** Called when a checkpoint may be taken; `take` reads the vectors, which costs time. */
  onCheckpoint(take: () => Promise<Checkpoint>, force: boolean): Promise<void>;
}

/** The loss is not finite: the run is recorded as diverged. */
export class DivergedError extends Error {
  override name = 'DivergedError';
}

const state = ['parameters', 'moment1', 'moment2'] as const;

/**
 * Runs the steps that `progress` says are missing.
 *
 * @param vectors `parameters`, and where a phase goes on `moment1`, `moment2` and `best`
 * @returns the parameters of the best validation score, or the last ones where nothing is validated
 * @throws DivergedError at the first loss that is not a finite number
 */
export async function runPhase(
  phase: Phase,
  progress: Progress,
  vectors: Record<string, Float32Array>,
  hooks: Hooks,
): Promise<Float32Array> {
  const size = vectors.parameters!.length;
  let current: Record<string, Handle | Values> = {
    parameters: vectors.parameters!,
    moment1: vectors.moment1 ?? new Float32Array(size),
    moment2: vectors.moment2 ?? new Float32Array(size),
  };
  let best = vectors.best;
  const readState = async () => {
    const read: Record<string, Float32Array> = best ? { best } : {};
    for (const name of state) read[name] = await valuesOf(current[name]!);
    return read;
  };
  const dispose = (tensors: typeof current) => {
    for (const tensor of Object.values(tensors)) if ('dispose' in tensor) tensor.dispose();
  };

  const { schedule } = phase;
  const { microBatch } = phase.step;
  while (progress.step < schedule.total(progress.end)) {
    if (microBatch !== undefined)
      progress.microBatch = Math.min(progress.microBatch ?? Infinity, microBatch);
    const begun = performance.now();
    const { loss, gradientNorm, ...next } = await phase.step.run({
      ...current,
      ...scaleAt(progress.step, phase.learningRate * schedule.factor(progress.step, progress.end)),
      ...phase.feeds(progress.step),
    });
    const value = (await loss!.read())[0]!;
    loss!.dispose();
    gradientNorm!.dispose();
    dispose(current);
    current = next;
    progress.step++;
    if (!Number.isFinite(value)) {
      dispose(current);
      throw new DivergedError(`The loss became ${value} at ${phase.name} step ${progress.step}.`);
    }
    progress.lossSum += value;
    progress.lossCount++;
    progress.stepMilliseconds.push(Math.round((performance.now() - begun) * 100) / 100);

    const isLook = schedule.isLook(progress.step, progress.end);
    if (isLook) {
      const accuracy = await phase.validate?.(current.parameters as Handle);
      if (accuracy !== undefined) {
        // Among equals the later one stays, which has seen more of the decay.
        if (accuracy >= (progress.best?.accuracy ?? -1)) {
          progress.best = { step: progress.step, accuracy };
          best = await valuesOf(current.parameters!);
        }
        const end = schedule.afterLook?.(progress.end, { done: progress.step, accuracy });
        if (end) progress.end = end;
      }
      progress.curve.push({
        phase: phase.name,
        step: progress.step,
        loss: progress.lossSum / progress.lossCount,
        ...(accuracy === undefined ? {} : { validation: accuracy }),
      });
      progress.lossSum = 0;
      progress.lossCount = 0;
    }
    const worked = (performance.now() - begun) / 1000;
    progress.seconds += worked;
    if (phase.name === 'pretrain') progress.pretrainSeconds += worked;
    const steps = schedule.total(progress.end);
    hooks.onStep(progress, steps);
    await hooks.onCheckpoint(
      async () => ({ progress, vectors: await readState() }),
      isLook && progress.step < steps,
    );
  }
  const result = best ?? (await valuesOf(current.parameters!));
  dispose(current);
  return result;
}

async function valuesOf(tensor: Handle | Values): Promise<Float32Array> {
  return (ArrayBuffer.isView(tensor) ? tensor : await tensor.read()) as Float32Array;
}
