/**
 * How a model that mixes by content learns where tokens stand.
 *
 * Sinusoidal (Vaswani et al. 2017) and learned vectors are added to the embedding; rotary
 * (Su et al. 2021, https://arxiv.org/abs/2104.09864) turns queries and keys; ALiBi (Press et al.
 * 2021, https://arxiv.org/abs/2108.12409) subtracts from the scores a slope times the distance.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { OptionError } from '../../core/errors.ts';
import type { AdditivePositions } from '../mixer.ts';

export const positionsSchema = z.enum(['sinusoidal', 'learned', 'rotary', 'alibi', 'none']);
export type Positions = z.infer<typeof positionsSchema>;

/** For attention that is not by distance, from which there is nothing to subtract. */
export const positionsWithoutAlibi = positionsSchema.exclude(['alibi']);

/** For mixers whose keys or queries stand for more than one position, or are compared by hashes. */
export const addedPositions = positionsSchema.exclude(['alibi', 'rotary']);

/** The part that the backbone adds to the embedding. */
export function additive(positions: Positions): AdditivePositions | undefined {
  return positions === 'sinusoidal' || positions === 'learned' ? positions : undefined;
}

const base = 10_000;

/** Angle of position `i` in pair `c` of `channels / 2` pairs. */
function angle(i: number, c: number, channels: number): number {
  return i / base ** ((2 * c) / channels);
}

/** [L, d]: sines of d/2 frequencies, then their cosines. */
export function sinusoidalTable(length: number, width: number): Float32Array {
  const table = new Float32Array(length * width);
  const pairs = Math.ceil(width / 2);
  for (let i = 0; i < length; i++) {
    for (let c = 0; c < width; c++) {
      const phase = angle(i, c % pairs, width);
      table[i * width + c] = c < pairs ? Math.sin(phase) : Math.cos(phase);
    }
  }
  return table;
}

/** @throws OptionError where heads have an odd number of channels, which rotary cannot pair. */
export function checkRotary(positions: Positions, channels: number): void {
  if (positions === 'rotary' && channels % 2 !== 0) {
    throw new OptionError(
      `option positions: rotary needs an even number of channels per head, and there are ${channels}; ` +
        'choose heads so that width / heads is even',
    );
  }
}

/**
 * Turns channels c and c + dh/2 of queries or keys by the position's angle: x ∘ cos + (x J) ∘ sin,
 * where J is the quarter turn of all pairs. A product q_i · k_j then depends on i − j only.
 *
 * @param x [..., L, dh], or [..., dh, L] with `channelsFirst`
 * @param first position of the first row
 */
export function rotate(x: Tensor, first = 0, channelsFirst = false): Tensor {
  const [rows, columns] = [x.shape.at(-2)!, x.shape.at(-1)!];
  const [length, channels] = channelsFirst ? [columns, rows] : [rows, columns];
  const half = channels / 2;
  const table = (wave: (phase: number) => number) => {
    const values = Array.from({ length }, (_, i) =>
      Array.from({ length: channels }, (_, c) => wave(angle(first + i, c % half, channels))),
    );
    const matrix = tf.tensor2d(values, [length, channels]);
    return channelsFirst ? tf.transpose(matrix) : matrix;
  };
  const quarterTurn = tf.tensor2d(
    Array.from({ length: channels }, (_, from) =>
      Array.from({ length: channels }, (_, to) =>
        to === from + half ? 1 : to === from - half ? -1 : 0,
      ),
    ),
    [channels, channels],
  );
  const turned = channelsFirst
    ? tf.matMul(quarterTurn, x, true)
    : tf.reshape(tf.matMul(tf.reshape(x, [-1, channels]), quarterTurn), x.shape);
  return tf.add(tf.mul(x, table(Math.cos)), tf.mul(turned, table(Math.sin)));
}

/**
 * Slope of each head: the geometric sequence from 2^(−8/n) to 2^(−8); for a number of heads that
 * is no power of two, that of the next lower power, then every other one of the next higher.
 */
export function alibiSlopes(heads: number): number[] {
  const sequence = (n: number) => Array.from({ length: n }, (_, h) => 2 ** ((-8 * (h + 1)) / n));
  const lower = 2 ** Math.floor(Math.log2(heads));
  const rest = sequence(2 * lower).filter((_, h) => h % 2 === 0);
  return [...sequence(lower), ...rest.slice(0, heads - lower)];
}

/**
 * i − j for queries i from position `first` on and all keys j: [length − first, length]. It is made
 * of a few nodes, so that no program carries a constant as large as the scores.
 */
export function distances(first: number, length: number): Tensor {
  const queries = tf.reshape(tf.range(first, length), [length - first, 1]);
  return tf.sub(queries, tf.reshape(tf.range(0, length), [1, length]));
}
