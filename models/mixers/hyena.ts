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
import { rotation } from '../ops/complex.ts';
import { convolve, convolveLast } from '../ops/convolution.ts';
import { withSkip } from '../recurrence/convolutionBlock.ts';
import { dense } from '../ops/dense.ts';
import { constant, fanIn, normal, uniform, zeros } from '../ops/initialise.ts';
import type { MixerDefinition, Parameter, Parameters } from '../mixer.ts';
import { lastPosition } from '../ops/readout.ts';
import { shortConvolution, shortConvolutionParameters } from '../ops/shortConvolution.ts';

const options = z.strictObject({
  /** Hidden channels of the MLP that makes the kernel. */
  filterWidth: z.int().min(1).default(16),
  /** Frequencies that the MLP sees a distance through. */
  bands: z.int().min(1).default(8),
  /** Initial ω: how fast the kernel can turn. */
  frequency: z.number().positive().default(10),
});

const shortTaps = 3;

/** In every layer a step turns the phases ω times as far. */
const slow = { learningRate: 0.1, decay: false };

const layerNames = ['filter0', 'filter1', 'filter2'] as const;

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
  options,
  create({ length, width, layers }, { filterWidth, bands, frequency }) {
    const bounded = (inputs: number) => uniform(-1 / Math.sqrt(inputs), 1 / Math.sqrt(inputs));
    const filterLayer = (name: string, inputs: number): Parameter[] => [
      { name, shape: [inputs, filterWidth], initialise: bounded(inputs), ...slow },
      { name: `${name}Bias`, shape: [filterWidth], initialise: bounded(inputs), ...slow },
    ];
    return {
      parameters: [
        { name: 'input', shape: [width, 3 * width], initialise: fanIn(width) },
        { name: 'inputBias', shape: [3 * width], initialise: zeros, decay: false },
        ...shortConvolutionParameters('short', shortTaps, 3 * width),
        ...layerNames.flatMap((name, n) =>
          filterLayer(name, n === 0 ? 1 + 2 * bands : filterWidth),
        ),
        { name: 'frequency', shape: [filterWidth], initialise: constant(frequency), ...slow },
        {
          name: 'filter',
          shape: [filterWidth, width],
          initialise: bounded(filterWidth),
          ...slow,
        },
        { name: 'd', shape: [width], initialise: normal(1) },
        {
          name: 'output',
          shape: [width, width],
          initialise: fanIn(width, 1 / Math.sqrt(2 * layers)),
        },
        { name: 'outputBias', shape: [width], initialise: zeros, decay: false },
      ],
      reach: Infinity,
      stateSize: (length + 3 * (shortTaps - 1)) * width,
      apply(x, p, { lastOnly }) {
        const projected = dense(x, p.input!, p.inputBias!); // [B, L, 3d]
        const near = shortConvolution(projected, p.short!, p.shortBias!);
        const [q, k, v] = tf.split(near, 3, 2) as [Tensor, Tensor, Tensor];
        const u = tf.mul(k, v);
        const kernel = withSkip(implicitKernel(p, length, width, bands), p.d!);
        const long = lastOnly ? convolveLast(u, kernel) : convolve(u, kernel);
        const gated = tf.mul(lastOnly ? lastPosition(q) : q, long);
        return dense(gated, p.output!, p.outputBias!);
      },
    };
  },
};

/** h as [d, L]. */
function implicitKernel(p: Parameters, length: number, width: number, bands: number): Tensor {
  const times = Array.from({ length }, (_, t) => t / Math.max(1, length - 1));
  const features = times.map((time, t) => {
    const phases = Array.from(
      { length: bands },
      (_, n) => 2 * Math.PI * (((n * t) % length) / length),
    );
    return [time, ...phases.map(Math.cos), ...phases.map(Math.sin)];
  });
  let hidden: Tensor = tf.tensor2d(features); // [L, 1 + 2·bands]
  for (const name of layerNames) {
    const phase = tf.mul(dense(hidden, p[name]!, p[`${name}Bias`]!), p.frequency!);
    hidden = rotation(phase).im; // [L, filterWidth]
  }
  const [slow, fast] = [Math.log(100) / 1.5, Math.log(100) / 0.3];
  const windows = Array.from({ length: width }, (_, c) => {
    const rate = slow + ((fast - slow) * c) / Math.max(1, width - 1);
    return times.map((time) => Math.exp(-rate * time));
  });
  return tf.mul(tf.matMul(p.filter!, hidden, true, true), tf.tensor2d(windows));
}
