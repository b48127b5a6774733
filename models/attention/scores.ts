/**
 * The inputs of softmax attention, and the parts that its two computations share: at once
 * (`attention.ts`) and in blocks (`inBlocks.ts`).
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

export interface Attention {
  /** [..., Q, dh], already scaled by 1/√dh. */
  q: Tensor;
  /** [..., K, dh] */
  k: Tensor;
  /** [..., K, dh] */
  v: Tensor;
  /** k and v are [..., dh, K] instead. */
  channelsFirst?: boolean;
  /** Constant factor of the products q · k, broadcasts to [..., Q, K]. Without `keyBias` only. */
  factor?: Tensor | undefined;
  /** Constant, broadcasts to [..., Q, K]. */
  bias?: Tensor | undefined;
  /** Constant, one number per key, in place of a channel of k: [..., K, 1] or [..., 1, K]. */
  keyBias?: Tensor | undefined;
  /** Whether the result has one more channel, ln Σ_j exp(score_ij), by which results are joined. */
  logSum?: boolean;
}

/** ln Σ_j exp(s_ij) from the scores and their softmax, by the key of the largest: [..., Q, 1]. */
export function logSums(scores: Tensor, weights: Tensor): Tensor {
  return tf.sub(tf.max(scores, -1, true), tf.log(tf.max(weights, -1, true)));
}

/** One more channel, of ones. */
export function withOnes(x: Tensor, channels: number): Tensor {
  const shape = x.shape.map((size, axis) => (axis === channels ? 1 : size));
  return tf.concat([x, tf.ones(shape)], channels);
}
