/**
 * What an engine is: something that turns a program of named tensors into an executable.
 *
 * A program is written once, with plain `tf.*` calls. The compiled engines trace it into an ONNX
 * graph and run that; the eager engines call it on a tfjs backend at every step. Both keep to this
 * interface, so that everything above it (training, evaluation, tests) never asks which one it has.
 */
import type { Tensor } from '@tensorflow/tfjs';
import { RunError } from '../../core/errors.ts';

export interface TensorSpec {
  shape: number[];
  dtype: 'float32' | 'int32';
}

/** Data outside an engine: the values of one tensor in row-major order. */
export type Values = Float32Array | Int32Array;

export interface Program {
  /** Used in file names, errors and graph viewers. */
  name: string;
  inputs: Record<string, TensorSpec>;
  /** Pure: calls only tf.* on its arguments and on constants. Gradients and optimiser may be inside. */
  build(inputs: Record<string, Tensor>): Record<string, Tensor>;
}

/**
 * A tensor that an engine owns. Outputs of one step are fed to the next without being read;
 * `read` copies it out. It stays valid until `dispose`, whatever is run in between.
 */
export interface Handle {
  readonly spec: TensorSpec;
  read(): Promise<Values>;
  dispose(): void;
}

export interface Executable {
  readonly inputs: Record<string, TensorSpec>;
  readonly outputs: Record<string, TensorSpec>;
  /** Runs once. @throws EngineError when a feed is missing, unknown or of the wrong size. */
  run(feeds: Record<string, Values | Handle>): Promise<Record<string, Handle>>;
  dispose(): Promise<void>;
}

export interface EngineOptions {
  /** CPU threads of one executable; 1 when absent, so that runs side by side do not disturb each other. */
  threads?: number;
  /**
   * Whether threads that wait for work keep their core busy instead of sleeping, which makes handing
   * over faster where nobody else wants the core; when absent, where there are cores for all threads.
   */
  spinning?: boolean | undefined;
}

export interface Engine {
  /** `onnx-cpu`, `onnx-webgpu`, `onnx-cuda`, `reference` or `tensorflow`. */
  readonly name: string;
  /** The device that does the work, in words a reader of a record understands. */
  readonly device: string;
  compile(program: Program): Promise<Executable>;
  dispose(): Promise<void>;
}

/** Raised for every failure that a user can act on; the message is one sentence that says how. */
export class EngineError extends RunError {
  override name = 'EngineError';
}
