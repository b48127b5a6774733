/**
 * S4: a state-space model in every channel whose state matrix is diagonal plus low rank and starts as
 * HiPPO-LegS (Gu et al. 2022, https://arxiv.org/abs/2111.00396), bidirectional as the S4 papers run
 * it on long-range tasks:
 *
 *   y = GLU(GELU(K * x + D ∘ x) W + b),   GLU(a, g) = a ∘ σ(g)
 *
 * where K sums a kernel over earlier tokens and one over later tokens, which share Λ, P, B and Δ and
 * have weights C of their own. Λ, P and B are shared by all channels, as in S4's own configurations
 * for the Long Range Arena; Δ is log-uniform in [dtMin, dtMax]; C and D are standard normal.
 */
import { z } from 'zod';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import {
  bothSides,
  convolutionBlock,
  convolutionBlockParameters,
} from '../recurrence/convolutionBlock.ts';
import { checkSteps } from '../recurrence/diagonal.ts';
import { lowRankKernels, lowRankParameters } from '../recurrence/lowRank.ts';

const options = z.strictObject({
  /** States of a channel, N, counting conjugates. */
  state: z.int().min(2).multipleOf(2).default(64),
  /** Bounds of the initial step sizes. */
  dtMin: z.number().positive().default(0.001),
  dtMax: z.number().positive().default(0.1),
});

export const s4: MixerDefinition<typeof options> = {
  name: 's4',
  title: 'S4',
  family: 'state space',
  year: 2021,
  paper: {
    title: 'Efficiently Modeling Long Sequences with Structured State Spaces',
    url: 'https://arxiv.org/abs/2111.00396',
  },
  causal: false,
  cost: 'L√L',
  notes: [
    'B starts unclipped, as in the paper. The released code limits its imaginary parts to ±2, which changes 11 of the 32 pairs of 64 states and depends on the phases that an eigenvector routine happens to return.',
    'On Path-X the authors start step sizes from 0.0001 (option dtMin); here they start alike on every task.',
  ],
  options,
  create(shape, { state, dtMin, dtMax }) {
    const { length, width } = shape;
    checkSteps(dtMin, dtMax);
    return buildMixer({
      parameters: {
        ...lowRankParameters(width, { state, dtMin, dtMax, directions: 2 }),
        ...convolutionBlockParameters(shape),
      },
      reach: Infinity,
      stateSize: 2 * state * width,
      apply: (x, p, input) => convolutionBlock(x, p, bothSides(lowRankKernels(p, length)), input),
    });
  },
};
