/**
 * Retention (Sun et al. 2023, https://arxiv.org/abs/2307.08621): linear attention whose heads
 * forget at fixed rates, with rotated queries and keys; causal.
 *
 *   o_i = Σ_{j ≤ i} γ^(i−j) (q_i · k_j / √dk) v_j,   γ_h = 1 − 2^(−5−h)
 *   y   = (SiLU(x W_g) ∘ GroupNorm(o)) W_o
 *
 * Values and gate are twice as wide as queries and keys, as in the paper. The rotation is its
 * complex e^(inθ); the norm, one group per head without weights, makes its further scalings of the
 * scores unnecessary.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { checkHeads } from '../attention/attention.ts';
import { decayedAttention } from '../attention/decayed.ts';
import { checkRotary, rotate } from '../attention/positions.ts';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { silu } from '../ops/activations.ts';
import { fromChunks, intoChunks } from '../ops/chunks.ts';
import { dense } from '../ops/dense.ts';
import { groupNorm } from '../ops/headNorm.ts';
import { usedPositions } from '../ops/readout.ts';
import { splitSizes } from '../ops/tensors.ts';
import { intoResidual, matrix } from '../parameters.ts';

const options = z.strictObject({
  /** Heads, each with a decay of its own; divides the width. */
  heads: z.int().min(1).default(4),
  /** Tokens that are computed as one matrix product: changes the speed only. */
  chunk: z.int().min(1).default(64),
});

export const retnet: MixerDefinition<typeof options> = {
  name: 'retnet',
  title: 'RetNet',
  family: 'recurrence',
  year: 2023,
  paper: {
    title: 'Retentive Network: A Successor to Transformer for Large Language Models',
    url: 'https://arxiv.org/abs/2307.08621',
  },
  causal: true,
  cost: 'L',
  options,
  create(shape, { heads, chunk }) {
    const { length, width } = shape;
    checkHeads(heads, width);
    checkRotary('rotary', width / heads);
    const size = Math.min(chunk, length);
    const count = Math.ceil(length / size);
    return buildMixer({
      parameters: {
        qkv: matrix(width, 4 * width),
        gate: matrix(width, 2 * width),
        output: intoResidual(2 * width, shape),
      },
      reach: Infinity,
      stateSize: (2 * width * width) / heads,
      // Padding comes after all tokens and cannot touch them.
      apply(x, p, { lastOnly }) {
        const [q, k, v] = splitSizes(dense(x, p.qkv), [width, width, 2 * width], 2);
        const turned = (t: Tensor) => {
          const rows = intoChunks(t, heads, size); // [B, H, n, C, dk]
          const all = tf.reshape(rows, [-1, count * size, width / heads]);
          return tf.reshape(rotate(all), rows.shape);
        };
        const logs = Array.from({ length: heads }, (_, h) => Math.log1p(-(2 ** (-5 - h))));
        const rates = tf.reshape(tf.tensor1d(logs), [1, heads, 1, 1]);
        const o = decayedAttention(
          {
            q: turned(tf.mul(q, Math.sqrt(heads / width))),
            k: turned(k),
            v: intoChunks(v, heads, size),
            logDecay: tf.mul(rates, tf.ones([1, heads, count, size])),
          },
          lastOnly,
        );
        const normalised = groupNorm(usedPositions(fromChunks(o, length), lastOnly), heads);
        const gate = silu(dense(usedPositions(x, lastOnly), p.gate));
        return dense(tf.mul(gate, normalised), p.output);
      },
    });
  },
};
