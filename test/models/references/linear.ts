/** Small pieces that the references of the recurrences share, all float64. */
import type { Sequence } from '../reference.ts';

export const zeros = (count: number): number[] => new Array<number>(count).fill(0);

/** rows [L, inputs] times weight [inputs, outputs], in row-major order. */
export function linear(rows: Sequence, weight: ArrayLike<number>): Sequence {
  const outputs = weight.length / rows[0]!.length;
  return rows.map((row) =>
    Array.from({ length: outputs }, (_, o) =>
      row.reduce((sum, value, i) => sum + value * weight[i * outputs + o]!, 0),
    ),
  );
}

export const dot = (a: number[], b: number[]): number =>
  a.reduce((sum, x, i) => sum + x * b[i]!, 0);

export const silu = (x: number): number => x / (1 + Math.exp(-x));

export const softplus = (x: number): number => Math.log1p(Math.exp(x));

/** Causal convolution of every channel with its own kernel, weight [size, channels]. */
export function shortConvolution(
  x: Sequence,
  weight: ArrayLike<number>,
  bias: ArrayLike<number>,
): Sequence {
  const channels = bias.length;
  const size = weight.length / channels;
  return x.map((row, t) =>
    row.map((_, c) => {
      let sum = bias[c]!;
      for (let k = 0; k < size; k++) {
        const from = t - (size - 1) + k;
        if (from >= 0) sum += weight[k * channels + c]! * x[from]![c]!;
      }
      return sum;
    }),
  );
}

/** Subtracts the mean and divides by the standard deviation, within each group of channels. */
export function groupNorm(row: number[], groups: number, epsilon = 1e-5): number[] {
  const size = row.length / groups;
  return row.map((value, c) => {
    const start = Math.floor(c / size) * size;
    const group = row.slice(start, start + size);
    const mean = group.reduce((a, b) => a + b) / size;
    const variance = group.reduce((sum, x) => sum + (x - mean) ** 2, 0) / size;
    return (value - mean) / Math.sqrt(variance + epsilon);
  });
}

/** Divides by the root of the mean square, within each group of channels. */
export function rootMeanSquareNorm(row: number[], groups: number): number[] {
  const size = row.length / groups;
  return row.map((value, c) => {
    const start = Math.floor(c / size) * size;
    const group = row.slice(start, start + size);
    return value / Math.sqrt(dot(group, group) / size + 1e-5);
  });
}

/** The vector at length 1, but for the ε under the root. */
export const unitLength = (vector: number[]): number[] => {
  const length = Math.sqrt(dot(vector, vector) + 1e-6);
  return vector.map((value) => value / length);
};
