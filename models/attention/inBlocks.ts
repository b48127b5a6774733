/**
 * Softmax attention in blocks of queries whose weights are computed again for the gradient, instead
 * of being kept (Rabe and Staats 2021, https://arxiv.org/abs/2112.05682; Dao et al. 2022,
 * https://arxiv.org/abs/2205.14135): memory grows with the length, not with its square.
 *
 *   forward:   o_i = softmax_j(s_ij) v_j,   lse_i = ln Σ_j exp s_ij
 *   backward:  P_ij = exp(s_ij − lse_i),   dS = P ∘ (dP − δ + dlse),   δ_i = do_i · o_i
 *
 * It takes about a third more time, so it is used only where the scores are large. lse is
 * subtracted by one more channel of q and k. That saves a pass over the scores, and makes the product
 * differ from that of the forward pass, which a compiler would otherwise keep in memory for reuse.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { prod } from '../../core/math.ts';
import { pad, splitSizes, withGradient } from '../ops/tensors.ts';
import { logSums, withOnes, type Attention } from './scores.ts';

/** Maximum bytes of the scores of a layer that are kept, and of one block where they are not. */
const maxKept = 2 ** 29;
const maxAtOnce = 2 ** 26;

/** Blocks that the queries are cut into; 1 where all weights are kept. */
export function blocksOf({ q, k, channelsFirst = false }: Attention): number {
  const queries = q.shape.at(-2)!;
  const bytes = 4 * (q.size / q.shape.at(-1)!) * k.shape.at(channelsFirst ? -1 : -2)!;
  return bytes > maxKept ? Math.min(queries, Math.ceil(bytes / maxAtOnce)) : 1;
}

/** As `attend`, in `count` blocks of queries or fewer: -> [..., Q, dh]. */
export function attendInBlocks(attention: Attention, count: number): Tensor {
  const { q, k, v, channelsFirst = false, factor, bias, keyBias, logSum = false } = attention;
  const rows = q.rank - 2;
  const queries = q.shape[rows]!;
  const size = Math.ceil(queries / count);
  const starts = Array.from({ length: Math.ceil(queries / size) }, (_, i) => i * size);
  const channels = q.rank - 1;
  const keyChannels = channelsFirst ? k.rank - 2 : k.rank - 1;
  const byKeys = (a: Tensor, b: Tensor) => tf.matMul(a, b, false, !channelsFirst); // [..., n, K]
  const overKeys = (a: Tensor, b: Tensor) => tf.matMul(a, b, false, channelsFirst); // [..., n, dh]
  const overQueries = (weights: Tensor, x: Tensor) =>
    channelsFirst ? tf.matMul(x, weights, true) : tf.matMul(weights, x, true); // as k and v

  /** The rows of a block; of a tensor with one row for all queries, that row. */
  const block = (x: Tensor, start: number) => {
    const axis = x.rank - 2;
    if (x.shape[axis] === 1) return x;
    const begin = x.shape.map((_, i) => (i === axis ? start : 0));
    const count = x.shape.map((n, i) => (i === axis ? Math.min(size, queries - start) : n));
    return tf.slice(x, begin, count);
  };
  const constants = [
    ...(keyBias ? [keyBias] : []),
    ...(factor ? [factor] : []),
    ...(bias ? [bias] : []),
  ];
  const constantsOf = (saved: Tensor[]) => {
    const rest = [...saved];
    const next = (given: Tensor | undefined) => (given ? rest.shift() : undefined);
    return { keyBias: next(keyBias), factor: next(factor), bias: next(bias) };
  };
  const finish = (products: Tensor, start: number, { factor, bias }: Partial<Attention>) => {
    const scaled = factor ? tf.mul(products, block(factor, start)) : products;
    return bias ? tf.add(scaled, block(bias, start)) : scaled;
  };

  // Each block's outputs are joined into one tensor: otherwise the runtime may start all blocks at
  // once and keep every score matrix alive.
  return withGradient(
    (q: Tensor, k: Tensor, v: Tensor) => {
      const keys = keyBias ? tf.concat([k, keyBias], keyChannels) : k;
      const parts = starts.map((start) => {
        const rowsOfQ = block(q, start);
        const products = byKeys(keyBias ? withOnes(rowsOfQ, channels) : rowsOfQ, keys);
        const scores = finish(products, start, { factor, bias });
        const weights = tf.softmax(scores);
        return tf.concat([overKeys(weights, v), logSums(scores, weights)], channels);
      });
      const both = tf.concat(parts, rows); // [..., Q, dh + 1]
      const [o, lse] = splitSizes(both, [both.shape[channels]! - 1, 1], channels);
      return { value: logSum ? both : o, saved: [q, k, v, o, lse, ...constants] };
    },
    (dy, q, k, v, o, lse, ...rest) => {
      const given = constantsOf(rest);
      const [dO, dLogSum] = logSum ? splitSizes(dy, [o.shape[channels]!, 1], channels) : [dy];
      const delta = tf.sum(tf.mul(dO, o), -1, true); // [..., Q, 1]
      const less = dLogSum ? tf.sub(dLogSum, delta) : tf.neg(delta);
      const values = withOnes(v, keyChannels);
      // A factor would scale lse too, so then it is subtracted by itself, and the channel is 0.
      const shift = given.factor ? tf.zerosLike(lse) : tf.neg(lse);
      const biased = given.keyBias ? tf.concat([k, given.keyBias], keyChannels) : k;
      const keys = withOnes(biased, keyChannels);
      const outer = prod(q.shape.slice(0, -2));
      const flat = (x: Tensor) => tf.reshape(x, [outer, -1]);
      const sizes = [q.size / outer, k.size / outer, v.size / outer] as const;
      const parts = starts.map((start) => {
        const rowsOfQ = block(q, start);
        const own = given.keyBias ? withOnes(rowsOfQ, channels) : rowsOfQ;
        const shifted = tf.concat([own, block(shift, start)], channels);
        const scores = finish(byKeys(shifted, keys), start, given);
        const weights = tf.exp(given.factor ? tf.sub(scores, block(lse, start)) : scores);
        const rowsOfDO = block(dO, start);
        const difference = byKeys(tf.concat([rowsOfDO, block(less, start)], channels), values);
        const dScores = tf.mul(weights, difference);
        const dProducts = given.factor ? tf.mul(dScores, block(given.factor, start)) : dScores;
        const dq = flat(overKeys(dProducts, k));
        const before = start * q.shape[channels]!;
        const after = sizes[0] - before - dq.shape[1]!;
        return tf.concat(
          [
            pad(dq, 1, before, after),
            flat(overQueries(dProducts, rowsOfQ)),
            flat(overQueries(weights, rowsOfDO)),
          ],
          1,
        );
      });
      const [dq, dk, dv] = splitSizes(tf.addN(parts), sizes, 1);
      return [tf.reshape(dq, q.shape), tf.reshape(dk, k.shape), tf.reshape(dv, v.shape)];
    },
  )(q, k, v);
}
