/**
 * S5: one diagonal state-space model with all channels as its inputs and outputs (Smith et al. 2023,
 * https://arxiv.org/abs/2208.04933), bidirectional as S5 runs on long-range tasks:
 *
 *   x_t = e^(Δλ) ∘ x_{t−1} + (e^(Δλ) − 1)/λ ∘ (B u_t),   z_t = 2 Re(C x_t) + D ∘ u_t
 *
 * with P/2 complex states that stand for P together with their conjugates, a step size Δ for each
 * (zero-order hold), and y = GLU(GELU(z) W + b). The states from behind share everything but C.
 *
 * λ starts as the eigenvalues of `blocks` normal parts of HiPPO-LegS, of P/blocks states each; Δ is
 * log-uniform in [dtMin, dtMax]. S5 draws B real and turns it into the basis of the eigenvectors, which
 * is unitary: that is the same as drawing it complex normal, of variance 1/d here. It draws C complex,
 * of variance 2/P. D is standard normal. λ, Δ and B learn at a quarter of the rate, without weight
 * decay, as in S5's own parameter groups (half to a fifth).
 */
import tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { OptionError } from '../../core/errors.ts';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { overRoot2 } from '../ops/activations.ts';
import { exponential, product, type Complex } from '../ops/complex.ts';
import { dense } from '../ops/dense.ts';
import { constant, normal, uniform, values } from '../ops/initialise.ts';
import { usedPositions, withoutPadding } from '../ops/readout.ts';
import { split } from '../ops/tensors.ts';
import { learnsAt } from '../parameters.ts';
import { bidirectionalStates } from '../recurrence/bidirectional.ts';
import { checkSteps, imaginaryParts, zeroOrderHold } from '../recurrence/diagonal.ts';
import { gatedOutput, gatedOutputParameters } from '../recurrence/gatedOutput.ts';

const options = z.strictObject({
  /** States of all channels together, P, counting conjugates. */
  state: z.int().min(2).multipleOf(2).default(64),
  /** Blocks of the initial state matrix; divides half the state. */
  blocks: z.int().min(1).default(4),
  /** Bounds of the initial step sizes. */
  dtMin: z.number().positive().default(0.001),
  dtMax: z.number().positive().default(0.1),
});

const systemRate = learnsAt(0.25);

export const s5: MixerDefinition<typeof options> = {
  name: 's5',
  title: 'S5',
  family: 'state space',
  year: 2022,
  paper: {
    title: 'Simplified State Space Layers for Sequence Modeling',
    url: 'https://arxiv.org/abs/2208.04933',
  },
  causal: false,
  cost: 'L',
  notes: [
    'B and the recurrence learn at a quarter of the rate; the authors’ factor is a half to a fifth, by task.',
    'C starts as in the authors’ option trunc_standard_normal; they use a smaller one on some tasks.',
    'On Path-X the authors start step sizes from 0.0001 (option dtMin); here they start alike on every task.',
  ],
  options,
  create(shape, { state, blocks, dtMin, dtMax }) {
    const pairs = state / 2;
    if (pairs % blocks !== 0) {
      throw new OptionError(
        `option blocks: ${blocks} does not divide half the state, ${pairs}; choose a divisor of ${pairs}`,
      );
    }
    checkSteps(dtMin, dtMax);
    const { width } = shape;
    const steps = uniform(Math.log(dtMin), Math.log(dtMax));
    return buildMixer({
      parameters: {
        logDt: { shape: [pairs], initialise: steps, ...systemRate },
        logReal: { shape: [pairs], initialise: constant(Math.log(0.5)), ...systemRate },
        imag: {
          shape: [pairs],
          initialise: values(imaginaryParts('legs', state / blocks)), // the same for every block
          ...systemRate,
        },
        // Real parts of B, then imaginary ones.
        b: { shape: [width, state], initialise: normal(1 / Math.sqrt(2 * width)), ...systemRate },
        // Re C and −Im C for the states from the front, then for those from behind.
        c: { shape: [2 * state, width], initialise: normal(1 / Math.sqrt(state)) },
        d: { shape: [width], initialise: normal(1) },
        ...gatedOutputParameters(shape),
      },
      reach: Infinity,
      stateSize: 2 * state,
      apply(x, p, { mask, lastOnly }) {
        const u = withoutPadding(x, mask);
        const rate: Complex = { re: tf.neg(tf.exp(p.logReal)), im: p.imag }; // [P/2]
        const dt = tf.exp(p.logDt);
        const scaled: Complex = { re: tf.mul(rate.re, dt), im: tf.mul(rate.im, dt) };
        const [re, im] = split(p.b, 2, 1);
        // Twice the input: the conjugate states' share of the output.
        const b = product({ re, im }, zeroOrderHold(rate, scaled));
        const input = dense(u, tf.concat([b.re, b.im], 1)); // [B, L, P]
        const states = bidirectionalStates(exponential(scaled), input, lastOnly); // [B, L, 2·P]
        const itself = tf.mul(usedPositions(u, lastOnly), overRoot2(p.d));
        return gatedOutput(tf.add(dense(states, overRoot2(p.c)), itself), p);
      },
    });
  },
};
