/**
 * The output layer of state-space models, from the mixed channels z, as in S4 (Gu et al. 2022,
 * https://arxiv.org/abs/2111.00396), the same for all of them, so that they differ only in how
 * they mix:
 *
 *   y = GLU(GELU(z) W + b),   GLU(a, g) = a ∘ σ(g)
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { MixerShape } from '../mixer.ts';
import { geluDense } from '../ops/activations.ts';
import { split } from '../ops/tensors.ts';
import { bias, matrix, residualGain, type Tensors } from '../parameters.ts';

export const gatedOutputParameters = ({ width, layers }: MixerShape) => ({
  output: matrix(width, 2 * width, residualGain(layers)),
  outputBias: bias(2 * width),
});

/**
 * z / √2 [B, L, d] -> y [B, L, d]: the factor is GELU's, see `scaledGelu`, and costs nothing in the
 * matrix that made z.
 */
export function gatedOutput(
  zOverRoot2: Tensor,
  { output, outputBias }: Tensors<'output' | 'outputBias'>,
): Tensor {
  const gated = geluDense(zOverRoot2, output, outputBias); // [B, L, 2d]
  const [value, gate] = split(gated, 2, 2);
  return tf.mul(value, tf.sigmoid(gate));
}
