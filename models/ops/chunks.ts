/**
 * Cuts a sequence into chunks for recurrences that run as matrix products within a chunk and pass a
 * state from chunk to chunk. All are causal, so the zeros that fill up the last chunk reach no token.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { dims, pad } from './tensors.ts';

/** An exponent that makes e^never exactly 0. */
export const never = -1e9;

/** x [B, L, H·c] -> [B, H, n, size, c], n = ⌈L / size⌉, filled up with zeros. */
export function intoChunks(x: Tensor, heads: number, size: number): Tensor {
  const [batch, length, width] = dims(x, 3);
  const count = Math.ceil(length / size);
  const whole = pad(x, 1, 0, count * size - length);
  const filled = tf.reshape(whole, [batch, count, size, heads, width / heads]);
  return tf.transpose(filled, [0, 3, 1, 2, 4]);
}

/**
 * Undoes `intoChunks`: [B, H, n, size, c] -> [B, L, H·c]. Of fewer chunks than the sequence has,
 * they are its last ones, and so are the tokens.
 */
export function fromChunks(x: Tensor, length: number): Tensor {
  const [batch, heads, count, size, channels] = dims(x, 5);
  const width = heads * channels;
  const filled = tf.reshape(tf.transpose(x, [0, 2, 3, 1, 4]), [batch, count * size, width]);
  const tokens = length - (Math.ceil(length / size) - count) * size;
  return tf.slice(filled, [0, 0, 0], [batch, tokens, width]);
}

/** 1 where row ≥ column, or row > column if `strict`; else 0: [size, size]. */
export function lowerTriangle(size: number, strict = false): Tensor {
  const values = Float32Array.from({ length: size * size }, (_, at) => {
    const [row, column] = [Math.floor(at / size), at % size];
    return row > column || (row === column && !strict) ? 1 : 0;
  });
  return tf.tensor2d(values, [size, size]);
}

/** x [B, H, n, ...] without the chunks before `first`. */
export function chunksFrom(x: Tensor, first: number): Tensor {
  if (first === 0) return x;
  const begin = x.shape.map((_, axis) => (axis === 2 ? first : 0));
  return tf.slice(
    x,
    begin,
    x.shape.map((size, axis) => size - begin[axis]!),
  );
}

/** c [..., C], running sums of log decays -> e^(c_i − c_j) for i ≥ j, else 0: [..., C, C]. */
export function decaysWithin(c: Tensor): Tensor {
  const mask = tf.mul(tf.sub(1, lowerTriangle(c.shape.at(-1)!)), never);
  const differences = tf.sub(tf.expandDims(c, -1), tf.expandDims(c, -2));
  return tf.exp(tf.add(differences, mask));
}
