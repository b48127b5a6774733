/**
 * S4D: a diagonal state-space model in every channel (Gu et al. 2022,
 * https://arxiv.org/abs/2206.11893), bidirectional as the S4 papers run it on long-range tasks:
 *
 *   y = GLU(GELU(K * x + D ∘ x) W + b),   GLU(a, g) = a ∘ σ(g)
 *
 * where K sums a kernel over earlier tokens and one over later tokens that share their rates and
 * have weights C of their own. Rates start as S4D-Lin, S4D-Inv or S4D-LegS, all with real part
 * −1/2; Δ is log-uniform in [dtMin, dtMax]; C and D are standard normal.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { scaledGelu } from '../activations.ts';
import { convolve, convolveLast } from '../convolution.ts';
import { dense } from '../dense.ts';
import { stateSpaceKernels, stateSpaceParameters } from '../diagonalStateSpace.ts';
import { fanIn, normal, zeros } from '../initialise.ts';
import type { MixerDefinition } from '../mixer.ts';

const options = z.strictObject({
  /** States of a channel, N, counting conjugates. */
  state: z.int().min(2).multipleOf(2).default(64),
  initialisation: z.enum(['lin', 'inv', 'legs']).default('lin'),
  /** Bounds of the initial step sizes. */
  dtMin: z.number().positive().default(0.001),
  dtMax: z.number().positive().default(0.1),
});

export const s4d: MixerDefinition<typeof options> = {
  name: 's4d',
  title: 'S4D',
  family: 'state space',
  year: 2022,
  paper: {
    title: 'On the Parameterization and Initialization of Diagonal State Space Models',
    url: 'https://arxiv.org/abs/2206.11893',
  },
  causal: false,
  cost: 'L√L',
  options,
  create({ length, width, layers }, { state, initialisation, dtMin, dtMax }) {
    if (dtMin > dtMax) {
      throw new RangeError(
        `option dtMin: ${dtMin} is above dtMax; expected a number of at most ${dtMax}`,
      );
    }
    const stateSpace = { state, spectrum: initialisation, dtMin, dtMax, directions: 2 };
    return {
      parameters: [
        ...stateSpaceParameters(width, stateSpace),
        { name: 'd', shape: [width], initialise: normal(1) },
        {
          name: 'output',
          shape: [width, 2 * width],
          initialise: fanIn(width, 1 / Math.sqrt(2 * layers)),
        },
        { name: 'outputBias', shape: [2 * width], initialise: zeros, decay: false },
      ],
      reach: Infinity,
      stateSize: 2 * state * width,
      apply(x, p, { mask, lastOnly }) {
        const u = mask ? tf.mul(x, tf.expandDims(mask, 2)) : x;
        const [after, before] = stateSpaceKernels(p, length) as [Tensor, Tensor];
        // The skip D is the kernel's weight of the token itself.
        const itself = tf.pad(tf.reshape(p.d!, [width, 1]), [
          [0, 0],
          [0, length - 1],
        ]);
        const half = (t: Tensor) => tf.mul(t, Math.SQRT1_2);
        const past = half(tf.add(after, itself));
        const z = lastOnly ? convolveLast(u, past) : convolve(u, past, half(before));
        const gated = dense(scaledGelu(z), half(p.output!), p.outputBias!); // [B, L, 2d]
        const [value, gate] = tf.split(gated, 2, 2) as [Tensor, Tensor];
        return tf.mul(value, tf.sigmoid(gate));
      },
    };
  },
};
