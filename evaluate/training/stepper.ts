/**
 * The training step that is timed: a model of models/ in the trainer's own program (forward,
 * backward, clipping by the global norm, AdamW). `torch_step.py` takes the same step in PyTorch for
 * the models of `torch_models.py`.
 */
import { stream } from '../../core/random.ts';
import { createModel } from '../../models/backbone/backbone.ts';
import type { Model } from '../../models/backbone/backbone.ts';
import type { ModelShape } from '../../models/backbone/shape.ts';
import { parseOptions } from '../../models/options.ts';
import { findMixer } from '../../models/registry.ts';
import type { Executable, Handle, Program, Values } from '../engine/engine.ts';
import { initialValues } from './flat.ts';
import { scaleAt } from './optimiser.ts';
import { classifierLayout, trainProgram } from './programs.ts';

/** Field names are those of `torch_step.py`. */
export interface StepShape {
  /** Name of the mixer, which has its default options; transformer when absent. */
  model?: string;
  layers: number;
  width: number;
  heads: number;
  /** Channels of the feed-forward layer. */
  hidden: number;
  length: number;
  batch: number;
  vocabulary: number;
  classes: number;
}

/** The step that speed is stated for. */
export const referenceStep: StepShape = {
  layers: 2,
  width: 64,
  heads: 4,
  hidden: 256,
  length: 512,
  batch: 16,
  vocabulary: 32,
  classes: 10,
};

/** Mean over the positions as read-out, exactly `hidden` feed-forward channels. */
export function stepModel(shape: StepShape): Model {
  const { layers, width, heads, hidden, length, vocabulary, classes } = shape;
  const modelShape: ModelShape = { length, vocabulary, classes, readout: 'pool', padded: false };
  const mixer = findMixer(shape.model ?? 'transformer');
  const options = parseOptions(mixer, 'heads' in mixer.options.shape ? { heads } : {});
  // Models are made to a parameter count; a first, large one tells which count has this many channels.
  const guess = 2 ** 24;
  const near = createModel(mixer, options, modelShape, { layers, width, parameters: guess });
  const missing = (hidden - near.feedForward) * layers * (2 * width + 1);
  const parameters = near.parameterCount + missing;
  return createModel(mixer, options, modelShape, { layers, width, parameters });
}

export function stepProgram(shape: StepShape): Program {
  return programOf(stepModel(shape), shape);
}

export function programOf(model: Model, shape: StepData): Program {
  return trainProgram(model, shape, { clip: 1, weightDecay: 0.01 });
}

/** What one step needs besides the model. */
export type StepData = Pick<StepShape, 'batch' | 'length' | 'vocabulary' | 'classes'>;

/** Initial state, a batch of random tokens, and the optimiser's scale at the first step. */
export function stepFeeds(shape: StepShape): Record<string, Values> {
  return feedsOf(stepModel(shape), shape);
}

export function feedsOf(model: Model, shape: StepData): Record<string, Values> {
  const { batch, length, vocabulary, classes } = shape;
  const parameters = initialValues(classifierLayout(model), 'bench');
  const random = stream('bench/batch');
  const integers = (count: number, below: number) =>
    Int32Array.from({ length: count }, () => Math.floor(random() * below));
  return {
    parameters,
    moment1: new Float32Array(parameters.length),
    moment2: new Float32Array(parameters.length),
    tokens: integers(batch * length, vocabulary),
    labels: integers(batch, classes),
    ...scaleAt(0, 1e-3),
  };
}

/** Takes training steps one after the other, each from the state that the last one left. */
export class Stepper {
  readonly #executable: Executable;
  readonly #feeds: Record<string, Values>;
  #state: Record<string, Handle> = {};

  constructor(executable: Executable, feeds: Record<string, Values>) {
    this.#executable = executable;
    this.#feeds = feeds;
  }

  /** One step; reads the loss as the trainer does. */
  async step(): Promise<{ milliseconds: number; loss: number }> {
    const start = performance.now();
    const { loss, gradientNorm, ...state } = await this.#executable.run({
      ...this.#feeds,
      ...this.#state,
    });
    const [value] = await loss!.read();
    for (const handle of [loss!, gradientNorm!, ...Object.values(this.#state)]) handle.dispose();
    this.#state = state;
    return { milliseconds: performance.now() - start, loss: value! };
  }
}
