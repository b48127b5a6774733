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
import { z } from 'zod';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { convolutionBlock, convolutionBlockParameters } from '../recurrence/convolutionBlock.ts';
import { checkSteps, stateSpaceKernels, stateSpaceParameters } from '../recurrence/diagonal.ts';

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
  notes: [
    'With initialisation=legs, the released code also starts B at its clipped HiPPO values; here B is 1 and part of C, so kernels start about half as large.',
    'On Path-X the authors start step sizes from 0.0001 (option dtMin); here they start alike on every task.',
  ],
  options,
  create(shape, { state, initialisation, dtMin, dtMax }) {
    const { length, width } = shape;
    checkSteps(dtMin, dtMax);
    const stateSpace = { state, spectrum: initialisation, dtMin, dtMax };
    return buildMixer({
      parameters: {
        ...stateSpaceParameters(width, stateSpace),
        ...convolutionBlockParameters(shape),
      },
      reach: Infinity,
      stateSize: 2 * state * width,
      apply(x, p, input) {
        return convolutionBlock(x, p, stateSpaceKernels(p, length), input);
      },
    });
  },
};
