/** Kernels that move elements or change shape, and those that make constants. */
import { prod } from '../../../core/math.ts';
import tf from '@tensorflow/tfjs';
import { typedArray } from '../graph.ts';
import type { ElementType, GraphBuilder, Value } from '../graph.ts';
import { lowering } from './lowering.ts';
import type { Lowering, Lowerings } from './lowering.ts';

/** A part of `x`: from `begin`, every `step`-th element along each axis, `size` of them. */
export function slice(
  g: GraphBuilder,
  x: Value,
  begin: readonly number[],
  size: readonly number[],
  step: readonly number[] = size.map(() => 1),
): Value {
  const axes = x.shape.map((_, i) => i);
  const cut = axes.filter((i) => begin[i] !== 0 || size[i] !== x.shape[i] || step[i] !== 1);
  if (cut.length === 0) return x;
  const ends = cut.map((i) => {
    const end = begin[i]! + size[i]! * step[i]!;
    // Going backwards past the first element has no number of its own: -1 would mean the last.
    return end < 0 ? -(2 ** 31) : end;
  });
  const of = (values: readonly number[]) => g.int64(cut.map((i) => values[i]!));
  return g.node('Slice', [x, of(begin), g.int64(ends), g.int64(cut), of(step)], { shape: size });
}

export function concat(g: GraphBuilder, parts: Value[], axis: number): Value {
  const filled = parts.filter((part) => part.shape[axis] !== 0);
  if (filled.length <= 1) return filled[0] ?? parts[0]!;
  const shape = [...filled[0]!.shape];
  shape[axis] = filled.reduce((sum, part) => sum + part.shape[axis]!, 0);
  return g.node('Concat', filled, { shape }, { axis });
}

/** `x` with `paddings` = [before, after] along each axis; `mode` as in ONNX. */
export function pad(
  g: GraphBuilder,
  x: Value,
  paddings: readonly (readonly [number, number])[],
  mode: 'constant' | 'reflect' = 'constant',
  value = 0,
): Value {
  if (paddings.every(([before, after]) => before === 0 && after === 0)) return x;
  const shape = x.shape.map((dimension, i) => paddings[i]![0] + dimension + paddings[i]![1]);
  const pads = g.int64([...paddings.map(([before]) => before), ...paddings.map(([, end]) => end)]);
  const fill = mode === 'constant' ? [g.scalar(value, x.dtype)] : [];
  return g.node('Pad', [x, pads, ...fill], { shape }, { mode });
}

function split(g: GraphBuilder, x: Value, sizes: readonly number[], axis: number): Value[] {
  const types = sizes.map((size) => ({ shape: x.shape.map((d, i) => (i === axis ? size : d)) }));
  if (sizes.length === 1) return [x];
  return g.nodeWithOutputs('Split', [x, g.int64(sizes)], types, { axis });
}

function withoutAxis(shape: readonly number[], axis: number): number[] {
  return shape.filter((_, i) => i !== axis);
}

/** Symmetric padding repeats the edge; ONNX has it not, so the edges are mirrored and joined. */
function padSymmetric(g: GraphBuilder, x: Value, paddings: readonly [number, number][]): Value {
  return paddings.reduce((padded, [before, after], axis) => {
    const length = padded.shape[axis]!;
    const mirror = (begin: number, size: number) =>
      slice(
        g,
        padded,
        padded.shape.map((_, i) => (i === axis ? begin : 0)),
        padded.shape.map((d, i) => (i === axis ? size : d)),
        padded.shape.map((_, i) => (i === axis ? -1 : 1)),
      );
    const parts = [padded];
    if (before > 0) parts.unshift(mirror(before - 1, before));
    if (after > 0) parts.push(mirror(length - 1, after));
    return concat(g, parts, axis);
  }, x);
}

/** Few operators that move elements know bool, fewer still on a GPU. */
const viaInt = (g: GraphBuilder, x: Value, move: (x: Value) => Value): Value =>
  x.dtype === 'bool' ? g.cast(move(g.cast(x, 'int32')), 'bool') : move(x);

const reshapeTo =
  (shape: (x: Value, attributes: Record<string, unknown>) => number[]): Lowering =>
  (g, { x, input }, attributes) =>
    g.reshape((x ?? input)!, shape((x ?? input)!, attributes));

export const shapes: Lowerings = {
  Identity: lowering<'x'>((_, { x }) => x),
  Reshape: reshapeTo((x, { shape }) =>
    tf.util.inferFromImplicitShape(shape as number[], prod(x.shape)),
  ),
  ExpandDims: reshapeTo((x, { dim }) => {
    const shape = [...x.shape];
    const axis = dim as number;
    shape.splice(axis < 0 ? shape.length + 1 + axis : axis, 0, 1);
    return shape;
  }),
  Transpose: lowering<'x', { perm: number[] }>((g, { x }, { perm }) =>
    viaInt(g, x, (y) => g.transpose(y, perm)),
  ),
  Tile: lowering<'x', { reps: number[] }>((g, { x }, { reps }) => {
    if (reps.every((times) => times === 1)) return x;
    // Repeating a dimension of one is broadcasting, which later nodes can do without a copy.
    if (x.shape.every((dimension, i) => dimension === 1 || reps[i] === 1)) {
      return g.expand(
        x,
        x.shape.map((dimension, i) => dimension * reps[i]!),
      );
    }
    const shape = x.shape.map((dimension, i) => dimension * reps[i]!);
    return viaInt(g, x, (y) => g.node('Tile', [y, g.int64(reps)], { shape }));
  }),
  Reverse: lowering<'x', { dims: number | number[] }>((g, { x }, { dims }) => {
    const axes = tf.util.parseAxisParam(dims, [...x.shape]);
    const reversed = x.shape.map((_, i) => axes.includes(i));
    return slice(
      g,
      x,
      x.shape.map((dimension, i) => (reversed[i] ? dimension - 1 : 0)),
      x.shape,
      reversed.map((is) => (is ? -1 : 1)),
    );
  }),

  Slice: lowering<'x', { begin: number | number[]; size: number | number[] }>(
    (g, { x }, { begin, size }) => {
      const like = { shape: [...x.shape] } as tf.Tensor;
      const [from, sizes] = tf.slice_util.parseSliceParams(like, begin, size);
      return viaInt(g, x, (y) => slice(g, y, from!, sizes!));
    },
  ),
  StridedSlice: lowering<
    'x',
    {
      begin: number[];
      end: number[];
      strides: number[];
      beginMask: number;
      endMask: number;
      ellipsisMask: number;
      newAxisMask: number;
      shrinkAxisMask: number;
    }
  >((g, { x }, attributes) => {
    const info = tf.slice_util.sliceInfo(
      [...x.shape],
      attributes.begin,
      attributes.end,
      attributes.strides,
      attributes.beginMask,
      attributes.endMask,
      attributes.ellipsisMask,
      attributes.newAxisMask,
      attributes.shrinkAxisMask,
    );
    const sizes = tf.slice_util.computeOutShape(info.begin, info.end, info.strides);
    return g.reshape(slice(g, x, info.begin, sizes, info.strides), info.finalShape);
  }),
  Concat: (g, inputs, { axis }) => {
    const parts = Object.values(inputs);
    const [index] = tf.util.parseAxisParam(axis as number, [...parts[0]!.shape]);
    // Parts of bool become one of int32 together.
    const isBool = parts[0]!.dtype === 'bool';
    const joined = concat(g, isBool ? parts.map((part) => g.cast(part, 'int32')) : parts, index!);
    return isBool ? g.cast(joined, 'bool') : joined;
  },
  Pack: (g, inputs, { axis }) => {
    const parts = Object.values(inputs);
    const index = axis as number;
    const shape = [...parts[0]!.shape];
    shape.splice(index < 0 ? shape.length + 1 + index : index, 0, 1);
    return concat(
      g,
      parts.map((part) => g.reshape(part, shape)),
      index < 0 ? shape.length + index : index,
    );
  },
  Unpack: lowering<'value', { axis: number }>((g, { value }, { axis }) => {
    const index = axis < 0 ? value.shape.length + axis : axis;
    const ones = Array.from({ length: value.shape[index]! }, () => 1);
    const shape = withoutAxis(value.shape, index);
    return split(g, value, ones, index).map((part) => g.reshape(part, shape));
  }),
  SplitV: lowering<'x', { numOrSizeSplits: number | number[]; axis: number }>(
    (g, { x }, { numOrSizeSplits, axis }) => {
      const [index] = tf.util.parseAxisParam(axis, [...x.shape]);
      const like = { shape: [...x.shape] } as tf.Tensor;
      const sizes = tf.backend_util.prepareSplitSize(like, numOrSizeSplits, index);
      return split(g, x, sizes, index!);
    },
  ),
  PadV2: lowering<'x', { paddings: [number, number][]; constantValue: number }>(
    (g, { x }, { paddings, constantValue }) =>
      viaInt(g, x, (y) => pad(g, y, paddings, 'constant', constantValue)),
  ),
  MirrorPad: lowering<'x', { paddings: [number, number][]; mode: 'reflect' | 'symmetric' }>(
    (g, { x }, { paddings, mode }) =>
      mode === 'reflect' ? pad(g, x, paddings, 'reflect') : padSymmetric(g, x, paddings),
  ),

  Fill: (g, _, { shape, value, dtype }) =>
    g.full(value as number, shape as number[], (dtype as ElementType | undefined) ?? 'float32'),
  ZerosLike: lowering<'x'>((g, { x }) => g.full(0, x.shape, x.dtype)),
  OnesLike: lowering<'x'>((g, { x }) => g.full(1, x.shape, x.dtype)),
  Range: (g, _, attributes) => {
    const { start, stop, step, dtype } = attributes as Record<'start' | 'stop' | 'step', number> & {
      dtype: ElementType;
    };
    // tfjs turns a default step of 1 round when the range goes down, and adds step by step.
    const down = start > stop;
    if (start === stop || (down && step > 1) || (!down && step < 0)) {
      return g.constant(typedArray(dtype, []), [0], dtype);
    }
    const length = Math.abs(Math.ceil((stop - start) / step));
    const data = dtype === 'int32' ? new Int32Array(length) : new Float32Array(length);
    data[0] = start;
    for (let i = 1; i < length; i++) data[i] = data[i - 1]! + (down && step === 1 ? -1 : step);
    return g.constant(data, [length], dtype);
  },
  LinSpace: (g, _, attributes) => {
    const { start, stop, num } = attributes as Record<'start' | 'stop' | 'num', number>;
    const step = (stop - start) / (num - 1);
    const values = Array.from({ length: num }, (_, i) => start + i * step);
    return g.constant(Float32Array.from(values), [num], 'float32');
  },
};
