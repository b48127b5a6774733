import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { sgconv } from '../../../models/mixers/sgconv.ts';
import { stream } from '../parity.ts';
import * as reference from '../references/convolutions.ts';
import { checkParity, measureReach, parameterOf, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

/**
 * The kernel written from the paper, [2, width, length]: each sub-kernel stretched with parameters
 * at the middles of their cells, weighed and put behind the last.
 */
function kernelOf(w: ArrayLike<number>, length: number, size: number, norm = 1): number[] {
  const count = 1 + Math.max(0, Math.ceil(Math.log2(length / size)));
  return Array.from({ length: 2 * width }, (_, row) => {
    const taps: number[] = [];
    for (let s = 0; s < count; s++) {
      const stretch = s < 2 ? 1 : 2 ** (s - 1);
      const parameter = (n: number) =>
        w[(s * 2 * width + row) * size + Math.min(Math.max(n, 0), size - 1)]!;
      for (let t = 0; t < size * stretch; t++) {
        const place = (t + 0.5) / stretch - 0.5;
        const below = Math.floor(place);
        const value =
          (below + 1 - place) * parameter(below) + (place - below) * parameter(below + 1);
        taps.push((2 ** (count - 1 - s) * value) / norm);
      }
    }
    return taps.slice(0, length);
  }).flat();
}

/** Root of the expected square of one channel's kernel, for standard normal parameters. */
function expectedNorm(length: number, size: number): number {
  const count = 1 + Math.max(0, Math.ceil(Math.log2(length / size)));
  const parameters = count * 2 * width * size;
  let sum = 0;
  for (let at = 0; at < parameters; at++) {
    const one = new Float64Array(parameters);
    one[at] = 1;
    sum += kernelOf(one, length, size).reduce((total, tap) => total + tap * tap, 0);
  }
  return Math.sqrt(sum / (2 * width));
}

it.each([
  { length: 1, size: 2 },
  { length: 2, size: 2 },
  { length: 7, size: 2 },
  { length: 13, size: 3 },
])('agrees with loops over distances: %o', ({ length, size }) => {
  const mixer = sgconv.create({ length, width, layers: 2 }, { size, decay: 2 });
  const norm = expectedNorm(length, size);
  for (const isPadded of [false, true]) {
    checkParity(
      mixer,
      length,
      (x, p, real) => {
        const kernel = kernelOf(p.kernel!, length, size, norm);
        const weight = reference.bothWays(kernel, width, length);
        return reference.convolutionBlock(reference.masked(x, real), p, weight);
      },
      isPadded,
    );
  }
});

it('sees everything', () => {
  const mixer = sgconv.create({ length: 33, width, layers: 2 }, { size: 4, decay: 2 });
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 33)).toBe(32);
});

it('has parameters that grow with the logarithm of the length', () => {
  const shapeOf = (length: number) =>
    parameterOf(sgconv.create({ length, width, layers: 2 }, { size: 32, decay: 2 }), 'kernel')
      .shape;
  expect(shapeOf(512)).toEqual([5, 2 * width, 32]);
  expect(shapeOf(16_384)).toEqual([10, 2 * width, 32]);
});

it('starts from kernels of norm one', () => {
  const mixer = sgconv.create({ length: 512, width, layers: 2 }, { size: 32, decay: 2 });
  const kernel = parameterOf(mixer, 'kernel');
  const values = kernel.initialise(5 * 2 * width * 32, stream('kernel'));
  const scaled = kernelOf(values, 512, 32, expectedNorm(512, 32));
  const mean = scaled.reduce((sum, tap) => sum + tap * tap, 0) / (2 * width);
  expect(Math.abs(mean - 1)).toBeLessThan(0.3);
});
