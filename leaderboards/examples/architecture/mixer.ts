/**
 * Token shift (RWKV, Peng et al. 2023, https://arxiv.org/abs/2305.13048, §3.1.1), on its own: every
 * channel mixes a token with the one before it,
 *
 *   y_t = a ⊙ x_t + b ⊙ x_{t−1},   x_{−1} = 0
 *
 * The smallest mixer that moves anything; copy the file and put your own in its place.
 */
import tf from '@tensorflow/tfjs';
import { z } from 'zod';
import {
  buildMixer,
  constant,
  OptionError,
  pad,
  type MixerDefinition,
} from '../../../models/index.ts';

const options = z.strictObject({
  /** Tokens between a token and the one that it is mixed with. */
  shift: z.int().min(1).default(1),
});

export const mixer: MixerDefinition<typeof options> = {
  name: 'token-shift',
  title: 'Token shift',
  family: 'convolution',
  year: 2023,
  paper: {
    title: 'RWKV: Reinventing RNNs for the Transformer Era',
    url: 'https://arxiv.org/abs/2305.13048',
  },
  causal: true,
  cost: 'L',
  options,
  create({ length, width }, { shift }) {
    if (shift >= length) {
      throw new OptionError(`option shift is ${shift}, expected less than the length, ${length}`);
    }
    return buildMixer({
      parameters: {
        here: { shape: [width], initialise: constant(0.5) },
        before: { shape: [width], initialise: constant(0.5) },
      },
      reach: shift,
      stateSize: shift * width,
      // x [B, L, d] -> [B, L, d]
      apply(x, { here, before }) {
        const kept = tf.slice(x, [0, 0, 0], [x.shape[0], length - shift, width]);
        return tf.add(tf.mul(x, here), tf.mul(pad(kept, 1, shift, 0), before));
      },
    });
  },
};
