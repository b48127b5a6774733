/**
 * Gated DeltaNet (Yang et al. 2024, https://arxiv.org/abs/2412.06464): a state that decays, as in
 * Mamba-2, and in which a key's new value replaces its old one instead of adding to it; causal.
 *
 *   S_t = α_t (I − β_t k_t k_tᵀ) S_{t−1} + β_t k_t v_tᵀ,   o_t = S_tᵀ q_t
 *   out = (gain ∘ RMSNorm(o) ∘ SiLU(x W_g)) W_o
 *
 * q, k and v are projections through a convolution of 4 tokens and SiLU, q and k then of length 1;
 * α_t = e^(−e^logA softplus(x W_a + bias)) and β_t = σ(x W_b), each one number per head. Keys have 3/4
 * of a head's channels and values twice as many, so that the matrices have 6 d² numbers. As in the
 * authors' library (flash-linear-attention), q is divided by √dk, matrices and the convolution start as
 * PyTorch starts them, and rates and steps where Mamba-2's do (`selective.ts`).
 *
 * In a chunk with running sums c of log α and decays Γ_ij = e^(c_i − c_j), and S the state before it:
 *   A = strictly lower part of Γ ∘ (βk) kᵀ,   [U W] = (I + A)⁻¹ [βv  βk e^c],
 *   o = (q e^c) S + (Γ ∘ q kᵀ)(U − W S),   next S = e^(c_C) S + (k e^(c_C − c))ᵀ (U − W S).
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { checkHeads } from '../attention/attention.ts';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { silu } from '../ops/activations.ts';
import { chunksFrom, decaysWithin, fromChunks, intoChunks } from '../ops/chunks.ts';
import { invertUnitLower, statesBefore } from '../ops/deltaRule.ts';
import { dense } from '../ops/dense.ts';
import { rootMeanSquareNorm, unitLength } from '../ops/headNorm.ts';
import { ones } from '../ops/initialise.ts';
import { usedPositions } from '../ops/readout.ts';
import { shortConvolve, shortKernel } from '../ops/shortConvolution.ts';
import { dims, split, splitSizes } from '../ops/tensors.ts';
import { residualGain, uniformMatrix } from '../parameters.ts';
import { headRateParameters } from '../recurrence/selective.ts';

const taps = 4;

const options = z.strictObject({
  /** Heads; divides the width. */
  heads: z.int().min(1).default(4),
  /** Tokens that are computed as one matrix product: changes the speed only. */
  chunk: z.int().min(1).default(32),
});

export const gatedDeltanet: MixerDefinition<typeof options> = {
  name: 'gated-deltanet',
  title: 'Gated DeltaNet',
  family: 'recurrence',
  year: 2024,
  paper: {
    title: 'Gated Delta Networks: Improving Mamba2 with Delta Rule',
    url: 'https://arxiv.org/abs/2412.06464',
  },
  causal: true,
  cost: 'L',
  notes: [
    'Step sizes and rates of the few heads are spread evenly over the distribution that the authors draw them from, so that a seed does not decide what a model remembers.',
  ],
  options,
  create(shape, { heads, chunk }) {
    const { length, width } = shape;
    checkHeads(heads, width);
    const size = Math.min(chunk, length);
    const keyChannels = Math.max(1, Math.round((0.75 * width) / heads));
    const [keys, values] = [heads * keyChannels, 2 * heads * keyChannels];
    const convolved = 2 * keys + values;
    return buildMixer({
      parameters: {
        qkv: uniformMatrix(width, convolved),
        kernel: shortKernel(taps, convolved),
        rates: uniformMatrix(width, 2 * heads),
        ...headRateParameters(heads, 0),
        gate: uniformMatrix(width, values),
        gain: { shape: [2 * keyChannels], initialise: ones, decay: false },
        output: uniformMatrix(values, width, residualGain(shape.layers)),
      },
      reach: Infinity,
      stateSize: keys * 2 * keyChannels + (taps - 1) * convolved,
      // Padding comes after all tokens and cannot touch them.
      apply(x, p, { lastOnly }) {
        const mixed = silu(shortConvolve(dense(x, p.qkv), p.kernel, taps - 1));
        const [q, k, v] = splitSizes(mixed, [keys, keys, values], 2);
        const unit = (t: Tensor) => unitLength(intoChunks(t, heads, size));
        const [a, b] = split(dense(x, p.rates), 2, 2);
        const rates = tf.mul(tf.softplus(tf.add(a, p.stepBias)), tf.neg(tf.exp(p.logA)));
        const o = gatedDeltaRule(
          {
            q: tf.mul(unit(q), Math.sqrt(1 / keyChannels)),
            k: unit(k),
            v: intoChunks(v, heads, size),
            logDecay: tf.squeeze(intoChunks(rates, heads, size), [4]),
            strength: intoChunks(tf.sigmoid(b), heads, size),
          },
          lastOnly,
        ); // [B, H, n, C, dv]
        const normalised = fromChunks(tf.mul(rootMeanSquareNorm(o), p.gain), length);
        const gate = silu(dense(usedPositions(x, lastOnly), p.gate));
        return dense(tf.mul(usedPositions(normalised, lastOnly), gate), p.output);
      },
    });
  },
};

interface GatedDeltaRule {
  /** [B, H, n, C, dk], keys of length 1. */
  q: Tensor;
  k: Tensor;
  /** [B, H, n, C, dv] */
  v: Tensor;
  /** log α: [B, H, n, C] */
  logDecay: Tensor;
  /** β: [B, H, n, C, 1] */
  strength: Tensor;
}

/** -> o [B, H, n, C, dv]; of the last chunk alone if only that is wanted. */
function gatedDeltaRule({ q, k, v, logDecay, strength }: GatedDeltaRule, lastOnly = false): Tensor {
  const [batch, heads, count, size, keys] = dims(k, 5);
  const c = tf.cumsum(logDecay, 3); // [B, H, n, C]
  const decays = decaysWithin(c); // [B, H, n, C, C]
  const fromStart = tf.expandDims(tf.exp(c), 4); // [B, H, n, C, 1]
  const written = tf.mul(k, strength);
  const inverse = invertUnitLower(tf.mul(tf.matMul(written, k, false, true), decays));
  const u = tf.matMul(inverse, tf.mul(v, strength)); // [B, H, n, C, dv]
  const first = lastOnly ? count - 1 : 0;
  const wanted = (t: Tensor) => chunksFrom(t, first);
  const scores = tf.mul(tf.matMul(wanted(q), wanted(k), false, true), wanted(decays));
  if (count === 1) return tf.matMul(scores, u);

  const w = tf.matMul(inverse, tf.mul(written, fromStart)); // [B, H, n, C, dk]
  const total = tf.slice(c, [0, 0, 0, size - 1], [batch, heads, count, 1]);
  const toEnd = tf.mul(k, tf.expandDims(tf.exp(tf.sub(total, c)), 4)); // [B, H, n, C, dk]
  const kept = tf.mul(tf.expandDims(tf.exp(total), 4), tf.eye(keys)); // [B, H, n, dk, dk]
  const m = tf.sub(kept, tf.matMul(toEnd, w, true));
  const n = tf.matMul(toEnd, u, true); // [B, H, n, dk, dv]
  const grouped = (t: Tensor) => tf.reshape(t, [batch * heads, ...t.shape.slice(2)]);
  const s = wanted(tf.reshape(statesBefore(grouped(m), grouped(n)), n.shape));
  const before = tf.matMul(tf.mul(wanted(q), wanted(fromStart)), s);
  return tf.add(before, tf.matMul(scores, tf.sub(wanted(u), tf.matMul(wanted(w), s))));
}
