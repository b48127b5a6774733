/**
 * Convolutions and pooling. tfjs keeps channels last, ONNX first: every lowering turns its tensors
 * round and back, and ONNX Runtime drops the turns that cancel out.
 */
import { prod } from '../../../core/math.ts';
import tf from '@tensorflow/tfjs';
import type { GraphBuilder, Value } from '../graph.ts';
import { binary } from './elementwise.ts';
import { lowering } from './lowering.ts';
import type { Lowerings } from './lowering.ts';
import { slice } from './shapes.ts';

type Four = [number, number, number, number];
type ConvInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

interface ConvAttributes {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number;
  dataFormat?: 'NHWC' | 'NCHW';
  dilations?: [number, number] | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

function convolution(
  input: readonly number[],
  filter: readonly number[],
  { strides, pad, dataFormat = 'NHWC', dilations = 1, dimRoundingMode }: ConvAttributes,
  depthwise = false,
): ConvInfo {
  return tf.backend_util.computeConv2DInfo(
    input as Four,
    filter as Four,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    depthwise,
    tf.backend_util.convertConv2DDataFormat(dataFormat),
  );
}

const strides = (info: ConvInfo) => [info.strideHeight, info.strideWidth];
const dilations = (info: ConvInfo) => [info.dilationHeight, info.dilationWidth];
const pads = ({ padInfo: { top, left, bottom, right } }: ConvInfo) => [top, left, bottom, right];
const isChannelsFirst = (info: ConvInfo) => info.dataFormat === 'channelsFirst';

const channelsFirst = (g: GraphBuilder, x: Value, info: ConvInfo): Value =>
  isChannelsFirst(info) ? x : g.transpose(x, [0, 3, 1, 2]);
const asBefore = (g: GraphBuilder, x: Value, info: ConvInfo): Value =>
  isChannelsFirst(info) ? x : g.transpose(x, [0, 2, 3, 1]);

/** x [N, C, H, W], weights [O, C / groups, h, w] -> [N, O, outHeight, outWidth]. */
function convolve(
  g: GraphBuilder,
  x: Value,
  weights: Value,
  [outHeight, outWidth]: readonly number[],
  attributes: { strides: number[]; dilations: number[]; pads: number[]; group?: number },
): Value {
  const shape = [x.shape[0]!, weights.shape[0]!, outHeight!, outWidth!];
  return g.node('Conv', [x, weights], { shape }, { group: 1, ...attributes });
}

/**
 * The gradient of a convolution to its input, dy [N, O, ...] and weights [O, C / groups, h, w] to
 * [N, C, inHeight, inWidth]: a transposed convolution, extended to the rows that no stride reached.
 */
function convolveBack(
  g: GraphBuilder,
  dy: Value,
  weights: Value,
  info: ConvInfo,
  group: number,
): Value {
  const { padInfo, inHeight, inWidth } = info;
  const reached = (out: number, stride: number, dilation: number, kernel: number) =>
    (out - 1) * stride + (kernel - 1) * dilation + 1;
  const [height, width] = weights.shape.slice(2);
  const reachedHeight = reached(info.outHeight, info.strideHeight, info.dilationHeight, height!);
  const reachedWidth = reached(info.outWidth, info.strideWidth, info.dilationWidth, width!);
  const output_padding = [
    inHeight - (reachedHeight - padInfo.top - padInfo.bottom),
    inWidth - (reachedWidth - padInfo.left - padInfo.right),
  ];
  const shape = [dy.shape[0]!, weights.shape[1]! * group, inHeight, inWidth];
  const attributes = { strides: strides(info), dilations: dilations(info), pads: pads(info) };
  return g.node(
    'ConvTranspose',
    [dy, weights],
    { shape },
    { ...attributes, group, output_padding },
  );
}

/**
 * The gradient of a convolution to its weights: the input convolved with dy, batch and channels
 * changing places, strides and dilations too. x [N', C', H, W], dy [O', C' / groups, h, w].
 */
function convolveWeights(
  g: GraphBuilder,
  x: Value,
  dy: Value,
  info: ConvInfo,
  group: number,
): Value {
  const { padInfo } = info;
  const extent = (input: number, before: number, after: number, stride: number, out: number) =>
    input + before + after - (out - 1) * stride;
  const height = extent(
    info.inHeight,
    padInfo.top,
    padInfo.bottom,
    info.strideHeight,
    info.outHeight,
  );
  const width = extent(info.inWidth, padInfo.left, padInfo.right, info.strideWidth, info.outWidth);
  // Rows that no stride reached give the kernel more rows than it has.
  const spread = convolve(
    g,
    x,
    dy,
    [Math.ceil(height / info.dilationHeight), Math.ceil(width / info.dilationWidth)],
    { strides: dilations(info), dilations: strides(info), pads: pads(info), group },
  );
  const [n, o] = spread.shape;
  return slice(g, spread, [0, 0, 0, 0], [n!, o!, info.filterHeight, info.filterWidth]);
}

/** Weights of a depthwise convolution, [h, w, C, m] -> [C m, 1, h, w]. */
function depthwiseWeights(g: GraphBuilder, filter: Value): Value {
  const [height, width, channels, multiplier] = filter.shape;
  const turned = g.transpose(filter, [2, 3, 0, 1]);
  return g.reshape(turned, [channels! * multiplier!, 1, height!, width!]);
}

interface PoolAttributes {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

function pooling(
  x: Value,
  { filterSize, strides, pad, dimRoundingMode }: PoolAttributes,
): ConvInfo {
  const input = x.shape as Four;
  return tf.backend_util.computePool2DInfo(input, filterSize, strides, 1, pad, dimRoundingMode);
}

function pool(g: GraphBuilder, op: string, x: Value, info: ConvInfo): Value {
  const turned = channelsFirst(g, x, info);
  const shape = [info.batchSize, info.inChannels, info.outHeight, info.outWidth];
  const kernel_shape = [info.filterHeight, info.filterWidth];
  const attributes = { kernel_shape, strides: strides(info), pads: pads(info) };
  return asBefore(g, g.node(op, [turned], { shape }, attributes), info);
}

export const convolutions: Lowerings = {
  Conv2D: lowering<'x' | 'filter', ConvAttributes>((g, { x, filter }, attributes) => {
    const info = convolution(x.shape, filter.shape, attributes);
    const weights = g.transpose(filter, [3, 2, 0, 1]); // [h, w, C, O] -> [O, C, h, w]
    const y = convolve(g, channelsFirst(g, x, info), weights, [info.outHeight, info.outWidth], {
      strides: strides(info),
      dilations: dilations(info),
      pads: pads(info),
    });
    return asBefore(g, y, info);
  }),
  Conv2DBackpropInput: lowering<'dy' | 'filter', ConvAttributes & { inputShape: number[] }>(
    (g, { dy, filter }, attributes) => {
      const info = convolution(attributes.inputShape, filter.shape, attributes);
      const weights = g.transpose(filter, [3, 2, 0, 1]);
      return asBefore(g, convolveBack(g, channelsFirst(g, dy, info), weights, info, 1), info);
    },
  ),
  Conv2DBackpropFilter: lowering<'x' | 'dy', ConvAttributes & { filterShape: number[] }>(
    (g, { x, dy }, attributes) => {
      const info = convolution(x.shape, attributes.filterShape, attributes);
      const swap = (y: Value) => g.transpose(channelsFirst(g, y, info), [1, 0, 2, 3]);
      const weights = convolveWeights(g, swap(x), swap(dy), info, 1); // [C, O, h, w]
      return g.transpose(weights, [2, 3, 0, 1]);
    },
  ),

  DepthwiseConv2dNative: lowering<'x' | 'filter', ConvAttributes>(
    (g, { x, filter }, attributes) => {
      const info = convolution(x.shape, filter.shape, attributes, true);
      const weights = depthwiseWeights(g, filter);
      const y = convolve(g, channelsFirst(g, x, info), weights, [info.outHeight, info.outWidth], {
        strides: strides(info),
        dilations: dilations(info),
        pads: pads(info),
        group: info.inChannels,
      });
      return asBefore(g, y, info);
    },
  ),
  DepthwiseConv2dNativeBackpropInput: lowering<
    'dy' | 'filter',
    ConvAttributes & { inputShape: number[] }
  >((g, { dy, filter }, attributes) => {
    const info = convolution(attributes.inputShape, filter.shape, attributes, true);
    const [height, width, channels, multiplier] = filter.shape as Four;
    const turned = channelsFirst(g, dy, info);
    const { batchSize, outHeight, outWidth } = info;
    const split = g.reshape(turned, [batchSize, channels, multiplier, outHeight, outWidth]);
    // One output of every channel at a time: groups of several go wrong on ONNX Runtime's WebGPU.
    const parts = Array.from({ length: multiplier }, (_, i) => {
      const only = slice(g, split, [0, 0, i, 0, 0], [batchSize, channels, 1, outHeight, outWidth]);
      const part = g.reshape(only, [batchSize, channels, outHeight, outWidth]);
      const weights = slice(g, filter, [0, 0, 0, i], [height, width, channels, 1]);
      return convolveBack(g, part, depthwiseWeights(g, weights), info, channels);
    });
    return asBefore(
      g,
      parts.reduce((sum, part) => binary(g, 'Add', sum, part)),
      info,
    );
  }),
  DepthwiseConv2dNativeBackpropFilter: lowering<
    'x' | 'dy',
    ConvAttributes & { filterShape: number[] }
  >((g, { x, dy }, attributes) => {
    const info = convolution(x.shape, attributes.filterShape, attributes, true);
    const swap = (y: Value) => g.transpose(channelsFirst(g, y, info), [1, 0, 2, 3]);
    // Every channel is a group whose inputs are the examples of the batch.
    const examples = info.batchSize * info.inChannels;
    const rows = g.reshape(swap(x), [1, examples, info.inHeight, info.inWidth]);
    const weights = convolveWeights(g, rows, swap(dy), info, info.inChannels); // [1, C m, h, w]
    const [height, width, channels, multiplier] = attributes.filterShape;
    const split = g.reshape(weights, [channels!, multiplier!, height!, width!]);
    return g.transpose(split, [2, 3, 0, 1]);
  }),

  MaxPool: lowering<'x', PoolAttributes>((g, { x }, attributes) =>
    pool(g, 'MaxPool', x, pooling(x, attributes)),
  ),
  AvgPool: lowering<'x', PoolAttributes>((g, { x }, attributes) =>
    pool(g, 'AveragePool', x, pooling(x, attributes)),
  ),
  /** As tfjs has it: every window counts as full, those that reach over the edge too. */
  AvgPoolGrad: lowering<'dy' | 'input', PoolAttributes>((g, { dy, input }, attributes) => {
    const info = pooling(input, attributes);
    const { filterHeight, filterWidth, inChannels } = info;
    const ones = new Float32Array(inChannels * filterHeight * filterWidth).fill(1);
    const weights = g.constant(ones, [inChannels, 1, filterHeight, filterWidth], 'float32');
    const share = g.scalar(1 / prod([filterHeight, filterWidth]), 'float32');
    const turned = channelsFirst(g, binary(g, 'Mul', dy, share), info);
    return asBefore(g, convolveBack(g, turned, weights, info, inChannels), info);
  }),
};
