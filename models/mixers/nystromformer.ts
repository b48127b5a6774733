/**
 * Nyströmformer (Xiong et al. 2021, https://arxiv.org/abs/2102.03902): softmax attention through
 * landmarks, the means q̃ and k̃ of the queries and keys of equal segments,
 *
 *   o = softmax(q k̃ᵀ) · A⁺ · (softmax(q̃ kᵀ) v) + conv(v),   A = softmax(q̃ k̃ᵀ)
 *
 * with q scaled by 1/√dh, a skip by a short convolution with one kernel per head, and the pseudo-
 * inverse A⁺ by iteration of Z ← ¼ Z (13 I − A Z (15 I − A Z (7 I − A Z))) from Aᵀ / (‖A‖₁ ‖A‖∞).
 * A segment's landmark is the mean of its tokens that are no padding; one with none is left out.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { OptionError } from '../../core/errors.ts';
import {
  attend,
  attentionParameters,
  checkHeads,
  mergeHeads,
  padding,
  splitHeads,
} from '../attention/attention.ts';
import { addedPositions, additive } from '../attention/positions.ts';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { dense } from '../ops/dense.ts';
import { uniform } from '../ops/initialise.ts';
import { withoutPadding } from '../ops/readout.ts';
import { shortConvolve, shortConvolveLast } from '../ops/shortConvolution.ts';
import { dims, pad, split } from '../ops/tensors.ts';
import type { Parameter } from '../parameters.ts';

const options = z.strictObject({
  /** Maximum number of landmarks; the length where that is less. */
  landmarks: z.int().min(1).default(32),
  /** Steps towards the pseudo-inverse. */
  iterations: z.int().min(1).max(32).default(6),
  /** Taps of the convolution that the values skip by, odd; 0 for none. */
  kernel: z.int().min(0).default(33),
  /** Attention heads; divides the width. */
  heads: z.int().min(1).default(4),
  positions: addedPositions.default('learned'),
});

export const nystromformer: MixerDefinition<typeof options> = {
  name: 'nystromformer',
  title: 'Nyströmformer',
  family: 'efficient attention',
  year: 2021,
  paper: {
    title: 'Nyströmformer: A Nyström-Based Algorithm for Approximating Self-Attention',
    url: 'https://arxiv.org/abs/2102.03902',
  },
  causal: false,
  cost: 'L·landmarks',
  notes: [
    'The pseudo-inverse starts from each head’s own norms, an option of the authors’ code; its default takes the largest norm of the whole batch, so that an answer would depend on its neighbours.',
  ],
  stretches: () => 'Its landmarks are means over segments, which are longer in a longer sequence.',
  options,
  create(shape, { landmarks, iterations, kernel, heads, positions }) {
    const { length, width } = shape;
    checkHeads(heads, width);
    if (kernel > 0 && kernel % 2 === 0) {
      throw new OptionError(
        `option kernel: ${kernel} is even; expected 0 or an odd number, such as ${kernel + 1}`,
      );
    }
    const channels = width / heads;
    const size = Math.ceil(length / Math.min(landmarks, length));
    const count = Math.ceil(length / size);
    const bound = 1 / Math.sqrt(Math.max(1, kernel));
    const skip: Parameter = {
      shape: [kernel, heads],
      initialise: uniform(-bound, bound),
    };
    return buildMixer({
      parameters: { ...attentionParameters(shape), ...(kernel > 0 ? { skip } : {}) },
      reach: Infinity,
      positions: additive(positions),
      stateSize: (3 * count + kernel) * width,
      apply(x, p, { mask, lastOnly }) {
        const batch = x.shape[0];
        const [queries, keys, values] = split(dense(x, p.qkv, p.qkvBias), 3, 2); // [B, L, d]
        const q = splitHeads(tf.mul(queries, 1 / Math.sqrt(channels)), heads); // [B, H, L, dh]
        const [k, v] = [splitHeads(keys, heads), splitHeads(values, heads)];
        const real = tf.reshape(mask ?? tf.ones([batch, length]), [batch, 1, length, 1]);
        const counts = segmentSums(real, count, size); // [B, 1, n, 1]
        const mean = (t: Tensor) =>
          tf.div(segmentSums(mask ? tf.mul(t, real) : t, count, size), tf.maximum(counts, 1));
        const [qMean, kMean] = [mean(q), mean(k)]; // [B, H, n, dh]
        const isThere = mask && tf.minimum(counts, 1);
        /** [B, 1, K, 1], 1 for tokens and 0 for padding -> bias of keys [B, H, K, 1]. */
        const absent = (there: Tensor) =>
          tf.mul(tf.mul(tf.sub(1, there), padding), tf.ones([1, heads, 1, 1]));

        const seen = attend({ q: qMean, k, v, keyBias: mask && absent(real) }); // [B, H, n, dh]
        const inverse = pseudoInverse(between(qMean, kMean, isThere), iterations);
        const last = (t: Tensor) => tf.slice(t, [0, 0, length - 1, 0], [batch, heads, 1, channels]);
        const o = attend({
          q: lastOnly ? last(q) : q,
          k: kMean,
          v: tf.matMul(inverse, seen),
          keyBias: isThere && absent(isThere),
        });
        if (!p.skip) return mergeHeads(o, p);
        const masked = withoutPadding(values, mask);
        const taps = tf.mul(tf.expandDims(p.skip, 2), tf.ones([1, 1, channels])); // [K, H, dh]
        const skipped = (lastOnly ? shortConvolveLast : shortConvolve)(
          masked,
          tf.reshape(taps, [kernel, width]),
          (kernel - 1) / 2,
        );
        return mergeHeads(tf.add(o, splitHeads(skipped, heads)), p);
      },
    });
  },
};

/** t [B, H, L, c] -> sums over segments of `size` tokens, [B, H, count, c]. */
function segmentSums(t: Tensor, count: number, size: number): Tensor {
  const [batch, heads, length, channels] = dims(t, 4);
  const filled = pad(t, 2, 0, count * size - length);
  return tf.sum(tf.reshape(filled, [batch, heads, count, size, channels]), 3);
}

/**
 * A [B, H, n, n] from landmarks [B, H, n, dh]. Those that are not there get rows and columns of the
 * identity: the inverse then is that of the others, beside an identity that nothing meets.
 */
function between(q: Tensor, k: Tensor, isThere?: Tensor): Tensor {
  const scores = tf.matMul(q, k, false, true);
  if (!isThere) return tf.softmax(scores);
  const absent = tf.sub(1, isThere); // [B, 1, n, 1]
  const columns = tf.mul(tf.transpose(absent, [0, 1, 3, 2]), padding);
  const rows = tf.mul(tf.softmax(tf.add(scores, columns)), isThere);
  return tf.add(rows, tf.mul(absent, tf.eye(q.shape[2]!)));
}

/** A [B, H, n, n], its rows summing to one -> A⁺. */
function pseudoInverse(a: Tensor, iterations: number): Tensor {
  const identity = tf.eye(a.shape[3]!);
  const multiple = (factor: number) => tf.mul(identity, factor);
  // The largest row sum is 1.
  const largest = tf.max(tf.sum(a, 2, true), 3, true); // [B, H, 1, 1]
  let z: Tensor = tf.div(tf.transpose(a, [0, 1, 3, 2]), largest);
  for (let step = 0; step < iterations; step++) {
    const az = tf.matMul(a, z);
    const inner = tf.sub(multiple(15), tf.matMul(az, tf.sub(multiple(7), az)));
    z = tf.mul(tf.matMul(z, tf.sub(multiple(13), tf.matMul(az, inner))), 0.25);
  }
  return z;
}
