/** Convolutions as loops over positions and distances, float64, and the block around them. */
import { affine, gelu, sigmoid, type Flat, type Sequence } from '../reference.ts';

/** Tokens that are padding as zeros. */
export const masked = (x: Sequence, real: boolean[]): Sequence =>
  x.map((row, i) => row.map((value) => (real[i] ? value : 0)));

/** y_i = Σ_j weight(i − j, c) x_j, over all j that `weight` does not leave out by being 0. */
export function convolution(
  x: Sequence,
  weight: (distance: number, channel: number) => number,
): Sequence {
  return x.map((row, i) =>
    row.map((_, c) => x.reduce((sum, other, j) => sum + weight(i - j, c) * other[c]!, 0)),
  );
}

/**
 * Weights of free kernels [2, channels, length]: the first for distances 0 … L − 1 back, the second
 * for the distances 1 … L − 1 ahead.
 */
export const bothWays =
  (kernel: ArrayLike<number>, channels: number, length: number) =>
  (distance: number, channel: number): number =>
    distance >= 0
      ? kernel[channel * length + distance]!
      : kernel[(channels + channel) * length - distance - 1]!;

/** GLU(GELU(K * x + D ∘ x) W + b) */
export function convolutionBlock(
  x: Sequence,
  p: Flat,
  weight: (distance: number, channel: number) => number,
): Sequence {
  const mixed = convolution(x, weight).map((row, i) =>
    row.map((value, c) => gelu(value + p.d![c]! * x[i]![c]!)),
  );
  return affine(mixed, p.output!, p.outputBias!).map((row) => {
    const width = row.length / 2;
    return row.slice(0, width).map((value, c) => value * sigmoid(row[width + c]!));
  });
}
