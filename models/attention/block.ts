/**
 * Softmax attention in which a block of queries shares its keys: its own block and, by
 * choice, the blocks beside it, tokens that all queries see, and blocks from anywhere. Time and memory
 * are the length times the number of keys per block.
 *
 * A key that is not seen has weight exactly 0, and each key occurs once.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { dense } from '../ops/dense.ts';
import { gatherBlocks } from '../ops/gatherBlocks.ts';
import { dims, split } from '../ops/tensors.ts';
import { blocks, unblock, windows } from '../ops/windows.ts';
import type { Tensors } from '../parameters.ts';
import { attend, outOfReach, padding, splitHeads } from './attention.ts';
import { rotate, type Positions } from './positions.ts';

export interface BlockPattern {
  /** Tokens per block. */
  size: number;
  /** Blocks to either side that a block sees besides itself: 0 or 1. */
  neighbours: number;
  /** Largest distance at which a key of those blocks is seen; any when absent. */
  window?: number;
  /** Tokens that every query sees. */
  ends?: Ends;
  /** Further blocks, the same number for each block; −1 for none. None of them may be seen already. */
  others?: number[][];
}

/** How many tokens at either end of a sequence; together no more than it has. */
export interface Ends {
  first: number;
  last: number;
}

/** q (scaled by 1/√dh), k, v: [B, H, L, dh] */
export interface Heads {
  q: Tensor;
  k: Tensor;
  v: Tensor;
}

/** x [B, L, d] -> queries, keys and values from `qkv` and `qkvBias`, turned where positions are rotary. */
export function projectHeads(
  x: Tensor,
  { qkv, qkvBias }: Tensors<'qkv' | 'qkvBias'>,
  heads: number,
  positions: Positions,
): Heads {
  const all = splitHeads(dense(x, qkv, qkvBias), 3 * heads);
  const [q, k, v] = split(all, 3, 1);
  const turn = positions === 'rotary' ? rotate : (x: Tensor) => x;
  return { q: tf.mul(turn(q), 1 / Math.sqrt(q.shape[3]!)), k: turn(k), v };
}

/**
 * -> [B, H, L, dh]
 *
 * @param slopes ALiBi's, one per head, for keys of the blocks nearby; [0] for none
 * @param mask [B, L], 0 for padding
 */
export function blockAttention(
  { q, k, v }: Heads,
  pattern: BlockPattern,
  slopes: number[],
  mask?: Tensor,
): Tensor {
  const [batch, heads, length, channels] = dims(q, 4);
  const { size } = pattern;
  const rows = (t: Tensor) => tf.reshape(t, [batch * heads, length, channels]);
  const perHead = (t: Tensor) => tf.reshape(t, [batch, heads, ...t.shape.slice(1)]);
  const o = attend({
    q: perHead(blocks(rows(q), size)), // [B, H, n, size, dh]
    k: perHead(keysOf(rows(k), pattern)), // [B, H, n, K, dh]
    v: perHead(keysOf(rows(v), pattern)),
    bias: nearBias(pattern, slopes),
    keyBias: keyBias(pattern, [batch, heads, length], mask),
  });
  const whole = unblock(tf.reshape(o, [batch * heads, ...o.shape.slice(2)]), length);
  return perHead(whole);
}

/**
 * Lets the tokens at the ends see everything: o [B, H, L, dh] with their rows replaced by full
 * attention.
 */
export function withSeeingEnds(
  o: Tensor,
  { q, k, v }: Heads,
  { first, last }: Ends,
  mask?: Tensor,
): Tensor {
  const [batch, heads, length, channels] = dims(o, 4);
  const rows = (t: Tensor, from: number, count: number) =>
    tf.slice(t, [0, 0, from, 0], [batch, heads, count, channels]);
  const padded = mask && tf.mul(tf.sub(1, tf.reshape(mask, [batch, 1, length, 1])), padding);
  const full = attend({
    q: tf.concat([rows(q, 0, first), rows(q, length - last, last)], 2), // [B, H, first + last, dh]
    k,
    v,
    keyBias: padded && tf.mul(padded, tf.ones([1, heads, 1, 1])),
  });
  const between = rows(o, first, length - first - last);
  return tf.concat([rows(full, 0, first), between, rows(full, first, last)], 2);
}

/** The keys that each block sees: x [M, L, c] -> [M, n, K, c]. */
function keysOf(x: Tensor, { size, neighbours, ends, others }: BlockPattern): Tensor {
  const [outer, length, channels] = dims(x, 3);
  const count = Math.ceil(length / size);
  const parts = [neighbours === 1 ? windows(x, size) : blocks(x, size)];
  if (ends) {
    const every = tf.ones([1, count, 1, 1]);
    const from = (first: number, rows: number) => {
      const part = tf.slice(x, [0, first, 0], [outer, rows, channels]);
      return tf.mul(tf.expandDims(part, 1), every);
    };
    if (ends.first > 0) parts.push(from(0, ends.first));
    if (ends.last > 0) parts.push(from(length - ends.last, ends.last));
  }
  if (others?.[0]?.length) parts.push(gatherBlocks(blocks(x, size), others));
  return parts.length === 1 ? parts[0]! : tf.concat(parts, 2);
}

/**
 * By distance from the query to keys nearby, the same for all blocks: 0 less slope · distance
 * within the window, `outOfReach` beyond; 0 for all other keys: [1, slopes, 1, size, K].
 */
function nearBias(pattern: BlockPattern, slopes: number[]): Tensor | undefined {
  const { size, neighbours, window = Infinity, ends, others } = pattern;
  const near = (1 + 2 * neighbours) * size;
  const farthest = (1 + neighbours) * size - 1;
  if (window >= farthest && slopes.every((slope) => slope === 0)) return undefined;
  const far = ends ? ends.first + ends.last : 0;
  const keys = near + far + (others?.[0]?.length ?? 0) * size;
  const bias = new Float32Array(slopes.length * size * keys);
  let at = 0;
  for (const slope of slopes) {
    for (let i = 0; i < size; i++) {
      for (let key = 0; key < keys; key++) {
        const distance = Math.abs(i - (key - neighbours * size));
        if (key < near) bias[at] = distance <= window ? -slope * distance : outOfReach;
        at++;
      }
    }
  }
  return tf.tensor(bias, [1, slopes.length, 1, size, keys]);
}

/**
 * By key, whether it is there, is not among the ends too, and is no padding: [B, H, n, K, 1];
 * nothing where all keys are seen.
 */
function keyBias(
  pattern: BlockPattern,
  [batch, heads, length]: [number, number, number],
  mask?: Tensor,
): Tensor | undefined {
  const { size, neighbours, ends = { first: 0, last: 0 }, others = [] } = pattern;
  const count = Math.ceil(length / size);
  const near = (1 + 2 * neighbours) * size;
  const bias: number[] = [];
  for (let block = 0; block < count; block++) {
    for (let key = 0; key < near; key++) {
      const j = (block - neighbours) * size + key;
      bias.push(j >= ends.first && j < length - ends.last ? 0 : outOfReach);
    }
    for (let key = 0; key < ends.first + ends.last; key++) bias.push(0);
    for (const other of others[block] ?? []) {
      for (let key = 0; key < size; key++) {
        const isThere = other >= 0 && other * size + key < length;
        bias.push(isThere ? 0 : outOfReach);
      }
    }
  }
  if (!mask && bias.every((value) => value === 0)) return undefined;
  const constant = tf.tensor(bias, [1, 1, count, bias.length / count, 1]);
  if (!mask) return tf.mul(constant, tf.ones([batch, heads, 1, 1, 1]));
  const padded = tf.mul(tf.sub(1, tf.expandDims(mask, 2)), padding); // [B, L, 1]
  const ofKeys = tf.expandDims(keysOf(padded, pattern), 1); // [B, 1, n, K, 1]
  return tf.mul(tf.add(ofKeys, constant), tf.ones([1, heads, 1, 1, 1]));
}
