/** Kernels that fold axes away, and running sums and products. */
import tf from '@tensorflow/tfjs';
import type { GraphBuilder, Value } from '../graph.ts';
import { binary } from './elementwise.ts';
import { lowering } from './lowering.ts';
import type { Lowering, Lowerings } from './lowering.ts';
import { pad, slice } from './shapes.ts';

type Axes = number | number[] | null | undefined;

interface ReductionAttributes {
  axis?: Axes;
  reductionIndices?: Axes;
  keepDims?: boolean;
}

/** ONNX's reduction `op` of x over `axes`. */
export function reduce(
  g: GraphBuilder,
  op: string,
  x: Value,
  axes: readonly number[],
  keepDims: boolean,
): Value {
  const shape = x.shape.flatMap((dimension, i) =>
    axes.includes(i) ? (keepDims ? [1] : []) : [dimension],
  );
  if (axes.every((axis) => x.shape[axis] === 1)) return g.reshape(x, shape);
  return g.node(op, [x, g.int64(axes)], { shape }, { keepdims: keepDims ? 1 : 0 });
}

const axesOf = (x: Value, { axis, reductionIndices }: ReductionAttributes): number[] =>
  tf.util.parseAxisParam((axis ?? reductionIndices ?? null) as number, [...x.shape]);

const reduction = (op: string): Lowering =>
  lowering<'x', ReductionAttributes>((g, { x }, attributes) =>
    reduce(g, op, x, axesOf(x, attributes), attributes.keepDims ?? false),
  );

/** ONNX has no reduction of booleans: `all` is the minimum of 0 and 1, `any` the maximum. */
const logical = (op: string): Lowering =>
  lowering<'x', ReductionAttributes>((g, { x }, attributes) => {
    const axes = axesOf(x, attributes);
    return g.cast(reduce(g, op, g.cast(x, 'int32'), axes, attributes.keepDims ?? false), 'bool');
  });

/** The first index of the extreme; ONNX's own ArgMax gives int64, which WebGPU lacks. */
const extremeIndex = (reduction: string): Lowering =>
  lowering<'x', { axis: Axes }>((g, { x }, { axis }) => {
    const [index] = axesOf(x, { axis });
    const length = x.shape[index!]!;
    const extreme = reduce(g, reduction, x, [index!], true);
    const isExtreme = binary(g, 'Equal', x, extreme, 'bool');
    const shape = x.shape.map((_, i) => (i === index ? length : 1));
    const indices = g.constant(
      Int32Array.from({ length }, (_, i) => i),
      shape,
      'int32',
    );
    const last = g.scalar(length - 1, 'int32');
    const candidates = g.node('Where', [isExtreme, indices, last], {
      dtype: 'int32',
      shape: x.shape,
    });
    return reduce(g, 'ReduceMin', candidates, [index!], false);
  });

interface RunningAttributes {
  axis: number;
  exclusive: boolean;
  reverse: boolean;
}

/**
 * Running product by doubling: after step k each element is the product of the 2^k up to it.
 * O(log n) nodes, where ONNX has none and a loop would need n.
 */
function cumulativeProduct(
  g: GraphBuilder,
  x: Value,
  axis: number,
  { exclusive, reverse }: RunningAttributes,
): Value {
  const length = x.shape[axis]!;
  const shifted = (y: Value, by: number) => {
    const begin = y.shape.map((_, i) => (i === axis && reverse ? by : 0));
    const size = y.shape.map((dimension, i) => (i === axis ? dimension - by : dimension));
    const paddings = y.shape.map((_, i): [number, number] =>
      i === axis ? (reverse ? [0, by] : [by, 0]) : [0, 0],
    );
    return pad(g, slice(g, y, begin, size), paddings, 'constant', 1);
  };
  let product = exclusive ? shifted(x, 1) : x;
  for (let by = 1; by < length; by *= 2) product = binary(g, 'Mul', product, shifted(product, by));
  return product;
}

export const reductions: Lowerings = {
  Sum: reduction('ReduceSum'),
  Max: reduction('ReduceMax'),
  Min: reduction('ReduceMin'),
  Prod: reduction('ReduceProd'),
  Mean: lowering<'x', ReductionAttributes>((g, { x }, attributes) => {
    const axes = axesOf(x, attributes);
    const keepDims = attributes.keepDims ?? false;
    return reduce(g, 'ReduceMean', g.cast(x, 'float32'), axes, keepDims);
  }),
  All: logical('ReduceMin'),
  Any: logical('ReduceMax'),
  ArgMax: extremeIndex('ReduceMax'),
  ArgMin: extremeIndex('ReduceMin'),
  Cumsum: lowering<'x', RunningAttributes>((g, { x }, { axis, exclusive, reverse }) => {
    const [index] = axesOf(x, { axis });
    const flags = { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 };
    return g.node('CumSum', [x, g.constant(Int32Array.of(index!), [], 'int32')], {}, flags);
  }),
  Cumprod: lowering<'x', RunningAttributes>((g, { x }, attributes) => {
    const [index] = axesOf(x, { axis: attributes.axis });
    return cumulativeProduct(g, x, index!, attributes);
  }),
};
