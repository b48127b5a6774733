/**
 * The feed-forward half of a block (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762),
 * with GELU: y = GELU(x W₁ + b₁) W₂ + b₂. Its width is what parameter counts are matched with.
 */
import type { Tensor } from '@tensorflow/tfjs';
import { denseGelu, overRoot2 } from '../ops/activations.ts';
import { dense } from '../ops/dense.ts';
import { bias, intoResidual, matrix, type TensorsOf } from '../parameters.ts';

/** Parameters of one feed-forward layer of `hidden` channels. */
export const feedForwardParameters = (
  hidden: number,
  shape: { width: number; layers: number },
) => ({
  up: matrix(shape.width, hidden),
  upBias: bias(hidden),
  down: intoResidual(hidden, shape),
  downBias: bias(shape.width),
});

/** x [..., d] -> [..., d]. */
export function feedForward(
  x: Tensor,
  { up, upBias, down, downBias }: TensorsOf<ReturnType<typeof feedForwardParameters>>,
): Tensor {
  const hidden = denseGelu(x, up, upBias); // √2 times GELU: [..., hidden]
  return dense(hidden, overRoot2(down), downBias);
}
