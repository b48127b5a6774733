/**
 * Linear attention (Katharopoulos et al. 2020, https://arxiv.org/abs/2006.16236), bidirectional:
 *
 *   o_i = Σ_j φ(q_i)·φ(k_j) v_j / Σ_j φ(q_i)·φ(k_j),   φ(x) = ELU(x) + 1
 *
 * so that every weight is positive and all sums over keys are made once.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { attentionParameters, checkHeads, mergeHeads } from '../attention/attention.ts';
import { attendByFeatures, queriesKeysValues } from '../attention/feature.ts';
import { addedPositions, additive } from '../attention/positions.ts';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { withGradient } from '../ops/tensors.ts';

const options = z.strictObject({
  /** Attention heads; divides the width. */
  heads: z.int().min(1).default(4),
  positions: addedPositions.default('learned'),
});

export const linearAttention: MixerDefinition<typeof options> = {
  name: 'linear-attention',
  title: 'Linear attention',
  family: 'efficient attention',
  year: 2020,
  paper: {
    title: 'Transformers are RNNs: Fast Autoregressive Transformers with Linear Attention',
    url: 'https://arxiv.org/abs/2006.16236',
  },
  causal: false,
  cost: 'L',
  options,
  create(shape, { heads, positions }) {
    const { width } = shape;
    checkHeads(heads, width);
    const channels = width / heads;
    return buildMixer({
      parameters: attentionParameters(shape),
      reach: Infinity,
      positions: additive(positions),
      stateSize: heads * channels * (channels + 1),
      apply(x, p, { mask, lastOnly }) {
        const [q, k, v] = queriesKeysValues(x, p, heads, lastOnly);
        const features = { q: eluPlusOne(q), k: eluPlusOne(k) };
        return mergeHeads(attendByFeatures({ ...features, v, mask, epsilon: 1e-6 }), p);
      },
    });
  },
};

/**
 * φ(x) = ELU(x) + 1 = e^min(x, 0) + max(x, 0), with φ′ = min(φ, 1): without comparisons, whose
 * results not every provider can move.
 */
const eluPlusOne: (x: Tensor) => Tensor = withGradient(
  (x) => {
    const phi = tf.add(tf.exp(tf.minimum(x, 0)), tf.maximum(x, 0));
    return { value: phi, saved: [phi] };
  },
  (dy, phi) => [tf.mul(dy, tf.minimum(phi, 1))],
);
