/**
 * Multi-head softmax attention (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762), shared by
 * every mixer that attends:
 *
 *   o_i = Σ_j P_ij v_j,   P = softmax_j(q_i · k_j + bias_ij + keyBias_j)
 *
 * The time goes to element-wise passes over the scores [B, H, L, L], so none is made that a
 * matrix product can do on the way: the bias of a key is one more channel of q and k, and in the
 * gradient dS = P ∘ (dP − δ), δ_i = do_i · o_i, the difference is one product with δ as one more
 * channel of do and v.
 *
 * Keys and values may come with their channels before their positions: then no gradient transposes
 * a matrix as large as the scores.
 *
 * Where the scores would take too much memory, `inBlocks.ts` does the same block by block.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { OptionError } from '../../core/errors.ts';
import type { MixerShape } from '../mixer.ts';
import { dense } from '../ops/dense.ts';
import { dims, splitSizes, withGradient } from '../ops/tensors.ts';
import { bias, intoResidual, matrix, type Tensors, type TensorsOf } from '../parameters.ts';
import { attendInBlocks, blocksOf } from './inBlocks.ts';
import { logSums, withOnes, type Attention } from './scores.ts';

/** Added to the score of a padded key: its weight is exactly 0 while any other key is left. */
export const padding = -1e9;

/** Added to the score of a key out of reach; lower than `padding`, so that its weight is 0 even then. */
export const outOfReach = -2e9;

/** Parameters of one attention layer: q, k and v as one matrix, and the output. */
export function attentionParameters(shape: MixerShape) {
  const { width } = shape;
  return {
    qkv: matrix(width, 3 * width),
    qkvBias: bias(3 * width),
    output: intoResidual(width, shape),
    outputBias: bias(width),
  };
}

/** The tensors of `attentionParameters`. */
export type AttentionTensors = TensorsOf<ReturnType<typeof attentionParameters>>;

/** Some columns of `qkv` and its bias, for a part of the projection alone. */
export function projection(
  p: Tensors<'qkv' | 'qkvBias'>,
  first: number,
  count: number,
): [weight: Tensor, bias: Tensor] {
  const [width] = dims(p.qkv, 2);
  return [tf.slice(p.qkv, [0, first], [width, count]), tf.slice(p.qkvBias, [first], [count])];
}

/** @throws OptionError unless `heads` divides the width. */
export function checkHeads(heads: number, width: number): void {
  if (width % heads !== 0) {
    const divisors = Array.from({ length: width }, (_, i) => i + 1).filter((n) => width % n === 0);
    throw new OptionError(
      `option heads: ${heads} does not divide the width ${width}; expected one of ${divisors.join(', ')}`,
    );
  }
}

/** x [B, L, n·dh] -> [B, n, L, dh] */
export function splitHeads(x: Tensor, count: number): Tensor {
  const [batch, length, channels] = dims(x, 3);
  return tf.transpose(tf.reshape(x, [batch, length, count, channels / count]), [0, 2, 1, 3]);
}

/** o [B, H, L, dh] -> the heads side by side, through the output matrix: [B, L, d]. */
export function mergeHeads(o: Tensor, p: Tensors<'output' | 'outputBias'>): Tensor {
  const [batch, heads, length, channels] = dims(o, 4);
  const joined = tf.reshape(tf.transpose(o, [0, 2, 1, 3]), [batch, length, heads * channels]);
  return dense(joined, p.output, p.outputBias);
}

/** Attention within each entry of the leading axes, which q, k and v share: -> [..., Q, dh]. */
export function attend(attention: Attention): Tensor {
  const blocks = blocksOf(attention);
  return blocks > 1 ? attendInBlocks(attention, blocks) : attendAtOnce(attention);
}

function attendAtOnce(attention: Attention): Tensor {
  const { q, k, v, channelsFirst = false, factor, bias, keyBias, logSum = false } = attention;
  const queryChannels = q.rank - 1;
  const keyChannels = channelsFirst ? k.rank - 2 : k.rank - 1;
  const byKeys = (a: Tensor, b: Tensor) => tf.matMul(a, b, false, !channelsFirst); // [..., Q, K]
  const overKeys = (a: Tensor, b: Tensor) => tf.matMul(a, b, false, channelsFirst); // [..., Q, dh]
  const overQueries = (weights: Tensor, x: Tensor) =>
    channelsFirst ? tf.matMul(x, weights, true) : tf.matMul(weights, x, true); // as k and v
  return withGradient(
    (q: Tensor, k: Tensor, v: Tensor) => {
      const products = keyBias
        ? byKeys(withOnes(q, queryChannels), tf.concat([k, keyBias], keyChannels))
        : byKeys(q, k);
      const scaled = factor ? tf.mul(products, factor) : products;
      const scores = bias ? tf.add(scaled, bias) : scaled;
      const weights = tf.softmax(scores);
      const o = overKeys(weights, v);
      const value = logSum ? tf.concat([o, logSums(scores, weights)], queryChannels) : o;
      return { value, saved: [q, k, v, weights, o, ...(factor ? [factor] : [])] };
    },
    (dy, q, k, v, weights, o, ...[factor]) => {
      const channels = o.shape[queryChannels]!;
      const [dO, dLogSum] = logSum ? splitSizes(dy, [channels, 1], queryChannels) : [dy];
      const delta = tf.sum(tf.mul(dO, o), -1, true); // [..., Q, 1]
      // A score's part in the sum of the exponentials is its weight: dS = P ∘ (dP − δ + dLogSum).
      const rest = dLogSum ? tf.sub(dLogSum, delta) : tf.neg(delta);
      const difference = byKeys(tf.concat([dO, rest], queryChannels), withOnes(v, keyChannels));
      const dScores = tf.mul(weights, difference);
      const dProducts = factor ? tf.mul(dScores, factor) : dScores;
      return [overKeys(dProducts, k), overQueries(dProducts, q), overQueries(weights, dO)];
    },
  )(q, k, v);
}
