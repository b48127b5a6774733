/**
 * Hyena (Poli et al. 2023, https://arxiv.org/abs/2302.10866), of order 2: a long convolution between
 * two gates, its kernel an implicit function of the distance,
 *
 *   [q k v] = short(x W_in + b_in),   y = (q ∘ (h * (k ∘ v) + D ∘ (k ∘ v))) W_out + b_out
 *   h_t = window_t ∘ MLP([t̂, cos 2πn t/L, sin 2πn t/L]),   window_t = e^(−δ t̂),   t̂ = t / (L − 1)
 *
 * for n < bands, causal. `short` is a convolution over 3 tokens in every channel; as in the authors'
 * code it takes the place of the first of the order's two filters. The MLP has two inner layers and
 * sines for activations, sin(ω z), with trained frequencies ω; it starts uniform within 1/√inputs
 * and learns at a tenth of the rate. The rates δ are spread evenly over the channels, so that windows
 * have fallen to 1 % after 0.3 to 1.5 times the sequence. D is standard normal.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { buildMixer, type MixerDefinition, type MixerShape } from '../mixer.ts';
import { rotation } from '../ops/complex.ts';
import { convolve, convolveLast } from '../ops/convolution.ts';
import { dense } from '../ops/dense.ts';
import { constant, normal, uniform } from '../ops/initialise.ts';
import { usedPositions } from '../ops/readout.ts';
import { shortConvolution, shortKernel } from '../ops/shortConvolution.ts';
import { split } from '../ops/tensors.ts';
import {
  bias,
  intoResidual,
  learnsAt,
  matrix,
  type Parameter,
  type Tensors,
} from '../parameters.ts';
import { withSkip } from '../recurrence/convolutionBlock.ts';

const options = z.strictObject({
  /** Hidden channels of the MLP that makes the kernel. */
  filterWidth: z.int().min(1).default(16),
  /** Frequencies that the MLP sees a distance through. */
  bands: z.int().min(1).default(8),
  /** Initial ω: how fast the kernel can turn. */
  frequency: z.number().positive().default(10),
});

const shortTaps = 3;

/** Gradients through sin(ω z) are scaled by ω, so the filter trains at a tenth of the rate. */
const filterRate = learnsAt(0.1);

export const hyena: MixerDefinition<typeof options> = {
  name: 'hyena',
  title: 'Hyena',
  family: 'convolution',
  year: 2023,
  paper: {
    title: 'Hyena Hierarchy: Towards Larger Convolutional Language Models',
    url: 'https://arxiv.org/abs/2302.10866',
  },
  causal: true,
  cost: 'L√L',
  notes: [
    'The network that makes the kernel has 16 hidden channels and 8 frequencies (options filterWidth, bands), the authors’ 64 and up to 16; it learns at a tenth of the rate, theirs at the full one.',
  ],
  stretches: () =>
    'Its kernel is a function of the distance relative to the length, so it is stretched over a longer sequence.',
  options,
  create(shape, { filterWidth, bands, frequency }) {
    const { length, width } = shape;
    const bounded = (inputs: number) => uniform(-1 / Math.sqrt(inputs), 1 / Math.sqrt(inputs));
    const filterWeight = (inputs: number, outputs: number): Parameter => ({
      shape: [inputs, outputs],
      initialise: bounded(inputs),
      ...filterRate,
    });
    const filterBias = (inputs: number): Parameter => ({
      shape: [filterWidth],
      initialise: bounded(inputs),
      ...filterRate,
    });
    return buildMixer({
      parameters: {
        input: matrix(width, 3 * width),
        inputBias: bias(3 * width),
        short: shortKernel(shortTaps, 3 * width),
        shortBias: bias(3 * width),
        filter0: filterWeight(1 + 2 * bands, filterWidth),
        filter0Bias: filterBias(1 + 2 * bands),
        filter1: filterWeight(filterWidth, filterWidth),
        filter1Bias: filterBias(filterWidth),
        filter2: filterWeight(filterWidth, filterWidth),
        filter2Bias: filterBias(filterWidth),
        frequency: { shape: [filterWidth], initialise: constant(frequency), ...filterRate },
        filter: filterWeight(filterWidth, width),
        d: { shape: [width], initialise: normal(1) },
        output: intoResidual(width, shape),
        outputBias: bias(width),
      },
      reach: Infinity,
      stateSize: (length + 3 * (shortTaps - 1)) * width,
      apply(x, p, { lastOnly }) {
        const projected = dense(x, p.input, p.inputBias); // [B, L, 3d]
        const near = shortConvolution(projected, p.short, p.shortBias);
        const [q, k, v] = split(near, 3, 2);
        const u = tf.mul(k, v);
        const kernel = withSkip(implicitKernel(p, shape, bands), p.d);
        const long = lastOnly ? convolveLast(u, kernel) : convolve(u, kernel);
        const gated = tf.mul(usedPositions(q, lastOnly), long);
        return dense(gated, p.output, p.outputBias);
      },
    });
  },
};

type Layer = 'filter0' | 'filter1' | 'filter2';
type FilterTensors = Tensors<Layer | `${Layer}Bias` | 'filter' | 'frequency'>;

/** h as [d, L]. */
function implicitKernel(p: FilterTensors, { length, width }: MixerShape, bands: number): Tensor {
  const times = Array.from({ length }, (_, t) => t / Math.max(1, length - 1));
  const features = times.map((time, t) => {
    const phases = Array.from(
      { length: bands },
      (_, n) => 2 * Math.PI * (((n * t) % length) / length),
    );
    return [time, ...phases.map(Math.cos), ...phases.map(Math.sin)];
  });
  let hidden: Tensor = tf.tensor2d(features); // [L, 1 + 2·bands]
  const layers = [
    [p.filter0, p.filter0Bias],
    [p.filter1, p.filter1Bias],
    [p.filter2, p.filter2Bias],
  ] as const;
  for (const [weight, bias] of layers) {
    const phase = tf.mul(dense(hidden, weight, bias), p.frequency);
    hidden = rotation(phase).im; // [L, filterWidth]
  }
  const [slow, fast] = [Math.log(100) / 1.5, Math.log(100) / 0.3];
  const windows = Array.from({ length: width }, (_, c) => {
    const rate = slow + ((fast - slow) * c) / Math.max(1, width - 1);
    return times.map((time) => Math.exp(-rate * time));
  });
  return tf.mul(tf.matMul(p.filter, hidden, true, true), tf.tensor2d(windows));
}
