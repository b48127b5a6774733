/**
 * Mamba (Gu, Dao 2023, https://arxiv.org/abs/2312.00752): a state-space model in every channel whose
 * step, input and output weights the tokens choose; causal.
 *
 *   (u, z) = x W,   u ← SiLU(convolution of 4 tokens of u),   (δ, B, C) = u W_x
 *   Δ = softplus(δ W_Δ + bias),   h_t = e^(A Δ_t) ∘ h_{t−1} + Δ_t u_t B_t,   y_t = C_t · h_t + D ∘ u_t
 *   out = (y ∘ SiLU(z)) W_o
 *
 * u and z have 2·d channels, δ has d/16. A = −e^logA starts at −1, ..., −N in every channel, D at 1.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { dense } from '../ops/dense.ts';
import { fanIn, ones, uniform, zeros } from '../ops/initialise.ts';
import type { MixerDefinition } from '../mixer.ts';
import { lastPosition } from '../ops/readout.ts';
import { randomStepBias, stateRates } from '../recurrence/selective.ts';
import { selectiveScan, selectiveScanLast } from '../recurrence/selectiveScan.ts';
import { shortConvolve } from '../ops/shortConvolution.ts';
import { silu } from '../ops/silu.ts';

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
  create({ width, layers }, { state, expand, chunk }) {
    const inner = expand * width;
    const rank = Math.ceil(width / 16);
    const [kernelBound, stepBound] = [1 / Math.sqrt(taps), 1 / Math.sqrt(rank)];
    return {
      parameters: [
        { name: 'input', shape: [width, 2 * inner], initialise: fanIn(width) },
        { name: 'kernel', shape: [taps, inner], initialise: uniform(-kernelBound, kernelBound) },
        { name: 'kernelBias', shape: [inner], initialise: zeros, decay: false },
        { name: 'select', shape: [inner, rank + 2 * state], initialise: fanIn(inner) },
        { name: 'step', shape: [rank, inner], initialise: uniform(-stepBound, stepBound) },
        { name: 'stepBias', shape: [inner], initialise: randomStepBias, decay: false },
        { name: 'logA', shape: [state, inner], initialise: stateRates(state), decay: false },
        { name: 'd', shape: [inner], initialise: ones, decay: false },
        {
          name: 'output',
          shape: [inner, width],
          initialise: fanIn(inner, 1 / Math.sqrt(2 * layers)),
        },
      ],
      reach: Infinity,
      stateSize: inner * (state + taps - 1),
      // Padding comes after all tokens and cannot touch them.
      apply(x, p, { lastOnly }) {
        const select = lastOnly ? lastPosition : (t: Tensor) => t;
        const [weightU, weightZ] = tf.split(p.input!, 2, 1) as [Tensor, Tensor];
        const convolved = shortConvolve(dense(x, weightU), p.kernel!, taps - 1);
        const u = silu(tf.add(convolved, p.kernelBias!)); // [B, L, E]
        const [low, write, read] = tf.split(dense(u, p.select!), [rank, state, state], 2) as [
          Tensor,
          Tensor,
          Tensor,
        ];
        const step = tf.softplus(dense(low, p.step!, p.stepBias!));
        const selected = { input: u, step, rates: tf.neg(tf.exp(p.logA!)), write, read };
        const scanned = lastOnly ? selectiveScanLast(selected) : selectiveScan(selected, chunk);
        const y = tf.add(scanned, tf.mul(select(u), p.d!));
        return dense(tf.mul(y, silu(dense(select(x), weightZ))), p.output!);
      },
    };
  },
};
