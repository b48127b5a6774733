/**
 * A residual convolution of bounded reach, the control of the locality study (Miralles-González et
 * al. 2025, https://arxiv.org/abs/2501.14850), whose kernels had 5, 7, 11, 21, 31 or 61 taps:
 *
 *   y_i = GELU(Σ_t C_t x_{i + t − ⌊K/2⌋} + a) W + b,   0 ≤ t < K
 *
 * C_t is diagonal (`depthwise`) or full. n blocks see n · ⌊K/2⌋ tokens to either side and not one
 * bit of anything beyond: whatever such a model gets right needs no longer dependencies.
 */
import tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { OptionError } from '../../core/errors.ts';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { geluDense, overRoot2 } from '../ops/activations.ts';
import { dense } from '../ops/dense.ts';
import { fanIn } from '../ops/initialise.ts';
import { usedPositions, withoutPadding } from '../ops/readout.ts';
import {
  lastTokens,
  neighbourhoods,
  shortConvolve,
  shortConvolveLast,
} from '../ops/shortConvolution.ts';
import { bias, intoResidual } from '../parameters.ts';

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
  create(shape, { kernel, kind }) {
    const { length, width } = shape;
    if (kernel % 2 === 0) {
      throw new OptionError(
        `option kernel: ${kernel} is even; expected an odd number, so that a token sees as far ` +
          `to both sides, such as ${kernel + 1}`,
      );
    }
    const side = (kernel - 1) / 2;
    const isFull = kind === 'full';
    return buildMixer({
      parameters: {
        kernel: {
          shape: isFull ? [kernel * width, width] : [kernel, width],
          initialise: fanIn(isFull ? kernel * width : kernel),
        },
        kernelBias: bias(width),
        output: intoResidual(width, shape),
        outputBias: bias(width),
      },
      reach: side,
      stateSize: Math.min(kernel, length) * width,
      apply(x, p, { mask, lastOnly }) {
        const u = withoutPadding(x, mask);
        const weights = overRoot2(p.kernel);
        const z = isFull
          ? dense(neighbourhoods(lastOnly ? lastTokens(u, side + 1) : u, kernel, side), weights)
          : (lastOnly ? shortConvolveLast : shortConvolve)(u, weights, side);
        const one = usedPositions(z, lastOnly);
        return geluDense(tf.add(one, overRoot2(p.kernelBias)), p.output, p.outputBias);
      },
    });
  },
};
