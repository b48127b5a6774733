/**
 * Retention (Sun et al. 2023, https://arxiv.org/abs/2307.08621): linear attention whose heads
 * forget at fixed rates, with rotated queries and keys; causal.
 *
 *   o_i = Σ_{j ≤ i} γ^(i−j) (q_i · k_j / √dk) v_j,   γ_h = 1 − 2^(−5−h)
 *   y   = (SiLU(x W_g) ∘ GroupNorm(o)) W_o
 *
 * Values and gate are twice as wide as queries and keys, as in the paper. The rotation is its
 * complex e^(inθ); the norm, one group per head without weights, makes its further scalings of the
 * scores unnecessary. The paper's heads are of one size, more in a wider model (8 to 16), and the slowest
 * forgets over 2^(4 + heads) tokens: here a head has 8 channels, and there are at most 16. Matrices start
 * as in the authors' code (torchscale): Xavier-uniform, times 2^−2.5, and 1/2 for the output.
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
import { uniform, type Initialiser } from '../ops/initialise.ts';
import { usedPositions } from '../ops/readout.ts';
import { splitSizes } from '../ops/tensors.ts';

const options = z.strictObject({
  /** Heads, each with a decay of its own; divides the width. 0 for one for every 8 channels, 16 at most. */
  heads: z.int().min(0).default(0),
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
  notes: [
    'A head forgets at a fixed rate: those of 4 heads (width 32) over 31 to 255 tokens, those of 8 (width 64) to 4,095, those of 16 (width 128 and more) to a million. What lies much farther back than the slowest is lost.',
    'One group norm per head, as in the paper; the authors’ later code has a root-mean-square norm and other angles.',
  ],
  options,
  create(shape, { heads: wanted, chunk }) {
    const { length, width } = shape;
    const heads = wanted === 0 ? headsFor(width) : wanted;
    checkHeads(heads, width);
    checkRotary('rotary', width / heads);
    const size = Math.min(chunk, length);
    const count = Math.ceil(length / size);
    return buildMixer({
      parameters: {
        qk: { shape: [width, 2 * width], initialise: xavier(width, width, 2 ** -2.5) },
        v: { shape: [width, 2 * width], initialise: xavier(width, 2 * width, 2 ** -2.5) },
        gate: { shape: [width, 2 * width], initialise: xavier(width, 2 * width, 2 ** -2.5) },
        output: { shape: [2 * width, width], initialise: xavier(2 * width, width, 1 / 2) },
      },
      reach: Infinity,
      stateSize: (2 * width * width) / heads,
      // Padding comes after all tokens and cannot touch them.
      apply(x, p, { lastOnly }) {
        const all = dense(x, tf.concat([p.qk, p.v], 1));
        const [q, k, v] = splitSizes(all, [width, width, 2 * width], 2);
        const turned = (t: Tensor) => {
          const rows = intoChunks(t, heads, size); // [B, H, n, C, dk]
          const whole = tf.reshape(rows, [-1, count * size, width / heads]);
          return tf.reshape(rotate(whole), rows.shape);
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

/** One for every 8 channels, 16 at most, of an even number of channels. */
function headsFor(width: number): number {
  const most = Math.min(16, Math.floor(width / 8));
  for (let heads = most; heads > 1; heads--) if (width % (2 * heads) === 0) return heads;
  return 1;
}

/** Uniform, of variance gain² · 2 / (inputs + outputs) (Glorot, Bengio 2010). */
function xavier(inputs: number, outputs: number, gain: number): Initialiser {
  const bound = gain * Math.sqrt(6 / (inputs + outputs));
  return uniform(-bound, bound);
}
