/**
 * A bag of n-grams, the control for order: what can be had from counting short windows, whatever
 * stands between them. Each block looks at the last w tokens and at the mean of that over the
 * sequence,
 *
 *   f_i = GELU(Σ_t x_{i − t} U_t + a),  0 ≤ t < w,   y_i = f_i V + norm(mean_j f_j) W + b
 *
 * with zeros before the first token. The norm is a layer's: what one window adds to a mean gets
 * smaller the longer the sequence. A position of a model of n blocks then depends on its own last
 * m = n (w − 1) + 1 tokens and, beyond these, on nothing but how often each m-gram occurs in the
 * sequence, where a start of m − 1 blanks counts as part of it. Two sequences with the same m-grams
 * and the same first m − 1 tokens get the same mean over positions, up to rounding; with the same
 * last m tokens as well, the same last position. Evidence is within its reach from any distance if
 * it shows within m tokens, and out of reach if it lies in the order of anything farther apart.
 */
import tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { denseGelu, overRoot2 } from '../ops/activations.ts';
import { dense } from '../ops/dense.ts';
import { layerNorm, normParameters } from '../ops/norm.ts';
import { meanPosition, usedPositions } from '../ops/readout.ts';
import { neighbourhoods } from '../ops/shortConvolution.ts';
import { bias, intoResidual, matrix } from '../parameters.ts';

const options = z.strictObject({
  /** Tokens in a block's window, w. */
  window: z.int().min(1).default(3),
});

export const bagOfNgrams: MixerDefinition<typeof options> = {
  name: 'bag-of-ngrams',
  title: 'Bag of n-grams',
  family: 'control',
  year: 2016,
  paper: {
    title: 'Bag of Tricks for Efficient Text Classification',
    url: 'https://arxiv.org/abs/1607.01759',
  },
  causal: false,
  cost: 'L·window',
  options,
  create(shape, { window }) {
    const { width } = shape;
    return buildMixer({
      parameters: {
        window: matrix(window * width, width),
        windowBias: bias(width),
        norm: normParameters(width),
        own: intoResidual(width, shape),
        bag: intoResidual(width, shape),
        outputBias: bias(width),
      },
      reach: Infinity,
      stateSize: window * width,
      apply(x, p, { mask, lastOnly }) {
        const near = neighbourhoods(x, window, window - 1); // [B, L, w·d]
        const f = denseGelu(near, p.window, p.windowBias); // √2 times GELU
        const mean = overRoot2(meanPosition(f, mask)); // [B, 1, d]
        const bag = dense(layerNorm(mean, p.norm), p.bag, p.outputBias);
        return tf.add(dense(usedPositions(f, lastOnly), overRoot2(p.own)), bag);
      },
    });
  },
};
