/**
 * Cuts a sequence into blocks, for mixers of linear cost, in which a token sees only the blocks around
 * its own.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { dims, pad } from './tensors.ts';

/** x [M, L, c] -> contiguous blocks [M, n, size, c], n = ⌈L / size⌉, filled up with zeros. */
export function blocks(x: Tensor, size: number): Tensor {
  const [outer, length, channels] = dims(x, 3);
  const count = Math.ceil(length / size);
  return tf.reshape(fill(x, 0, count * size - length, 0), [outer, count, size, channels]);
}

/**
 * x [M, L, c] -> each block with the one before and the one after: [M, n, 3 · size, c].
 * Tokens that the sequence does not have are `outside`.
 */
export function windows(x: Tensor, size: number, outside = 0): Tensor {
  const [outer, length, channels] = dims(x, 3);
  const count = Math.ceil(length / size);
  const filled = fill(x, size, (count + 1) * size - length, outside);
  const all = tf.reshape(filled, [outer, count + 2, size, channels]);
  const shifted = [0, 1, 2].map((shift) =>
    tf.slice(all, [0, shift, 0, 0], [outer, count, size, channels]),
  );
  return tf.concat(shifted, 2);
}

/** x [M, L, c] -> each block after the one before it: [M, n, 2 · size, c]; before the first, `outside`. */
export function withPrevious(x: Tensor, size: number, outside = 0): Tensor {
  const [outer, length, channels] = dims(x, 3);
  const count = Math.ceil(length / size);
  const filled = fill(x, size, count * size - length, outside);
  const all = tf.reshape(filled, [outer, count + 1, size, channels]);
  const shifted = [0, 1].map((shift) =>
    tf.slice(all, [0, shift, 0, 0], [outer, count, size, channels]),
  );
  return tf.concat(shifted, 2);
}

/** Undoes `blocks`: [M, n, size, c] -> [M, L, c]. */
export function unblock(x: Tensor, length: number): Tensor {
  const [outer, count, size, channels] = dims(x, 4);
  const filled = tf.reshape(x, [outer, count * size, channels]);
  return count * size === length ? filled : tf.slice(filled, [0, 0, 0], [outer, length, channels]);
}

function fill(x: Tensor, before: number, after: number, value: number): Tensor {
  if (before === 0 && after === 0) return x;
  return pad(x, 1, before, after, value);
}
