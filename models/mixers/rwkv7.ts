/**
 * RWKV-7's time mixing (Peng et al. 2025, https://arxiv.org/abs/2503.14456): a delta rule whose
 * decay and learning rate are vectors that the tokens choose; causal.
 *
 *   S_t = diag(w_t) S_{t−1} − (a_t ∘ κ_t)(κ_tᵀ S_{t−1}) + k̃_t v_tᵀ,   o_t = S_tᵀ r_t
 *   out = ((GroupNorm(o) + (r ρ · k̃) v) ∘ g) W_o
 *
 * Everything is made from x_t and x_{t−1}, mixed channel by channel with a weight μ of each use:
 * r, k, v by a matrix; the decay w = e^(−σ(d) / √e), the rate a = σ(·) and the gate g by two thin
 * ones (tanh and σ between those of d and g). κ is ξ ∘ k of length 1, k̃ = k ∘ (1 + (a − 1) ∘ α).
 * The paper's residual of the first layer's values is left out: a mixer knows its own layer only. All
 * starts, and twice the learning rate for the decay's bias, are those of layer 0 in the authors' training
 * code (RWKV-v7/train_temp); their thin matrices have orthogonal rows, here normal ones of the same
 * variance.
 *
 * With c the running sum of log w in a chunk, S the state before it and q⁺ = q e^(−c):
 *   A_b, A_k = strictly lower parts of κ⁻ b⁺ᵀ, κ⁻ k̃⁺ᵀ,   κ⁻_t = κ_t e^(c_{t−1}),  b = a ∘ κ
 *   U = (I + A_b)⁻¹ (κ⁻ S + A_k V),   o = r e^c S + lower(r e^c k̃⁺ᵀ) V − lower(r e^c b⁺ᵀ) U,
 *   next S = e^(c_C) S + (k̃ e^(c_C − c))ᵀ V − (b e^(c_C − c))ᵀ U.
 * log w > −0.61, so that e^(−c) stays far from float32's end in chunks of up to 64 tokens.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { checkHeads } from '../attention/attention.ts';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { chunksFrom, fromChunks, intoChunks, lowerTriangle } from '../ops/chunks.ts';
import { cumulate } from '../ops/cumulate.ts';
import { invertUnitLower, statesBefore } from '../ops/deltaRule.ts';
import { dense } from '../ops/dense.ts';
import { groupNorm, unitLength } from '../ops/headNorm.ts';
import { constant, normal, ones, values, zeros, type Initialiser } from '../ops/initialise.ts';
import { usedPositions } from '../ops/readout.ts';
import { dims, pad, splitSizes } from '../ops/tensors.ts';
import { uniformMatrix, type Parameter, type Tensors } from '../parameters.ts';

const options = z.strictObject({
  /** Heads; divides the width. */
  heads: z.int().min(1).default(4),
  /** Channels between the two matrices of the decay, of the rate and of the gate. */
  rank: z.int().min(1).default(16),
  /** Tokens that are computed as one matrix product: changes the speed only. */
  chunk: z.int().min(1).max(64).default(16),
});

/** Uses of a token's mixture with the one before it, in the order of their columns. */
const uses = ['r', 'k', 'v', 'decay', 'rate', 'gate'] as const;
type Use = (typeof uses)[number];

export const rwkv7: MixerDefinition<typeof options> = {
  name: 'rwkv7',
  title: 'RWKV-7',
  family: 'recurrence',
  year: 2025,
  paper: {
    title: 'RWKV-7 "Goose" with Expressive Dynamic State Evolution',
    url: 'https://arxiv.org/abs/2503.14456',
  },
  causal: true,
  cost: 'L',
  notes: [
    'The residual of the first layer’s values in later layers is left out: a mixer knows its own layer only.',
    'The thin matrices have 16 channels (option rank); the authors have at least 32.',
  ],
  options,
  create(shape, { heads, rank, chunk }) {
    const { length, width } = shape;
    checkHeads(heads, width);
    const size = Math.min(chunk, length);
    const channels = width / heads;
    const thin = Math.min(rank, width);
    const sizes = [width, width, width, thin, thin, thin] as const; // of r, k, v, decay, rate, gate
    const vector = (initialise: Initialiser): Parameter => ({
      shape: [width],
      initialise,
      decay: false,
    });
    const byChannel = (value: (place: Place) => number) =>
      vector(values(placesOf(width, channels).map(value)));
    /** μ of one use. */
    const share = (power: number) => byChannel(({ channel }) => 1 - (channel / width) ** power);
    const intoThin = (): Parameter => ({ shape: [width, thin], initialise: zeros });
    const fromThin = (): Parameter => ({
      shape: [thin, width],
      initialise: normal(0.1 / Math.sqrt(width)),
    });
    return buildMixer({
      parameters: {
        rShift: share(0.2),
        kShift: share(0.7),
        vShift: share(0.7),
        decayShift: share(0.9),
        rateShift: share(0.9),
        gateShift: share(0.2),
        r: uniformMatrix(width, width, 0.5),
        k: uniformMatrix(width, width, 0.05),
        v: uniformMatrix(width, width, 0.5),
        decay: intoThin(),
        rate: intoThin(),
        gate: intoThin(),
        decayOut: fromThin(),
        rateOut: fromThin(),
        gateOut: fromThin(),
        decayBias: {
          ...byChannel(({ linear, zigzag }) => 6 * linear - 2.5 + 2.5 * zigzag),
          learningRate: 2,
        },
        rateBias: byChannel(({ linear, zigzag }) => 0.4 * linear - 0.19 + 0.3 * zigzag),
        removal: byChannel(({ linear }) => 0.71 - 0.1 * linear),
        replacement: vector(constant(1.02)),
        bonus: vector(constant(-0.04)),
        gain: vector(ones),
        bias: vector(zeros),
        output: { shape: [width, width], initialise: zeros },
      },
      reach: Infinity,
      stateSize: width * channels + width,
      // Padding comes after all tokens and cannot touch them.
      apply(x, p, { lastOnly }) {
        const [r, k, v, d, a, g] = splitSizes(shifted(x, p), sizes, 2);
        const exponent = tf.sigmoid(dense(tf.tanh(d), p.decayOut, p.decayBias));
        const rate = tf.sigmoid(dense(a, p.rateOut, p.rateBias));
        const scaled = tf.add(tf.mul(tf.sub(rate, 1), p.replacement), 1);
        const key = tf.mul(k, scaled); // k̃
        const chunked = (t: Tensor) => intoChunks(t, heads, size);
        const unit = unitLength(chunked(tf.mul(k, p.removal)));
        const o = deltaRule(
          {
            r: chunked(tf.div(r, 8)), // the norm's ε is then the authors' 64 · 10⁻⁵
            k: chunked(key),
            v: chunked(v),
            removal: unit,
            removed: tf.mul(unit, chunked(rate)),
            logDecay: chunked(tf.mul(exponent, -Math.exp(-0.5))),
          },
          lastOnly,
        ); // [B, H, n, C, dh]
        const normalised = groupNorm(
          usedPositions(fromChunks(o, length), lastOnly),
          heads,
          p.gain,
          p.bias,
        );
        const perHead = (t: Tensor) =>
          tf.reshape(usedPositions(t, lastOnly), [t.shape[0], -1, heads, channels]);
        const match = tf.sum(perHead(tf.mul(tf.mul(r, p.bonus), key)), 3, true); // [B, L, H, 1]
        const bonus = tf.reshape(tf.mul(match, perHead(v)), normalised.shape);
        const gate = dense(tf.sigmoid(usedPositions(g, lastOnly)), p.gateOut);
        return dense(tf.mul(tf.add(normalised, bonus), gate), p.output);
      },
    });
  },
};

/** Where a channel stands, as the authors' starts see it. */
interface Place {
  channel: number;
  /** From −1/2 for the first channel to 1/2 for the last. */
  linear: number;
  /** z |z| with z from −1 to 1 in every head. */
  zigzag: number;
}

const placesOf = (width: number, perHead: number): Place[] =>
  Array.from({ length: width }, (_, channel) => {
    const z = (2 * (channel % perHead)) / Math.max(1, perHead - 1) - 1;
    const linear = channel / Math.max(1, width - 1) - 1 / 2;
    return { channel, linear, zigzag: z * Math.abs(z) };
  });

/**
 * All projections of (1 − μ) ∘ x_t + μ ∘ x_{t−1} side by side. The mixing is in the matrix, so that
 * it costs no pass over the tokens: [x_t, x_{t−1}] times [(1 − μ) W; μ W].
 */
function shifted(x: Tensor, p: Tensors<Use | `${Use}Shift`>): Tensor {
  const [batch, length, width] = dims(x, 3);
  const previous = tf.slice(pad(x, 1, 1, 0), [0, 0, 0], [batch, length, width]);
  const columns = uses.map((use) => {
    const share = tf.reshape(p[`${use}Shift`], [width, 1]);
    const before = tf.mul(p[use], share);
    return tf.concat([tf.sub(p[use], before), before], 0);
  });
  return dense(tf.concat([x, previous], 2), tf.concat(columns, 1));
}

/** All [B, H, n, C, dh]. */
interface DeltaRule {
  r: Tensor;
  k: Tensor;
  v: Tensor;
  /** κ */
  removal: Tensor;
  /** a ∘ κ */
  removed: Tensor;
  /** log w */
  logDecay: Tensor;
}

/** -> o [B, H, n, C, dh]; of the last chunk alone if only that is wanted. */
function deltaRule({ r, k, v, removal, removed, logDecay }: DeltaRule, lastOnly = false): Tensor {
  const [batch, heads, count, size, channels] = dims(v, 5);
  const first = lastOnly ? count - 1 : 0;
  const wanted = (t: Tensor) => chunksFrom(t, first);
  const c = cumulate(logDecay, 3);
  const shrunk = tf.exp(tf.neg(c));
  const [kPlus, bPlus] = [tf.mul(k, shrunk), tf.mul(removed, shrunk)];
  const kappa = tf.mul(removal, tf.exp(tf.sub(c, logDecay)));
  const read = tf.mul(wanted(r), tf.exp(wanted(c)));
  const strict = lowerTriangle(size, true);
  const inclusive = lowerTriangle(size);
  const product = (a: Tensor, b: Tensor) => tf.matMul(a, b, false, true); // [B, H, n, C, C]

  const inverse = invertUnitLower(product(kappa, bPlus));
  const taken = tf.matMul(tf.mul(product(kappa, kPlus), strict), v);
  const u = tf.matMul(inverse, taken); // the chunk's own part of U
  const write = tf.mul(product(read, wanted(kPlus)), inclusive);
  const erase = tf.mul(product(read, wanted(bPlus)), inclusive);
  const written = tf.matMul(write, wanted(v));
  if (count === 1) return tf.sub(written, tf.matMul(erase, u));

  const w = tf.matMul(inverse, kappa);
  const total = tf.slice(c, [0, 0, 0, size - 1, 0], [batch, heads, count, 1, channels]);
  const kept = tf.exp(total); // [B, H, n, 1, dh]
  const toEnd = (t: Tensor) => tf.mul(t, kept);
  const m = tf.sub(tf.mul(tf.eye(channels), kept), tf.matMul(toEnd(bPlus), w, true));
  const n = tf.sub(tf.matMul(toEnd(kPlus), v, true), tf.matMul(toEnd(bPlus), u, true));
  const grouped = (t: Tensor) => tf.reshape(t, [batch * heads, count, channels, channels]);
  const s = wanted(tf.reshape(statesBefore(grouped(m), grouped(n)), n.shape));
  const all = tf.add(wanted(u), tf.matMul(wanted(w), s)); // U
  return tf.add(tf.matMul(read, s), tf.sub(written, tf.matMul(erase, all)));
}
