/**
 * The step back by one token that all models share, right after the embedding:
 *
 *   y_t = x_t + x_{t−1} W,   x_{−1} = 0
 *
 * Gated recurrences bind a value to the key beside it by a short convolution (Gu, Dao 2023,
 * https://arxiv.org/abs/2312.00752) or a token shift (Peng et al. 2023,
 * https://arxiv.org/abs/2305.13048, §3.1.1); attention and state spaces have to learn that step
 * first. With one step for everyone, a task about distance does not rank models by it.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { dense } from '../ops/dense.ts';
import { dims, pad } from '../ops/tensors.ts';
import { matrix } from '../parameters.ts';
import type { Size } from './size.ts';

/** Tokens that the step adds to how far a model sees back. */
export const shiftReach = ({ shift = 'none' }: Pick<Size, 'shift'>): number =>
  shift === 'learned' ? 1 : 0;

export const shiftParameter = ({ shift, width }: Pick<Size, 'shift' | 'width'>) =>
  shift === 'learned' ? matrix(width, width) : undefined;

/** x [B, L, d], one sequence per row, with padding at its end -> [B, L, d]. */
export function shiftTokens(x: Tensor, weight: Tensor | undefined): Tensor {
  if (!weight) return x;
  const [batch, length, width] = dims(x, 3);
  const before =
    length === 1
      ? tf.zerosLike(x)
      : pad(tf.slice(x, [0, 0, 0], [batch, length - 1, width]), 1, 1, 0);
  return tf.add(x, dense(before, weight));
}
