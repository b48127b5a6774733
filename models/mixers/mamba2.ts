/**
 * Mamba-2 (Dao, Gu 2024, https://arxiv.org/abs/2405.21060): a selective state-space model whose
 * rates are one number per head, and so linear attention with a decay that the tokens choose; causal.
 *
 *   (z, u, Δ) = x W,   (x', B, C) = SiLU(convolution of 4 tokens of u)
 *   S_t = e^(−e^logA Δ_t) S_{t−1} + Δ_t B_t x'_tᵀ,   y_t = S_tᵀ C_t + D ∘ x'_t,   Δ ← softplus(Δ + bias)
 *   out = (gain ∘ RMSNorm(y ∘ SiLU(z))) W_o
 *
 * x' and z have 2·d channels; all heads share B and C of N channels. D starts at 1, rates and step
 * sizes in the middle of equal parts of what the authors draw them from (`selective.ts`), matrices and the
 * convolution as PyTorch starts them, as in the authors' code.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { OptionError } from '../../core/errors.ts';
import { decayedAttention } from '../attention/decayed.ts';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { silu } from '../ops/activations.ts';
import { fromChunks, intoChunks } from '../ops/chunks.ts';
import { dense } from '../ops/dense.ts';
import { rootMeanSquareNorm } from '../ops/headNorm.ts';
import { ones } from '../ops/initialise.ts';
import { usedPositions } from '../ops/readout.ts';
import { shortBias, shortConvolve, shortKernel } from '../ops/shortConvolution.ts';
import { dims, splitSizes } from '../ops/tensors.ts';
import { residualGain, uniformMatrix } from '../parameters.ts';
import { headRateParameters } from '../recurrence/selective.ts';

const taps = 4;

const options = z.strictObject({
  /** States of a channel, N. */
  state: z.int().min(1).default(32),
  /** Heads, each with a step size and a rate of its own; divides twice the width. */
  heads: z.int().min(1).default(4),
  /** Tokens that are computed as one matrix product: changes the speed only. */
  chunk: z.int().min(1).default(64),
});

export const mamba2: MixerDefinition<typeof options> = {
  name: 'mamba2',
  title: 'Mamba-2',
  family: 'state space',
  year: 2024,
  paper: {
    title:
      'Transformers are SSMs: Generalized Models and Efficient Algorithms Through Structured State Space Duality',
    url: 'https://arxiv.org/abs/2405.21060',
  },
  causal: true,
  cost: 'L',
  notes: [
    'A channel has 32 states (option state); the authors use 64 to 128.',
    'Step sizes and rates of the few heads are spread evenly over the distribution that the authors draw them from, so that a seed does not decide what a model remembers.',
  ],
  options,
  create(shape, { state, heads, chunk }) {
    const { length, width } = shape;
    const inner = 2 * width;
    if (inner % heads !== 0) {
      throw new OptionError(
        `option heads: ${heads} does not divide ${inner}, twice the width; expected a divisor of it`,
      );
    }
    const size = Math.min(chunk, length);
    const convolved = inner + 2 * state;
    return buildMixer({
      parameters: {
        input: uniformMatrix(width, inner + convolved + heads),
        kernel: shortKernel(taps, convolved),
        kernelBias: shortBias(taps, convolved),
        ...headRateParameters(heads, 1),
        d: { shape: [heads], initialise: ones, decay: false },
        gain: { shape: [inner], initialise: ones, decay: false },
        output: uniformMatrix(inner, width, residualGain(shape.layers)),
      },
      reach: Infinity,
      stateSize: state * inner + (taps - 1) * convolved,
      // Padding comes after all tokens and cannot touch them.
      apply(x, p, { lastOnly }) {
        const [weightZ, weight] = splitSizes(p.input, [inner, convolved + heads], 1);
        const [u, step] = splitSizes(dense(x, weight), [convolved, heads], 2);
        const mixed = silu(tf.add(shortConvolve(u, p.kernel, taps - 1), p.kernelBias));
        const [value, b, c] = splitSizes(mixed, [inner, state, state], 2);
        const steps = intoChunks(tf.softplus(tf.add(step, p.stepBias)), heads, size); // [B, H, n, C, 1]
        const values = intoChunks(value, heads, size); // [B, H, n, C, dh]
        const rates = tf.reshape(tf.neg(tf.exp(p.logA)), [1, heads, 1, 1]);
        const y = decayedAttention(
          {
            q: intoChunks(c, 1, size), // [B, 1, n, C, N]
            k: intoChunks(b, 1, size),
            v: tf.mul(values, steps),
            logDecay: tf.mul(tf.squeeze(steps, [4]), rates),
          },
          lastOnly,
        );
        const skip = tf.mul(
          perHead(usedPositions(value, lastOnly), heads),
          tf.reshape(p.d, [heads, 1]),
        );
        const summed = tf.add(perHead(usedPositions(fromChunks(y, length), lastOnly), heads), skip);
        const gate = silu(dense(usedPositions(x, lastOnly), weightZ));
        const gated = tf.mul(tf.reshape(summed, gate.shape), gate);
        return dense(tf.mul(rootMeanSquareNorm(gated), p.gain), p.output);
      },
    });
  },
};

/** [B, L, H·dh] -> [B, L, H, dh] */
function perHead(x: Tensor, heads: number): Tensor {
  const [batch, length, channels] = dims(x, 3);
  return tf.reshape(x, [batch, length, heads, channels / heads]);
}
