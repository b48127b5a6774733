/**
 * FNet (Lee-Thorp et al. 2021, https://arxiv.org/abs/2105.03824): the real part of the discrete
 * Fourier transform over channels and positions, and not one parameter:
 *
 *   y = Re(F_L x F_d) / √(L d),   (F_n)_fk = e^(−2πi f k / n)
 *
 * The paper leaves out the factor and normalises after the residual sum; in a model that normalises
 * before it, outputs would be √(L d) times as large as the residual stream.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { addedPositions, additive } from '../attention/positions.ts';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { dense } from '../ops/dense.ts';
import { realTransform, realTransformLast, waves } from '../ops/fourier.ts';
import { withoutPadding } from '../ops/readout.ts';

const options = z.strictObject({
  positions: addedPositions.default('learned'),
});

export const fnet: MixerDefinition<typeof options> = {
  name: 'fnet',
  title: 'FNet',
  family: 'efficient attention',
  year: 2021,
  paper: {
    title: 'FNet: Mixing Tokens with Fourier Transforms',
    url: 'https://arxiv.org/abs/2105.03824',
  },
  causal: false,
  cost: 'L√L',
  notes: [
    'Outputs are divided by √(L d), because this backbone normalises before a block and not after it.',
  ],
  stretches: () =>
    'Its frequencies are fractions of the length, so each means another distance in a longer sequence.',
  options,
  create({ length, width }, { positions }) {
    return buildMixer({
      parameters: {},
      reach: Infinity,
      positions: additive(positions),
      stateSize: length * width,
      apply(x, _, { mask, lastOnly }) {
        const u = withoutPadding(x, mask);
        const channels = (wave: (phase: number) => number): Tensor => {
          const scale = 1 / Math.sqrt(length * width);
          return dense(u, tf.mul(tf.tensor2d(waves(width, wave), [width, width]), scale));
        };
        const re = channels(Math.cos);
        const im = channels((phase) => -Math.sin(phase));
        return lastOnly ? realTransformLast(re, im) : realTransform(re, im);
      },
    });
  },
};
