/**
 * Mamba (Gu, Dao 2023, https://arxiv.org/abs/2312.00752): a state-space model in every channel whose
 * step, input and output weights the tokens choose; causal.
 *
 *   (u, z) = x W,   u ← SiLU(convolution of 4 tokens of u),   (δ, B, C) = u W_x
 *   Δ = softplus(δ W_Δ + bias),   h_t = e^(A Δ_t) ∘ h_{t−1} + Δ_t u_t B_t,   y_t = C_t · h_t + D ∘ u_t
 *   out = (y ∘ SiLU(z)) W_o
 *
 * u and z have 2·d channels, δ has d/16. All starts are those of the authors' code: A = −e^logA at
 * −1, ..., −N in every channel, D at 1, Δ log-uniform between 0.001 and 0.1 by its bias, matrices and the
 * convolution as PyTorch starts them.
 */
import tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { silu } from '../ops/activations.ts';
import { dense } from '../ops/dense.ts';
import { ones } from '../ops/initialise.ts';
import { usedPositions } from '../ops/readout.ts';
import { shortBias, shortConvolve, shortKernel } from '../ops/shortConvolution.ts';
import { split, splitSizes } from '../ops/tensors.ts';
import { residualGain, uniformMatrix } from '../parameters.ts';
import { randomStepBias, stateRates } from '../recurrence/selective.ts';
import { selectiveScan, selectiveScanLast } from '../recurrence/selectiveScan.ts';

const taps = 4;

const options = z.strictObject({
  /** States of a channel, N. */
  state: z.int().min(1).default(16),
  /** Channels of the scan for one of the model. */
  expand: z.int().min(1).default(2),
  /** Tokens that are computed one after the other, beside all other such chunks: changes the speed only. */
  chunk: z.int().min(1).max(64).default(16),
});

export const mamba: MixerDefinition<typeof options> = {
  name: 'mamba',
  title: 'Mamba',
  family: 'state space',
  year: 2023,
  paper: {
    title: 'Mamba: Linear-Time Sequence Modeling with Selective State Spaces',
    url: 'https://arxiv.org/abs/2312.00752',
  },
  causal: true,
  cost: 'L',
  options,
  create(shape, { state, expand, chunk }) {
    const { width } = shape;
    const inner = expand * width;
    const rank = Math.ceil(width / 16);
    return buildMixer({
      parameters: {
        input: uniformMatrix(width, 2 * inner),
        kernel: shortKernel(taps, inner),
        kernelBias: shortBias(taps, inner),
        select: uniformMatrix(inner, rank + 2 * state),
        step: uniformMatrix(rank, inner),
        stepBias: { shape: [inner], initialise: randomStepBias, decay: false },
        logA: { shape: [state, inner], initialise: stateRates(state), decay: false },
        d: { shape: [inner], initialise: ones, decay: false },
        output: uniformMatrix(inner, width, residualGain(shape.layers)),
      },
      reach: Infinity,
      stateSize: inner * (state + taps - 1),
      // Padding comes after all tokens and cannot touch them.
      apply(x, p, { lastOnly }) {
        const [weightU, weightZ] = split(p.input, 2, 1);
        const convolved = shortConvolve(dense(x, weightU), p.kernel, taps - 1);
        const u = silu(tf.add(convolved, p.kernelBias)); // [B, L, E]
        const [low, write, read] = splitSizes(dense(u, p.select), [rank, state, state], 2);
        const step = tf.softplus(dense(low, p.step, p.stepBias));
        const selected = { input: u, step, rates: tf.neg(tf.exp(p.logA)), write, read };
        const scanned = lastOnly ? selectiveScanLast(selected) : selectiveScan(selected, chunk);
        const y = tf.add(scanned, tf.mul(usedPositions(u, lastOnly), p.d));
        return dense(tf.mul(y, silu(dense(usedPositions(x, lastOnly), weightZ))), p.output);
      },
    });
  },
};
