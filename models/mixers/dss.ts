/**
 * DSS: the first diagonal state-space model (Gupta et al. 2022, https://arxiv.org/abs/2203.14343),
 * bidirectional as S4 and its successors run on long-range tasks:
 *
 *   y = GLU(GELU(K * x + D ∘ x) W + b),   GLU(a, g) = a ∘ σ(g)
 *
 * where K sums a kernel over earlier tokens and one over later tokens, with weights C of their own.
 * Unlike S4D's, the rates λ are shared by all channels. The kernel is one of the paper's two:
 *
 *   softmax   K_t = 2 Re Σ_n C_n / λ_n · softmax_t(Δ λ_n t),               λ_n = re_n + i im_n
 *   exp       K_t = 2 Re Σ_n C_n / λ_n · (e^(Δ λ_n) − 1) · e^(Δ λ_n t),    λ_n = −e^(re_n) + i im_n
 *
 * λ starts as the eigenvalues with positive imaginary part of HiPPO-LegS's normal part, Δ log-uniform
 * in [dtMin, dtMax]; 2C (the paper's W) and D are standard normal. λ, Δ and C learn at a tenth of the
 * rate, without weight decay, as in DSS's code, which has a Δ of its own for Im λ and one direction.
 */
import tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import type { Complex } from '../ops/complex.ts';
import type { Kernels } from '../ops/convolution.ts';
import { constant, normal, uniform, values } from '../ops/initialise.ts';
import { unstack } from '../ops/tensors.ts';
import type { Tensors } from '../parameters.ts';
import {
  bothSides,
  convolutionBlock,
  convolutionBlockParameters,
} from '../recurrence/convolutionBlock.ts';
import {
  checkSteps,
  imaginaryParts,
  stateRate,
  stateSpaceKernels,
} from '../recurrence/diagonal.ts';
import { softmaxKernels } from '../recurrence/softmax.ts';

const options = z.strictObject({
  /** States of a channel, N, counting conjugates. */
  state: z.int().min(2).multipleOf(2).default(64),
  kernel: z.enum(['softmax', 'exp']).default('softmax'),
  /** Bounds of the initial step sizes. */
  dtMin: z.number().positive().default(0.001),
  dtMax: z.number().positive().default(0.1),
});

const directions = 2;

export const dss: MixerDefinition<typeof options> = {
  name: 'dss',
  title: 'DSS',
  family: 'state space',
  year: 2022,
  paper: {
    title: 'Diagonal State Spaces are as Effective as Structured State Spaces',
    url: 'https://arxiv.org/abs/2203.14343',
  },
  causal: false,
  cost: 'L√L',
  notes: [
    '64 states count conjugates: 32 complex numbers per channel, where the authors’ 64 are all independent (option state=128).',
    'One step size per channel, as in the paper; the released code has a second one for imaginary parts. Kernels look both ways, the released ones back only.',
    'On Path-X the authors start step sizes from 0.0001 (option dtMin); here they start alike on every task.',
  ],
  stretches: ({ kernel }) =>
    kernel === 'softmax'
      ? 'Its kernels are divided by their sum over all positions, so each tap is smaller in a longer sequence.'
      : undefined,
  options,
  create(shape, { state, kernel, dtMin, dtMax }) {
    checkSteps(dtMin, dtMax);
    const { length, width } = shape;
    const pairs = state / 2;
    const steps = uniform(Math.log(dtMin), Math.log(dtMax));
    const real = constant(kernel === 'softmax' ? -0.5 : Math.log(0.5));
    const imaginary = values(imaginaryParts('legs', state));
    return buildMixer({
      parameters: {
        logDt: { shape: [width], initialise: steps, ...stateRate },
        re: { shape: [1, pairs], initialise: real, ...stateRate },
        im: { shape: [1, pairs], initialise: imaginary, ...stateRate },
        c: { shape: [directions, 2, width, pairs], initialise: normal(0.5), ...stateRate },
        ...convolutionBlockParameters(shape),
      },
      reach: Infinity,
      stateSize: directions * state * width,
      apply: (x, p, input) => convolutionBlock(x, p, kernelsOf[kernel](p, length), input),
    });
  },
};

type KernelTensors = Tensors<'logDt' | 're' | 'im' | 'c'>;

const kernelsOf: Record<'softmax' | 'exp', (p: KernelTensors, length: number) => Kernels> = {
  softmax(p, length) {
    const [forward, backward] = unstack(tf.mul(p.c, 2), 2);
    const weights = [forward, backward].map((w): Complex => {
      const [re, im] = unstack(w, 2); // [H, N/2]
      return { re, im };
    });
    const dt = tf.expandDims(tf.exp(p.logDt), 1); // [H, 1]
    return bothSides(softmaxKernels({ re: p.re, im: p.im }, dt, weights, length));
  },
  exp(p, length) {
    const shared = { logDt: p.logDt, logReal: p.re, imag: p.im, c: p.c };
    return stateSpaceKernels(shared, length);
  },
};
