/**
 * The feed-forward half of a block (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762),
 * with GELU: y = GELU(x W₁ + b₁) W₂ + b₂. Its width is what parameter counts are matched with.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { scaledGelu } from '../ops/activations.ts';
import { dense } from '../ops/dense.ts';
import { fanIn, zeros } from '../ops/initialise.ts';
import type { Parameter, Parameters } from '../mixer.ts';

/** Parameters of one feed-forward layer of `feedForward` hidden channels; `gain` shrinks its output. */
export function feedForwardParameters(
  prefix: string,
  width: number,
  feedForward: number,
  gain: number,
): Parameter[] {
  return [
    { name: `${prefix}.up`, shape: [width, feedForward], initialise: fanIn(width) },
    { name: `${prefix}.upBias`, shape: [feedForward], initialise: zeros, decay: false },
    { name: `${prefix}.down`, shape: [feedForward, width], initialise: fanIn(feedForward, gain) },
    { name: `${prefix}.downBias`, shape: [width], initialise: zeros, decay: false },
  ];
}

/** x [..., d] -> [..., d]. */
export function feedForward(x: Tensor, p: Parameters, prefix: string): Tensor {
  const scaled = (name: string) => tf.mul(p[`${prefix}.${name}`]!, Math.SQRT1_2);
  const hidden = scaledGelu(dense(x, scaled('up'), scaled('upBias'))); // [..., feedForward]
  return dense(hidden, scaled('down'), p[`${prefix}.downBias`]!);
}
