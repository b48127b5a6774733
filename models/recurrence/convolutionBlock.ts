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
import type { MixerInput, MixerShape } from '../mixer.ts';
import { overRoot2 } from '../ops/activations.ts';
import { convolve, convolveLast, type Kernels } from '../ops/convolution.ts';
import { normal } from '../ops/initialise.ts';
import { withoutPadding } from '../ops/readout.ts';
import { dims, pad } from '../ops/tensors.ts';
import type { TensorsOf } from '../parameters.ts';
import { gatedOutput, gatedOutputParameters } from './gatedOutput.ts';

/** `d`, and those of `gatedOutput`. */
export const convolutionBlockParameters = (shape: MixerShape) => ({
  d: { shape: [shape.width], initialise: normal(1) },
  ...gatedOutputParameters(shape),
});

/** x [B, L, d] -> [B, L, d], or [B, 1, d] for the last token alone. */
export function convolutionBlock(
  x: Tensor,
  p: TensorsOf<ReturnType<typeof convolutionBlockParameters>>,
  { after, before }: Kernels,
  { mask, lastOnly }: MixerInput,
): Tensor {
  const u = withoutPadding(x, mask);
  // `gatedOutput` takes z / √2; the factor costs least in the kernel.
  const past = overRoot2(withSkip(after, p.d));
  const z = lastOnly ? convolveLast(u, past) : convolve(u, past, before && overRoot2(before));
  return gatedOutput(z, p);
}

/** K * x + D ∘ x as one convolution: after [H, L], d [H] -> [H, L]. */
export function withSkip(after: Tensor, d: Tensor): Tensor {
  const [channels, length] = dims(after, 2);
  const itself = pad(tf.reshape(d, [channels, 1]), 1, 0, length - 1);
  return tf.add(after, itself);
}

/**
 * Both sides of a bidirectional kernel from weights of distances 0 … L − 1 for each: the first L
 * weigh the token itself and earlier ones, the others later ones from distance 1 on, of which the
 * last is farther than any token. [2, H, L] -> both sides.
 */
export function bothSides(kernels: Tensor): Kernels {
  const [, channels, length] = dims(kernels, 3);
  const side = (index: number, taps: number) =>
    tf.reshape(tf.slice(kernels, [index, 0, 0], [1, channels, taps]), [channels, taps]);
  const later = length > 1 ? tf.reverse(side(1, length - 1), 1) : undefined;
  return { after: side(0, length), before: later };
}
