/**
 * Long convolution with free kernels (Fu et al. 2023, https://arxiv.org/abs/2302.06646), the
 * state-space block with no state space left: every tap of the kernel is a parameter,
 *
 *   y = GLU(GELU(K * x + D ∘ x) W + b),   K = sign(κ) ∘ max(|κ| − λ, 0)
 *
 * bidirectional, with κ [2, d, L]. The squash by λ sets small weights to exactly 0; without it, the
 * paper finds, free kernels fall far behind. They start at random, N(0, 0.002²), or decay
 * geometrically, N(0, 0.02²) · e^(−(t / L) · (d/2)^(h/d)), faster from channel to channel, and learn
 * at a tenth of the rate. The paper's dropout of kernel weights is left out: a step here is a
 * function of its parameters and its batch.
 */
import tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { normal, type Initialiser } from '../ops/initialise.ts';
import { learnsAt } from '../parameters.ts';
import {
  bothSides,
  convolutionBlock,
  convolutionBlockParameters,
} from '../recurrence/convolutionBlock.ts';

const options = z.strictObject({
  initialisation: z.enum(['random', 'geometric']).default('geometric'),
  /** λ: weights up to this size are 0, larger ones smaller by it; 0 for none. */
  squash: z.number().min(0).default(0.003),
});

export const longConv: MixerDefinition<typeof options> = {
  name: 'long-conv',
  title: 'Long convolution',
  family: 'convolution',
  year: 2023,
  paper: {
    title: 'Simple Hardware-Efficient Long Convolutions for Sequence Modeling',
    url: 'https://arxiv.org/abs/2302.06646',
  },
  causal: false,
  cost: 'L√L',
  notes: [
    'Kernels are bidirectional and start decaying geometrically (option initialisation); on most tasks of the Long Range Arena the authors use two causal kernels that start at random.',
    'Dropout of kernel weights is left out.',
  ],
  options,
  create(shape, { initialisation, squash }) {
    const { length, width } = shape;
    return buildMixer({
      parameters: {
        kernel: {
          shape: [2, width, length],
          initialise: initialisation === 'random' ? normal(0.002) : geometric(width, length),
          ...learnsAt(0.1),
          perPosition: true,
        },
        ...convolutionBlockParameters(shape),
      },
      reach: Infinity,
      stateSize: length * width,
      apply(x, p, input) {
        const free = p.kernel;
        const kernel =
          squash === 0 ? free : tf.mul(tf.sign(free), tf.relu(tf.sub(tf.abs(free), squash)));
        return convolutionBlock(x, p, bothSides(kernel), input);
      },
    });
  },
};

/** Of [2, H, L]: normal numbers under an envelope whose rate is (H/2)^(h/H) a sequence. */
function geometric(channels: number, length: number): Initialiser {
  return (size, random) =>
    normal(0.02)(size, random).map((value, at) => {
      const channel = Math.floor(at / length) % channels;
      const rate = Math.floor(channels / 2) ** (channel / channels);
      return value * Math.exp((-(at % length) / length) * rate);
    });
}
