/**
 * How a sequence enters the model: tokens by a table, grey levels by a linear map of their value
 * (as S4 and self-pretraining read pictures; Amos et al. 2024, https://arxiv.org/abs/2310.02980):
 *
 *   tokens:  x_i = E[id_i]                    levels:  x_i = [v_i (1 − m_i), m_i] W + b
 *
 * with v in [−1, 1] from black to white and m = 1 where masked pretraining hides the pixel. Either
 * way there is one id more than the task has, the mask token, in every regime, so that parameter
 * counts do not depend on the regime.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { ModelShape } from './backbone.ts';
import { dense } from '../ops/dense.ts';
import { normal } from '../ops/initialise.ts';
import type { Parameter, Parameters } from '../mixer.ts';

/**
 * Standard deviation of the embedding and of learned positions at the start. As small as in BERT and
 * GPT, so that from the first step on what a mixer brings from other positions weighs more in the
 * residual stream than the token itself.
 */
export const embeddingStd = 0.02;

type InputShape = Pick<ModelShape, 'vocabulary' | 'input'>;

export function embeddingParameters({ vocabulary, input }: InputShape, width: number): Parameter[] {
  const initialise = normal(embeddingStd);
  if (input !== 'levels')
    return [{ name: 'embedding', shape: [vocabulary + 1, width], initialise }];
  return [
    { name: 'level', shape: [2, width], initialise },
    // Not zero: the first norm takes the length away from v · w, and only the sign would be left.
    { name: 'levelBias', shape: [width], initialise, decay: false },
  ];
}

/** tokens [B, L] int32 -> [B, L, d] */
export function embed(tokens: Tensor, { vocabulary, input }: InputShape, p: Parameters): Tensor {
  if (input !== 'levels') return tf.gather(p.embedding!, tokens);
  const ids = tf.cast(tokens, 'float32');
  const hidden = tf.cast(tf.equal(tokens, tf.scalar(vocabulary, 'int32')), 'float32');
  // Ids 1 to vocabulary − 1 are the levels from black to white.
  const value = tf.sub(tf.mul(tf.sub(ids, 1), 2 / Math.max(1, vocabulary - 2)), 1);
  const shown = tf.mul(value, tf.sub(1, hidden));
  return dense(tf.stack([shown, hidden], 2), p.level!, p.levelBias!);
}
