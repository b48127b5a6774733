/**
 * Multi-head softmax attention (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762), shared by
 * every mixer that attends:
 *
 *   o_i = Σ_j P_ij v_j,   P = softmax_j(q_i · k_j + bias_ij + keyBias_j)
 *
 * The time goes to element-wise passes over the scores [H, B, L, L], so none is made that a
 * matrix product can do on the way: the bias of a key is one more channel of q and k, and in the
 * gradient dS = P ∘ (dP − δ), δ_i = do_i · o_i, the difference is one product with δ as one more
 * channel of do and v.
 *
 * Heads come first, so that what differs from head to head broadcasts over the batch.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { dense } from './dense.ts';
import { withGradient } from './gradient.ts';
import { fanIn, zeros } from './initialise.ts';
import type { MixerShape, Parameter, Parameters } from './mixer.ts';
import { lastPosition } from './readout.ts';

/** Added to the score of a padded key: its weight is exactly 0 while any other key is left. */
export const padding = -1e9;

/** Added to the score of a key out of reach; lower than `padding`, so that its weight is 0 even then. */
export const outOfReach = -2e9;

/** Parameters of one attention layer: q, k and v as one matrix, and the output. */
export function attentionParameters({ width, layers }: MixerShape): Parameter[] {
  return [
    { name: 'qkv', shape: [width, 3 * width], initialise: fanIn(width) },
    { name: 'qkvBias', shape: [3 * width], initialise: zeros, decay: false },
    {
      name: 'output',
      shape: [width, width],
      initialise: fanIn(width, 1 / Math.sqrt(2 * layers)),
    },
    { name: 'outputBias', shape: [width], initialise: zeros, decay: false },
  ];
}

/** @throws RangeError unless `heads` divides the width. */
export function checkHeads(heads: number, width: number): void {
  if (width % heads !== 0) {
    const divisors = Array.from({ length: width }, (_, i) => i + 1).filter((n) => width % n === 0);
    throw new RangeError(
      `option heads: ${heads} does not divide the width ${width}; expected one of ${divisors.join(', ')}`,
    );
  }
}

export interface Projections {
  /** [H, B, Q, dh] */
  q: Tensor;
  /** [H, B, L, dh] */
  k: Tensor;
  /** [H, B, L, dh] */
  v: Tensor;
}

/** x [B, L, d] -> queries, keys and values; with `lastOnly`, the query of the last position alone. */
export function project(x: Tensor, p: Parameters, heads: number, lastOnly = false): Projections {
  const width = x.shape[2]!;
  const [weight, bias] = [p.qkv!, p.qkvBias!];
  if (!lastOnly) {
    const [q, k, v] = tf.split(splitHeads(dense(x, weight, bias), 3 * heads), 3);
    return { q: q!, k: k!, v: v! };
  }
  const columns = (first: number, count: number): [Tensor, Tensor] => [
    tf.slice(weight, [0, first], [width, count]),
    tf.slice(bias, [first], [count]),
  ];
  const kv = dense(x, ...columns(width, 2 * width));
  const [k, v] = tf.split(splitHeads(kv, 2 * heads), 2);
  return { q: splitHeads(dense(lastPosition(x), ...columns(0, width)), heads), k: k!, v: v! };
}

/** x [B, L, n·dh] -> [n, B, L, dh] */
function splitHeads(x: Tensor, count: number): Tensor {
  const [batch, length, channels] = x.shape as [number, number, number];
  return tf.transpose(tf.reshape(x, [batch, length, count, channels / count]), [2, 0, 1, 3]);
}

/** o [H, B, L, dh] -> the heads side by side, through the output matrix: [B, L, d]. */
export function mergeHeads(o: Tensor, p: Parameters): Tensor {
  const [heads, batch, length, channels] = o.shape as [number, number, number, number];
  const joined = tf.reshape(tf.transpose(o, [1, 2, 0, 3]), [batch, length, heads * channels]);
  return dense(joined, p.output!, p.outputBias!);
}

export interface Attention {
  /** [..., Q, dh], already scaled by 1/√dh. */
  q: Tensor;
  /** [..., K, dh] */
  k: Tensor;
  /** [..., K, dh] */
  v: Tensor;
  /** Constant, broadcasts to [..., Q, K]. */
  bias?: Tensor;
  /** Constant, one number a key: [..., K, 1]. */
  keyBias?: Tensor;
}

/** Attention within each entry of the leading axes, which q, k and v share: -> [..., Q, dh]. */
export function attend({ q, k, v, bias, keyBias }: Attention): Tensor {
  return withGradient(
    (...inputs) => {
      const [q, k, v] = inputs as [Tensor, Tensor, Tensor];
      const products = keyBias
        ? tf.matMul(withOnes(q), tf.concat([k, keyBias], k.rank - 1), false, true)
        : tf.matMul(q, k, false, true);
      const weights = tf.softmax(bias ? tf.add(products, bias) : products); // [..., Q, K]
      const o = tf.matMul(weights, v); // [..., Q, dh]
      return { value: o, saved: [q, k, v, weights, o] };
    },
    (dy, ...saved) => {
      const [q, k, v, weights, o] = saved as [Tensor, Tensor, Tensor, Tensor, Tensor];
      const delta = tf.sum(tf.mul(dy, o), -1, true); // [..., Q, 1]
      const withDelta = tf.concat([dy, tf.neg(delta)], dy.rank - 1);
      const difference = tf.matMul(withDelta, withOnes(v), false, true);
      const dScores = tf.mul(weights, difference); // [..., Q, K]
      return [tf.matMul(dScores, k), transposedProduct(dScores, q), transposedProduct(weights, dy)];
    },
  )(q, k, v);
}

/** aᵀ b as (bᵀ a)ᵀ: transposes the narrow matrices, not the scores. */
function transposedProduct(a: Tensor, b: Tensor): Tensor {
  const axes = a.shape.map((_, axis) => axis);
  const [rows, columns] = axes.splice(-2) as [number, number];
  return tf.transpose(tf.matMul(b, a, true, false), [...axes, columns, rows]);
}

/** [..., dh] -> [..., dh + 1], the last channel 1. */
function withOnes(x: Tensor): Tensor {
  return tf.concat([x, tf.ones([...x.shape.slice(0, -1), 1])], x.rank - 1);
}
