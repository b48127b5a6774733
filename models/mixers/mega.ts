/**
 * MEGA: gated attention with one head over an exponential moving average of the sequence (Ma et al.
 * 2023, https://arxiv.org/abs/2209.10655), bidirectional:
 *
 *   X' = SiLU(EMA(X) + ω ∘ X)
 *   Q = κ_q ∘ Z + μ_q,   K = κ_k ∘ Z + μ_k,   Z = SiLU(X' W_z + b_z)
 *   O = f(Q Kᵀ / τ + b_rel) V,   V = SiLU(X W_v + b_v)
 *   Ĥ = SiLU(X' W_h + (γ ∘ O) U_h + b_h),   γ = SiLU(X' W_γ + b_γ),   φ = σ(X' W_φ + b_φ)
 *   Y = φ ∘ (Ĥ − R)
 *
 * where R is the residual stream, of which the norm made X, so that with the backbone's residual the
 * block is MEGA's φ ∘ Ĥ + (1 − φ) ∘ R. f is the softmax with τ = √z, or the Laplace function
 * ½ (1 + erf((s − √½) √(2π))) with τ the number of keys. b_rel is one number for each distance. With
 * chunks, a token attends within its chunk only, and the moving average carries from chunk to chunk.
 *
 * Both averages count the token itself. All starts are those of MEGA's code: α and δ normal of 0.2
 * before the sigmoid, β ±1 in turn plus 0.02, η and ω standard normal; matrices, κ and b_rel normal of
 * 0.02; μ and biases at 0.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { biasedAttention } from '../attention/biased.ts';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { silu } from '../ops/activations.ts';
import { convolve } from '../ops/convolution.ts';
import { dense } from '../ops/dense.ts';
import { normal, zeros } from '../ops/initialise.ts';
import { usedPositions, withoutPadding } from '../ops/readout.ts';
import { split, splitSizes, unstack } from '../ops/tensors.ts';
import { bias, type Parameter, type Tensors } from '../parameters.ts';
import { withSkip } from '../recurrence/convolutionBlock.ts';
import {
  movingAverageKernels,
  movingAverageParameters,
  type MovingAverageTensors,
} from '../recurrence/movingAverage.ts';

const options = z.strictObject({
  /** Dimensions of the moving average of a channel. */
  dimensions: z.int().min(1).default(16),
  /** Channels of queries and keys, z; 0 for half the width, as in the paper. */
  keys: z.int().min(0).default(0),
  /** Channels of values over channels of a token. */
  expansion: z.int().min(1).default(1),
  attention: z.enum(['softmax', 'laplace']).default('softmax'),
  /** Tokens that attend to each other; 0 for all. */
  chunk: z.int().min(0).default(0),
});

const start = normal(0.02);

const small = (inputs: number, outputs: number): Parameter => ({
  shape: [inputs, outputs],
  initialise: start,
});

export const mega: MixerDefinition<typeof options> = {
  name: 'mega',
  title: 'MEGA',
  family: 'state space',
  year: 2022,
  paper: {
    title: 'Mega: Moving Average Equipped Gated Attention',
    url: 'https://arxiv.org/abs/2209.10655',
  },
  causal: false,
  cost: 'L²',
  notes: [
    'Values have as many channels as a token; the authors have twice as many (option expansion). That leaves room for the shared feed-forward layers.',
    'The authors choose the norm of its residual stream by task (layer, scale or batch norm); here it is the layer norm of all models.',
  ],
  options,
  create(shape, { dimensions, keys, expansion, attention, chunk }) {
    const { length, width } = shape;
    const size = chunk === 0 ? length : Math.min(chunk, length);
    const shared = keys === 0 ? Math.ceil(width / 2) : keys;
    const inner = expansion * width;
    return buildMixer({
      parameters: {
        ...movingAverageParameters(width, dimensions, 2),
        omega: { shape: [width], initialise: normal(1) },
        shared: small(width, shared), // W_z
        sharedBias: bias(shared),
        kappa: { shape: [2, shared], initialise: start }, // of queries, of keys
        mu: { shape: [2, shared], initialise: zeros, decay: false },
        values: small(width, inner),
        valuesBias: bias(inner),
        relative: {
          shape: [2 * size - 1],
          initialise: start,
          decay: false,
          perPosition: chunk === 0,
        },
        gates: small(width, inner + 2 * width), // γ, φ, Ĥ
        gatesBias: bias(inner + 2 * width),
        output: small(inner, width),
      },
      reach: Infinity,
      stateSize: 2 * dimensions * width + size * (shared + inner),
      apply(x, p, { mask, lastOnly, stream = x }) {
        const [after, before] = movingAverage(p, length);
        const real = mask ?? tf.ones([x.shape[0], length]);
        const u = withoutPadding(x, mask);
        const averaged = silu(convolve(u, after, before)); // X' [B, L, d]
        // The last token attends only within its own chunk.
        const first = lastOnly ? Math.floor((length - 1) / size) * size : 0;
        const tail = (t: Tensor) =>
          lastOnly ? tf.slice(t, [0, first, 0], [t.shape[0], length - first, t.shape[2]!]) : t;

        const common = silu(dense(tail(averaged), p.shared, p.sharedBias)); // Z
        const [kappaQ, kappaK] = split(p.kappa, 2, 0);
        const [muQ, muK] = split(p.mu, 2, 0);
        const o = biasedAttention(p.relative, attention, size, {
          q: tf.add(tf.mul(usedPositions(common, lastOnly), kappaQ), muQ),
          k: tf.add(tf.mul(common, kappaK), muK),
          v: silu(dense(tail(u), p.values, p.valuesBias)),
          real: tail(tf.expandDims(real, 2)),
        });
        const gates = dense(usedPositions(averaged, lastOnly), p.gates, p.gatesBias);
        const [gamma, phi, h] = splitSizes(gates, [inner, width, width], 2);
        const candidate = silu(tf.add(h, dense(tf.mul(silu(gamma), o), p.output)));
        return tf.mul(tf.sigmoid(phi), tf.sub(candidate, usedPositions(stream, lastOnly)));
      },
    });
  },
};

/** Kernels of EMA(X) + ω ∘ X, as `convolve` takes them; both averages weigh the token itself. */
function movingAverage(
  p: MovingAverageTensors & Tensors<'omega'>,
  length: number,
): [after: Tensor, before: Tensor | undefined] {
  const [forward, backward] = unstack(movingAverageKernels(p, length), 2);
  const width = forward.shape[0];
  const own = tf.squeeze(tf.slice(backward, [0, 0], [width, 1]), [1]);
  const later =
    length > 1 ? tf.reverse(tf.slice(backward, [0, 1], [width, length - 1]), 1) : undefined;
  return [withSkip(forward, tf.add(p.omega, own)), later];
}
