/** Kernels that take or scatter elements by index. Indices are int32 throughout. */
import { prod } from '../../../core/math.ts';
import tf from '@tensorflow/tfjs';
import type { ElementType, GraphBuilder, Value } from '../graph.ts';
import { binary } from './elementwise.ts';
import { lowering } from './lowering.ts';
import type { Lowerings } from './lowering.ts';
import { matMul, transposeMatrix } from './matmul.ts';
import { reduce } from './reductions.ts';

/** 0, 1, ... `count` - 1 as a constant of int32. */
function range(g: GraphBuilder, count: number): Value {
  return g.constant(
    Int32Array.from({ length: count }, (_, i) => i),
    [count],
    'int32',
  );
}

/** indices [...] -> bool [..., depth], true at the index. An index out of range is true nowhere. */
function oneHot(g: GraphBuilder, indices: Value, depth: number): Value {
  const column = g.reshape(indices, [...indices.shape, 1]);
  return binary(g, 'Equal', column, range(g, depth), 'bool');
}

function gather(g: GraphBuilder, x: Value, indices: Value, axis: number): Value {
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return g.node('Gather', [x, indices], { shape }, { axis });
}

/** Every batch takes from its own part: batches and outer axes become offsets into one axis. */
function gatherInBatches(
  g: GraphBuilder,
  x: Value,
  indices: Value,
  axis: number,
  batchDims: number,
): Value {
  const batch = prod(x.shape.slice(0, batchDims));
  const outer = prod(x.shape.slice(batchDims, axis));
  const length = x.shape[axis]!;
  const rest = x.shape.slice(axis + 1);
  const count = prod(indices.shape.slice(batchDims));
  const rows = g.reshape(x, [batch * outer * length, prod(rest)]);
  const offsets = Int32Array.from({ length: batch * outer }, (_, i) => i * length);
  const absolute = binary(
    g,
    'Add',
    g.reshape(indices, [batch, 1, count]),
    g.constant(offsets, [batch, outer, 1], 'int32'),
  );
  const shape = [
    ...x.shape.slice(0, axis),
    ...indices.shape.slice(batchDims),
    ...x.shape.slice(axis + 1),
  ];
  return g.reshape(gather(g, rows, absolute, 0), shape);
}

/** x [..., n] of int32 -> [..., size]: how often each number occurs, or the sum of its weights. */
function count(g: GraphBuilder, x: Value, weights: Value, size: number): Value {
  const hot = g.cast(oneHot(g, x, size), 'float32'); // [..., n, size]
  const weighted =
    prod(weights.shape) === 0
      ? hot
      : binary(g, 'Mul', hot, g.reshape(weights, [...weights.shape, 1]));
  return reduce(g, 'ReduceSum', weighted, [x.shape.length - 1], false);
}

export const indexing: Lowerings = {
  GatherV2: lowering<'x' | 'indices', { axis: number; batchDims: number }>(
    (g, { x, indices }, { axis, batchDims }) => {
      const [index] = tf.util.parseAxisParam(axis, [...x.shape]);
      if (!batchDims) return gather(g, x, indices, index!);
      return gatherInBatches(g, x, indices, index!, batchDims);
    },
  ),
  GatherNd: lowering<'params' | 'indices'>((g, { params, indices }) => {
    const depth = indices.shape.at(-1)!;
    const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(depth)];
    return g.node('GatherND', [params, g.cast(indices, 'int64')], { dtype: params.dtype, shape });
  }),

  /**
   * Sums of rows by segment, the gradient of a gather. A product with the one-hot matrix: additions
   * in a fixed order, where a scatter's depend on which thread comes first.
   */
  UnsortedSegmentSum: lowering<'x' | 'segmentIds', { numSegments: number }>(
    (g, { x, segmentIds }, { numSegments }) => {
      const count = prod(segmentIds.shape);
      const rest = x.shape.slice(segmentIds.shape.length);
      const ids = g.reshape(segmentIds, [count]);
      const members = g.cast(oneHot(g, ids, numSegments), 'float32');
      const rows = g.cast(g.reshape(x, [count, prod(rest)]), 'float32');
      const sums = matMul(g, transposeMatrix(g, members), rows);
      return g.cast(g.reshape(sums, [numSegments, ...rest]), x.dtype);
    },
  ),

  OneHot: lowering<
    'indices',
    { depth: number; onValue: number; offValue: number; dtype?: ElementType }
  >((g, { indices }, { depth, onValue, offValue, dtype = 'int32' }) => {
    const hot = oneHot(g, indices, depth);
    if (onValue === 1 && offValue === 0) return g.cast(hot, dtype);
    return g.node('Where', [hot, g.scalar(onValue, dtype), g.scalar(offValue, dtype)], {
      dtype,
      shape: hot.shape,
    });
  }),

  Bincount: lowering<'x' | 'weights', { size: number }>((g, { x, weights }, { size }) =>
    count(g, x, weights, size),
  ),
  DenseBincount: lowering<'x' | 'weights', { size: number; binaryOutput?: boolean }>(
    (g, { x, weights }, { size, binaryOutput }) => {
      if (!binaryOutput) return count(g, x, weights, size);
      const axis = x.shape.length - 1;
      return reduce(g, 'ReduceMax', g.cast(oneHot(g, x, size), 'float32'), [axis], false);
    },
  ),

  TopK: lowering<'x', { k: number; sorted: boolean }>((g, { x }, { k, sorted }) => {
    const shape = [...x.shape.slice(0, -1), k];
    const types = [{ shape }, { shape, dtype: 'int64' as const }];
    const attributes = { axis: x.shape.length - 1, sorted: sorted ? 1 : 0 };
    const [values, indices] = g.nodeWithOutputs('TopK', [x, g.int64([k])], types, attributes);
    return [values!, g.cast(indices!, 'int32')];
  }),
};
