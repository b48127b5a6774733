/**
 * The linear recurrent unit (LRU; Orvieto et al. 2023, https://arxiv.org/abs/2303.06349): a diagonal
 * complex recurrence, stable by its form, with all channels in one state,
 *
 *   h_t = λ ∘ h_{t−1} + γ ∘ (B u_t),   λ = exp(−e^ν + i e^θ),   z_t = Re(C h_t) + D ∘ u_t
 *
 * and y = GLU(GELU(z) W + b). As the other state-space models here it runs from both ends, with the
 * same λ, γ and B and a C for either end.
 *
 * λ starts uniform on the ring rMin ≤ |λ| ≤ rMax with phases in [0, maxPhase]; γ starts as
 * √(1 − |λ|²), which keeps the state's variance that of white input, and is learned as a factor on
 * it; the real and imaginary parts of B have variance 1/2d and those of C 1/N, D is standard normal, as
 * in minimal-LRU. ν, θ, γ and B learn at a quarter of the rate, without weight decay. The published
 * model runs in one direction.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { OptionError } from '../../core/errors.ts';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { overRoot2 } from '../ops/activations.ts';
import { exponential } from '../ops/complex.ts';
import { dense } from '../ops/dense.ts';
import { normal, zeros, type Initialiser } from '../ops/initialise.ts';
import { usedPositions, withoutPadding } from '../ops/readout.ts';
import { learnsAt, type Tensors } from '../parameters.ts';
import { bidirectionalStates } from '../recurrence/bidirectional.ts';
import { gatedOutput, gatedOutputParameters } from '../recurrence/gatedOutput.ts';

const options = z.strictObject({
  /** Complex states, N, of all channels together. */
  state: z.int().min(1).default(32),
  /** Bounds of the initial |λ|. */
  rMin: z.number().min(0).max(1).default(0.9),
  rMax: z.number().positive().lt(1).default(0.999),
  /** Largest initial phase of λ, in radians. */
  maxPhase: z
    .number()
    .positive()
    .max(2 * Math.PI)
    .default(2 * Math.PI),
});

const ringRate = learnsAt(0.25);

export const lru: MixerDefinition<typeof options> = {
  name: 'lru',
  title: 'LRU',
  family: 'state space',
  year: 2023,
  paper: {
    title: 'Resurrecting Recurrent Neural Networks for Long Sequences',
    url: 'https://arxiv.org/abs/2303.06349',
  },
  causal: false,
  cost: 'L',
  notes: [
    'Runs from both ends with a C for either; the published unit runs in one direction.',
    'λ starts on the ring from 0.9 to 0.999 (options rMin, rMax); the public reimplementation starts in the full disk, by default.',
  ],
  options,
  create(shape, { state, rMin, rMax, maxPhase }) {
    if (rMin >= rMax) {
      throw new OptionError(`option rMin: ${rMin} is not below rMax; expected less than ${rMax}`);
    }
    const { width } = shape;
    return buildMixer({
      parameters: {
        nu: { shape: [state], initialise: ring(rMin, rMax), ...ringRate },
        theta: { shape: [state], initialise: phases(maxPhase), ...ringRate },
        logGamma: { shape: [state], initialise: zeros, ...ringRate },
        // Real parts of B, then imaginary ones.
        b: { shape: [width, 2 * state], initialise: normal(1 / Math.sqrt(2 * width)), ...ringRate },
        // Re C and −Im C for the states from the front, then for those from behind.
        c: { shape: [4 * state, width], initialise: normal(1 / Math.sqrt(state)) },
        d: { shape: [width], initialise: normal(1) },
        ...gatedOutputParameters(shape),
      },
      reach: Infinity,
      stateSize: 4 * state,
      apply(x, p, { mask, lastOnly }) {
        const u = withoutPadding(x, mask);
        const decay = tf.neg(tf.exp(p.nu)); // ln |λ|
        const lambda = exponential({ re: decay, im: tf.exp(p.theta) });
        const input = dense(u, tf.mul(p.b, gamma(decay, p))); // [B, L, 2·N]
        const states = bidirectionalStates(lambda, input, lastOnly); // [B, L, 4·N]
        const itself = tf.mul(usedPositions(u, lastOnly), overRoot2(p.d));
        return gatedOutput(tf.add(dense(states, overRoot2(p.c)), itself), p);
      },
    });
  },
};

/** γ for real and imaginary parts: [2·N]. */
function gamma(decay: Tensor, { logGamma }: Tensors<'logGamma'>): Tensor {
  const variance = tf.neg(tf.expm1(tf.mul(decay, 2))); // 1 − |λ|²
  const gamma = tf.mul(tf.exp(logGamma), tf.sqrt(variance));
  return tf.concat([gamma, gamma]);
}

/** ν with |λ|² uniform in [rMin², rMax²], which is uniform on the ring. */
const ring =
  (rMin: number, rMax: number): Initialiser =>
  (size, random) =>
    Float32Array.from({ length: size }, () => {
      // 1 − random() lies in (0, 1], so that |λ| is above 0 even for a full disk.
      const square = rMin ** 2 + (rMax ** 2 - rMin ** 2) * (1 - random());
      return Math.log(-Math.log(square) / 2);
    });

const phases =
  (maxPhase: number): Initialiser =>
  (size, random) =>
    Float32Array.from({ length: size }, () => Math.log(maxPhase * (1 - random())));
