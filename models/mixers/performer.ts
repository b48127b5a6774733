/**
 * Performer with FAVOR+ (Choromanski et al. 2021, https://arxiv.org/abs/2009.14794), bidirectional:
 * an unbiased estimate of softmax attention by positive random features,
 *
 *   o_i = Σ_j φ(q_i)·φ(k_j) v_j / Σ_j φ(q_i)·φ(k_j)
 *   φ(x)_f = exp(ω_f · x̂ − |x̂|²/2 − c) + ε,   x̂ = x / dh^(1/4),   E[φ(q)·φ(k)] ∝ exp(q·k / √dh)
 *
 * with directions ω orthogonal in blocks of dh, the same for all heads and layers, drawn once and
 * for all: the architecture has them, not a run. As in the authors' code, c is the largest ω_f · x̂,
 * of each query, and of all keys of a head together, which no ratio changes by, and ε = 10⁻⁴ keeps
 * features from vanishing.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { stream } from '../../core/random.ts';
import { attentionParameters, checkHeads, mergeHeads, padding } from '../attention/attention.ts';
import { attendByFeatures, queriesKeysValues } from '../attention/feature.ts';
import { orthogonalFeatures } from '../attention/orthogonalFeatures.ts';
import { addedPositions, additive } from '../attention/positions.ts';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { dims } from '../ops/tensors.ts';

const options = z.strictObject({
  /** Random features, m. */
  features: z.int().min(1).default(64),
  /** Attention heads; divides the width. */
  heads: z.int().min(1).default(4),
  positions: addedPositions.default('learned'),
});

const epsilon = 1e-4;

export const performer: MixerDefinition<typeof options> = {
  name: 'performer',
  title: 'Performer',
  family: 'efficient attention',
  year: 2020,
  paper: {
    title: 'Rethinking Attention with Performers',
    url: 'https://arxiv.org/abs/2009.14794',
  },
  causal: false,
  cost: 'L·features',
  notes: [
    'Random features are drawn once and not again during training; 64 of them (option features), where the authors use 256.',
  ],
  options,
  create(shape, { features, heads, positions }) {
    const { width } = shape;
    checkHeads(heads, width);
    const channels = width / heads;
    const directions = performerFeatures(features, channels);
    return buildMixer({
      parameters: attentionParameters(shape),
      reach: Infinity,
      positions: additive(positions),
      stateSize: heads * features * (channels + 1),
      apply(x, p, { mask, lastOnly }) {
        const [q, k, v] = queriesKeysValues(x, p, heads, lastOnly);
        const omega = tf.tensor2d(Float32Array.from(directions), [features, channels]);
        const phiQ = positiveFeatures(q, omega, [3]);
        const phiK = positiveFeatures(k, omega, [2, 3], mask);
        return mergeHeads(attendByFeatures({ q: phiQ, k: phiK, v, mask, epsilon: 0 }), p);
      },
    });
  },
};

/** ω [features, channels], row-major: known by its size alone. */
export function performerFeatures(features: number, channels: number): Float64Array {
  const random = stream(`performer/${features}/${channels}`);
  return orthogonalFeatures(features, channels, random);
}

/** x [B, H, L, dh], omega [m, dh] -> φ(x) [B, H, L, m], the largest exponent over `axes` being c. */
function positiveFeatures(x: Tensor, omega: Tensor, axes: number[], mask?: Tensor): Tensor {
  const [batch, heads, length, channels] = dims(x, 4);
  const scaled = tf.mul(x, channels ** -0.25);
  const flat = tf.matMul(tf.reshape(scaled, [-1, channels]), omega, false, true);
  const products = tf.reshape(flat, [batch, heads, length, -1]);
  const seen = mask
    ? tf.add(products, tf.mul(tf.sub(1, tf.reshape(mask, [batch, 1, length, 1])), padding))
    : products;
  const half = tf.mul(tf.sum(tf.square(scaled), 3, true), 0.5);
  const largest = tf.max(seen, axes, true);
  return tf.add(tf.exp(tf.sub(seen, tf.add(half, largest))), epsilon);
}
