/**
 * Running sums along any axis. The gradient of tfjs's own `cumsum` is right along the last axis only:
 * along another one it comes back with its axes exchanged (tfjs-core, gradients/Cumsum_grad.ts).
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { withGradient } from './tensors.ts';

export interface Cumulation {
  /** Leaves each entry out of its own sum: Σ over earlier entries only. */
  exclusive?: boolean;
  /** Sums from the last entry to the first. */
  reverse?: boolean;
}

/** y_t = Σ_{s ≤ t} x_s along `axis`, of the shape of x. */
export function cumulate(
  x: Tensor,
  axis: number,
  { exclusive = false, reverse = false }: Cumulation = {},
): Tensor {
  return withGradient(
    (x: Tensor) => ({ value: tf.cumsum(x, axis, exclusive, reverse), saved: [] }),
    (dy) => [tf.cumsum(dy, axis, exclusive, !reverse)],
  )(x);
}
