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
import { dense } from '../ops/dense.ts';
import { normal } from '../ops/initialise.ts';
import type { TensorsOf } from '../parameters.ts';
import type { ModelShape } from './shape.ts';

/**
 * Standard deviation of the embedding and of learned positions at the start. As small as in BERT and
 * GPT, so that a mixer's output outweighs the token itself in the residual stream from the first
 * step on.
 */
export const embeddingStd = 0.02;

type InputShape = Pick<ModelShape, 'vocabulary' | 'input'>;

export function embeddingParameters({ vocabulary, input }: InputShape, width: number) {
  const initialise = normal(embeddingStd);
  if (input !== 'levels') return { embedding: { shape: [vocabulary + 1, width], initialise } };
  return {
    level: { shape: [2, width], initialise },
    // Not zero: the first norm takes the length away from v · w, and only the sign would be left.
    levelBias: { shape: [width], initialise, decay: false },
  };
}

/** tokens [B, L] int32, of which `vocabulary` is the mask token -> [B, L, d] */
export function embed(
  tokens: Tensor,
  vocabulary: number,
  p: TensorsOf<ReturnType<typeof embeddingParameters>>,
): Tensor {
  if (p.embedding) return tf.gather(p.embedding, tokens);
  const ids = tf.cast(tokens, 'float32');
  const hidden = tf.cast(tf.equal(tokens, tf.scalar(vocabulary, 'int32')), 'float32');
  // Ids 1 to vocabulary − 1 are the levels from black to white.
  const value = tf.sub(tf.mul(tf.sub(ids, 1), 2 / Math.max(1, vocabulary - 2)), 1);
  const shown = tf.mul(value, tf.sub(1, hidden));
  return dense(tf.stack([shown, hidden], 2), p.level, p.levelBias);
}
