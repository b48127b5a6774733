/**
 * Comparing a differentiable tf program with a naive float64 function of the same tensors:
 * its value, and the gradient of a random weighting of it by central differences.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import seedrandom from 'seedrandom';
import { expect } from 'vitest';
import { named, type NamedParameter, type ParameterTree } from '../../models/parameters.ts';

export const stream = (name: string): (() => number) => seedrandom.alea(name);

export interface Input {
  shape: number[];
  values: Float64Array;
}

export type Inputs = Record<string, Input>;

export const sizeOf = (shape: number[]) => shape.reduce((a, b) => a * b, 1);

/** Uniform numbers in [−scale, scale]. */
export function randomInput(shape: number[], random: () => number, scale = 1): Input {
  return {
    shape,
    values: Float64Array.from({ length: sizeOf(shape) }, () => scale * (2 * random() - 1)),
  };
}

const isList = (
  parameters: readonly NamedParameter[] | ParameterTree,
): parameters is readonly NamedParameter[] => Array.isArray(parameters);

/** Parameters at their initial values plus noise, so that zeros and ones hide nothing. */
export function randomParameters(
  parameters: readonly NamedParameter[] | ParameterTree,
  random: () => number,
): Inputs {
  const all = isList(parameters) ? parameters : named(parameters);
  return Object.fromEntries(
    all.map(({ name, shape, initialise }) => {
      const start = initialise(sizeOf(shape), random);
      const values = Float64Array.from(start, (value) => value + 0.2 * (2 * random() - 1));
      return [name, { shape, values: Float64Array.from(Float32Array.from(values)) }];
    }),
  );
}

/** Largest difference over the largest expected value. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [difference, size] = [0, 1e-30];
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!));
    size = Math.max(size, Math.abs(expected[i]!));
  }
  return difference / size;
}

/**
 * Fails unless the output and the gradient by every input agree within `tolerance`, relative to
 * the largest value of each. `weights` weighs the output's entries in the differentiated sum; 0
 * leaves out entries that the two need not share, such as those at padding.
 */
export function expectParity(
  inputs: Inputs,
  program: (tensors: Record<string, Tensor>) => Tensor,
  naive: (values: Record<string, Float64Array>) => number[],
  weights: number[],
  tolerance = 1e-4,
): void {
  const names = Object.keys(inputs);
  const given = (tensors: Tensor[]) => Object.fromEntries(tensors.map((t, i) => [names[i]!, t]));
  const tensors = names.map((name) =>
    tf.tensor(Float32Array.from(inputs[name]!.values), inputs[name]!.shape),
  );
  const seen = (values: ArrayLike<number>) => weights.map((w, i) => (w === 0 ? 0 : values[i]!));
  const values = Object.fromEntries(names.map((name) => [name, inputs[name]!.values.slice()]));
  const expected = naive(values);
  const actual = tf.tidy(() => program(given(tensors)).dataSync());
  expect(actual.length).toBe(expected.length);
  expect(relativeError(seen(actual), seen(expected)), 'output').toBeLessThan(tolerance);

  const weighed = () =>
    naive(values).reduce((sum, y, i) => sum + (weights[i] ? weights[i] * y : 0), 0);
  const gradients = tf.grads((...parts) => {
    const flat = tf.reshape(program(given(parts)), [-1]);
    return tf.sum(tf.mul(flat, tf.tensor1d(weights))).asScalar();
  })(tensors);
  names.forEach((name, n) => {
    const at = values[name]!;
    const numeric = at.map((value, i) => {
      const step = 1e-5;
      at[i] = value + step;
      const above = weighed();
      at[i] = value - step;
      const below = weighed();
      at[i] = value;
      return (above - below) / (2 * step);
    });
    const gradient = gradients[n]!;
    expect(gradient.shape, name).toEqual(inputs[name]!.shape);
    const scale = Math.max(...numeric.map(Math.abs));
    const error = relativeError(gradient.dataSync(), numeric) * Math.max(scale, 1e-30);
    // Gradients that are zero by symmetry (a bias of all keys, say) are compared with 1.
    expect(error / Math.max(scale, 1e-3), `gradient of ${name}`).toBeLessThan(tolerance);
  });
}

/** A flat array as rows [B][L][d]. */
export function asBatch(values: ArrayLike<number>, [batch, length, width]: number[]): number[][][] {
  return Array.from({ length: batch! }, (_, b) =>
    Array.from({ length: length! }, (_, i) =>
      Array.from({ length: width! }, (_, c) => values[(b * length! + i) * width! + c]!),
    ),
  );
}
