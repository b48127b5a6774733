/**
 * The block around a long convolution that S4 and everything compared with it on long-range tasks
 * use (Gu et al. 2022, https://arxiv.org/abs/2111.00396):
 *
 *   y = GLU(GELU(K * x + D ∘ x) W + b)
 *
 * so that such models differ in nothing but how they make their kernels K. D is standard normal.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { convolve, convolveLast } from '../ops/convolution.ts';
import { gatedOutput, gatedOutputParameters } from './gatedOutput.ts';
import { normal } from '../ops/initialise.ts';
import type { MixerInput, MixerShape, Parameter, Parameters } from '../mixer.ts';

/** `d`, and those of `gatedOutput`. */
export function convolutionBlockParameters(shape: MixerShape): Parameter[] {
  return [
    { name: 'd', shape: [shape.width], initialise: normal(1) },
    ...gatedOutputParameters(shape),
  ];
}

/** Kernels of H channels, as `convolve` takes them. */
export interface Kernels {
  /** [H, L]: weight of the token itself, of the one before, and so on. */
  after: Tensor;
  /** [H, L − 1]: weights of later tokens, farthest first; none where the model is causal. */
  before?: Tensor | undefined;
}

/** x [B, L, d] -> [B, L, d], or [B, 1, d] for the last token alone. */
export function convolutionBlock(
  x: Tensor,
  p: Parameters,
  { after, before }: Kernels,
  { mask, lastOnly }: MixerInput,
): Tensor {
  const u = mask ? tf.mul(x, tf.expandDims(mask, 2)) : x;
  // The factor that `gatedOutput` asks for costs least in the kernel.
  const half = (t: Tensor) => tf.mul(t, Math.SQRT1_2);
  const past = half(withSkip(after, p.d!));
  const z = lastOnly ? convolveLast(u, past) : convolve(u, past, before && half(before));
  return gatedOutput(z, p);
}

/** K * x + D ∘ x as one convolution: after [H, L], d [H] -> [H, L]. */
export function withSkip(after: Tensor, d: Tensor): Tensor {
  const [channels, length] = after.shape as [number, number];
  const itself = tf.pad(tf.reshape(d, [channels, 1]), [
    [0, 0],
    [0, length - 1],
  ]);
  return tf.add(after, itself);
}

/**
 * Both sides of a bidirectional kernel from weights of distances 0 … L − 1 for each: the first L
 * weigh the token itself and earlier ones, the others later ones from distance 1 on, of which the
 * last is farther than any token. [2, H, L] -> both sides.
 */
export function bothSides(kernels: Tensor): Kernels {
  const [, channels, length] = kernels.shape as [number, number, number];
  const side = (index: number, taps: number) =>
    tf.reshape(tf.slice(kernels, [index, 0, 0], [1, channels, taps]), [channels, taps]);
  const later = length > 1 ? tf.reverse(side(1, length - 1), 1) : undefined;
  return { after: side(0, length), before: later };
}
