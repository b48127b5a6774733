/**
 * A residual convolution of bounded reach, the control of the locality study (Miralles-González et
 * al. 2025, https://arxiv.org/abs/2501.14850), whose kernels had 5, 7, 11, 21, 31 or 61 taps:
 *
 *   y_i = GELU(Σ_t C_t x_{i + t − ⌊K/2⌋} + a) W + b,   0 ≤ t < K
 *
 * C_t is diagonal (`depthwise`) or full. n blocks see n · ⌊K/2⌋ tokens to either side and not one
 * bit of anything beyond: whatever such a model gets right needs no longer dependencies.
 */
import { OptionError } from '../../core/errors.ts';
import tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { scaledGelu } from '../ops/activations.ts';
import { dense } from '../ops/dense.ts';
import { fanIn, zeros } from '../ops/initialise.ts';
import type { MixerDefinition } from '../mixer.ts';
import { lastPosition } from '../ops/readout.ts';
import {
  lastTokens,
  neighbourhoods,
  shortConvolve,
  shortConvolveLast,
} from '../ops/shortConvolution.ts';

const options = z.strictObject({
  /** K, odd: taps of the kernel. */
  kernel: z.int().min(1).default(5),
  /** `depthwise`: a kernel for each channel. `full`: from all channels to all. */
  kind: z.enum(['depthwise', 'full']).default('depthwise'),
});

export const boundedConv: MixerDefinition<typeof options> = {
  name: 'bounded-conv',
  title: 'Bounded convolution',
  family: 'control',
  year: 2025,
  paper: {
    title: 'On the locality bias and results in the Long Range Arena',
    url: 'https://arxiv.org/abs/2501.14850',
  },
  causal: false,
  cost: 'L·kernel',
  options,
  create({ length, width, layers }, { kernel, kind }) {
    if (kernel % 2 === 0) {
      throw new OptionError(
        `option kernel: ${kernel} is even; expected an odd number, so that a token sees as far ` +
          `to both sides, such as ${kernel + 1}`,
      );
    }
    const side = (kernel - 1) / 2;
    const isFull = kind === 'full';
    return {
      parameters: [
        {
          name: 'kernel',
          shape: isFull ? [kernel * width, width] : [kernel, width],
          initialise: fanIn(isFull ? kernel * width : kernel),
        },
        { name: 'kernelBias', shape: [width], initialise: zeros, decay: false },
        {
          name: 'output',
          shape: [width, width],
          initialise: fanIn(width, 1 / Math.sqrt(2 * layers)),
        },
        { name: 'outputBias', shape: [width], initialise: zeros, decay: false },
      ],
      reach: side,
      stateSize: Math.min(kernel, length) * width,
      apply(x, p, { mask, lastOnly }) {
        const u = mask ? tf.mul(x, tf.expandDims(mask, 2)) : x;
        // GELU's factors 1/√2 go into the matrices around it.
        const weights = tf.mul(p.kernel!, Math.SQRT1_2);
        const z = isFull
          ? dense(neighbourhoods(lastOnly ? lastTokens(u, side + 1) : u, kernel, side), weights)
          : (lastOnly ? shortConvolveLast : shortConvolve)(u, weights, side);
        const one = lastOnly ? lastPosition(z) : z;
        const hidden = scaledGelu(tf.add(one, tf.mul(p.kernelBias!, Math.SQRT1_2)));
        return dense(hidden, tf.mul(p.output!, Math.SQRT1_2), p.outputBias);
      },
    };
  },
};
