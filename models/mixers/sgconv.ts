/**
 * SGConv (Li et al. 2022, https://arxiv.org/abs/2210.09298): a long convolution whose kernel has a
 * number of parameters that grows with log L only. Sub-kernels of the same few parameters are
 * stretched over twice the distance, and weighed half as much, from one to the next:
 *
 *   y = GLU(GELU(K * x + D ∘ x) W + b),
 *   K = (1/Z) [ 2^(S−1) · w_0,  2^(S−2) · w_1,  2^(S−3) · up(w_2, 2),  …,  up(w_{S−1}, 2^(S−2)) ]
 *
 * bidirectional, with S = 1 + ⌈log₂(L / size)⌉ sub-kernels w_s [2, d, size] that start standard
 * normal and learn at a tenth of the rate; `up` interpolates linearly. Z is the norm that a kernel
 * of L taps is expected to have at the start; the authors' code divides by the norm that it has.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { normal } from '../ops/initialise.ts';
import { learnsAt } from '../parameters.ts';
import {
  bothSides,
  convolutionBlock,
  convolutionBlockParameters,
} from '../recurrence/convolutionBlock.ts';

const options = z.strictObject({
  /** Parameters of a sub-kernel, a channel and direction. */
  size: z.int().min(1).default(32),
  /** How many times less a sub-kernel weighs than the one before it. */
  decay: z.number().min(1).default(2),
});

export const sgconv: MixerDefinition<typeof options> = {
  name: 'sgconv',
  title: 'SGConv',
  family: 'convolution',
  year: 2022,
  paper: {
    title: 'What Makes Convolutional Models Great on Long Sequence Modeling?',
    url: 'https://arxiv.org/abs/2210.09298',
  },
  causal: false,
  cost: 'L√L',
  notes: [
    'Kernels are divided by the norm that they are expected to have at the start; the authors’ by the norm that each has.',
  ],
  options,
  create(shape, { size, decay }) {
    const { length, width } = shape;
    const pieces = subKernels(length, size, decay);
    const norm = Math.sqrt(pieces.reduce((sum, { matrix }) => sum + squares(matrix), 0));
    return buildMixer({
      parameters: {
        kernel: {
          shape: [pieces.length, 2 * width, size],
          initialise: normal(1),
          ...learnsAt(0.1),
          perPosition: true,
        },
        ...convolutionBlockParameters(shape),
      },
      reach: Infinity,
      stateSize: length * width,
      apply(x, p, input) {
        const stretched = pieces.map(({ matrix, taps }, s): Tensor => {
          const weights = tf.reshape(tf.slice(p.kernel, [s, 0, 0], [1, 2 * width, size]), [
            2 * width,
            size,
          ]);
          const scaled = Float32Array.from(matrix, (value) => value / norm);
          return tf.matMul(weights, tf.tensor2d(scaled, [size, taps]));
        });
        const kernel = tf.reshape(tf.concat(stretched, 1), [2, width, length]);
        return convolutionBlock(x, p, bothSides(kernel), input);
      },
    });
  },
};

interface SubKernel {
  /** [size, taps], row-major: from parameters to weights. */
  matrix: Float64Array;
  taps: number;
}

/** Interpolation and decay of every sub-kernel as one matrix; the last is cut at the sequence's end. */
function subKernels(length: number, size: number, decay: number): SubKernel[] {
  const count = 1 + Math.max(0, Math.ceil(Math.log2(length / size)));
  const found: SubKernel[] = [];
  for (let s = 0, start = 0; s < count; s++) {
    const factor = 2 ** Math.max(0, s - 1);
    const taps = Math.min(size * factor, length - start);
    const matrix = new Float64Array(size * taps);
    for (let t = 0; t < taps; t++) {
      // Taps lie in the middle of their cells, as parameters do of theirs; edges are repeated.
      const at = Math.min(Math.max((t + 0.5) / factor - 0.5, 0), size - 1);
      const [left, share] = [Math.floor(at), at % 1];
      matrix[left * taps + t]! += (1 - share) * decay ** (count - 1 - s);
      if (share > 0) matrix[(left + 1) * taps + t]! += share * decay ** (count - 1 - s);
    }
    found.push({ matrix, taps });
    start += taps;
  }
  return found;
}

const squares = (values: Float64Array) => values.reduce((sum, value) => sum + value * value, 0);
