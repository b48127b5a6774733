/**
 * What state-space models do with the mixed channels z, as in S4 (Gu et al. 2022,
 * https://arxiv.org/abs/2111.00396), the same for all of them, so that they differ in nothing but how
 * they mix:
 *
 *   y = GLU(GELU(z) W + b),   GLU(a, g) = a ∘ σ(g)
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { scaledGelu } from '../ops/activations.ts';
import { dense } from '../ops/dense.ts';
import { fanIn, zeros } from '../ops/initialise.ts';
import type { MixerShape, Parameter, Parameters } from '../mixer.ts';

/** `output` and `outputBias`. */
export function gatedOutputParameters({ width, layers }: MixerShape): Parameter[] {
  return [
    {
      name: 'output',
      shape: [width, 2 * width],
      initialise: fanIn(width, 1 / Math.sqrt(2 * layers)),
    },
    { name: 'outputBias', shape: [2 * width], initialise: zeros, decay: false },
  ];
}

/**
 * z / √2 [B, L, d] -> y [B, L, d]: the factor is GELU's, see `scaledGelu`, and costs nothing in the
 * matrix that made z.
 */
export function gatedOutput(halfZ: Tensor, p: Parameters): Tensor {
  const gated = dense(scaledGelu(halfZ), tf.mul(p.output!, Math.SQRT1_2), p.outputBias!); // [B, L, 2d]
  const [value, gate] = tf.split(gated, 2, 2) as [Tensor, Tensor];
  return tf.mul(value, tf.sigmoid(gate));
}
