/**
 * States of a diagonal time-invariant recurrence, run over a sequence from both ends, for models in
 * which all channels share one state vector (S5, LRU):
 *
 *   x_t = λ ∘ x_{t−1} + u_t,   x'_t = λ ∘ x'_{t+1} + u_t,   λ and u complex, N of each
 *
 * Both include the token itself, as in S5.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { Complex } from '../ops/complex.ts';
import { lastPosition } from '../ops/readout.ts';
import { complexScan } from '../ops/scan.ts';
import { split } from '../ops/tensors.ts';

/**
 * Real and imaginary parts side by side: u [B, L, 2·N] -> [x, x'] [B, L, 4·N], or [B, 1, 4·N] for the
 * last token alone.
 *
 * @param lambda [N] each
 */
export function bidirectionalStates(lambda: Complex, u: Tensor, lastOnly = false): Tensor {
  const factor: Complex = {
    re: tf.reshape(lambda.re, [1, 1, -1]),
    im: tf.reshape(lambda.im, [1, 1, -1]),
  };
  const run = (u: Tensor): Tensor => {
    const [re, im] = split(u, 2, 2);
    const states = complexScan(factor, { re, im });
    return tf.concat([states.re, states.im], 2);
  };
  // Nothing follows the last token, so that its state from behind is its input.
  if (lastOnly) return tf.concat([lastPosition(run(u)), lastPosition(u)], 2);
  // Both directions as one scan of twice the batch: half as many operations, each twice as large.
  const both = run(tf.concat([u, tf.reverse(u, 1)], 0));
  const [forward, backward] = split(both, 2, 0);
  return tf.concat([forward, tf.reverse(backward, 1)], 2);
}
