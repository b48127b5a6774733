/** Softmax and batch normalisation. */
import type { Value } from '../graph.ts';
import { binary } from './elementwise.ts';
import { lowering } from './lowering.ts';
import type { Lowerings } from './lowering.ts';

export const normalise: Lowerings = {
  Softmax: lowering<'logits', { dim: number }>((g, { logits }, { dim }) =>
    g.node('Softmax', [logits], {}, { axis: dim }),
  ),
  FusedBatchNorm: lowering<
    'x' | 'scale' | 'offset' | 'mean' | 'variance',
    { varianceEpsilon?: number }
  >((g, { x, mean, variance, scale, offset }, { varianceEpsilon = 0.001 }) => {
    const deviation = g.node('Sqrt', [
      binary(g, 'Add', variance, g.scalar(varianceEpsilon, x.dtype)),
    ]);
    const normal = binary(g, 'Div', binary(g, 'Sub', x, mean), deviation);
    const scaled = (scale as Value | undefined) ? binary(g, 'Mul', normal, scale) : normal;
    return (offset as Value | undefined) ? binary(g, 'Add', scaled, offset) : scaled;
  }),
};
