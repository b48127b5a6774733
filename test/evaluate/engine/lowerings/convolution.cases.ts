import tf from '@tensorflow/tfjs';
import type { Case } from '../parity.ts';

interface Setting {
  input: [number, number, number, number];
  filter: [number, number, number, number];
  strides?: [number, number];
  pad?: 'same' | 'valid' | number;
  dilations?: [number, number];
}

type Convolve = (x: tf.Tensor, w: tf.Tensor, setting: Required<Setting>) => tf.Tensor;

const settings: Setting[] = [
  { input: [2, 5, 6, 3], filter: [3, 2, 3, 4], pad: 'same' },
  { input: [1, 5, 6, 2], filter: [2, 3, 2, 2], pad: 'valid' },
  { input: [2, 6, 7, 2], filter: [3, 3, 2, 2], strides: [2, 3], pad: 'same' },
  { input: [1, 8, 7, 2], filter: [3, 2, 2, 1], strides: [2, 2], pad: 1 },
  { input: [2, 1, 9, 3], filter: [1, 4, 3, 2], pad: 'same' },
];

const dilated: Setting = {
  input: [1, 7, 8, 2],
  filter: [3, 2, 2, 2],
  dilations: [2, 3],
  pad: 'same',
};

const conv2d: Convolve = (x, w, { strides, pad, dilations }) =>
  tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad, 'NHWC', dilations);
const depthwise: Convolve = (x, w, { strides, pad, dilations }) =>
  tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad, 'NHWC', dilations);

const of = (name: string, op: Convolve, given: Setting, gradients: boolean): Case => {
  const setting = {
    strides: [1, 1],
    pad: 'valid',
    dilations: [1, 1],
    ...given,
  } as Required<Setting>;
  return {
    name: `${name} [${setting.input}] [${setting.filter}] ${setting.strides} ${setting.pad} ${setting.dilations}`,
    inputs: { x: { shape: setting.input }, w: { shape: setting.filter } },
    build: ({ x, w }) => [
      op(x!, w!, setting),
      ...(gradients ? tf.grads((y, z) => op(y, z, setting).square().sum())([x!, w!]) : []),
    ],
  };
};

const pool = (name: string, strides: number, pad: 'same' | 'valid', gradients: boolean): Case => ({
  name: `${name} stride ${strides} ${pad}`,
  inputs: { x: { shape: [2, 5, 6, 3] } },
  build: ({ x }) => {
    const op = (y: tf.Tensor) =>
      name === 'avgPool'
        ? tf.avgPool(y as tf.Tensor4D, [3, 2], strides, pad)
        : tf.maxPool(y as tf.Tensor4D, [3, 2], strides, pad);
    return [op(x!), ...(gradients ? [tf.grad((y) => op(y).square().sum())(x!)] : [])];
  },
});

export const convolutionCases: Case[] = [
  ...settings.map((setting) => of('conv2d', conv2d, setting, true)),
  of('conv2d', conv2d, dilated, false),
  ...settings.map((setting) => of('depthwiseConv2d', depthwise, setting, true)),
  of('depthwiseConv2d', depthwise, dilated, false),
  {
    name: 'conv1d',
    inputs: { x: { shape: [2, 8, 3] }, w: { shape: [4, 3, 2] } },
    build: ({ x, w }) => {
      const op = (y: tf.Tensor, z: tf.Tensor) =>
        tf.conv1d(y as tf.Tensor3D, z as tf.Tensor3D, 1, 'same');
      return [op(x!, w!), ...tf.grads((y, z) => op(y, z).square().sum())([x!, w!])];
    },
  },
  {
    name: 'conv2dTranspose',
    inputs: { x: { shape: [1, 3, 4, 2] }, w: { shape: [3, 2, 3, 2] } },
    build: ({ x, w }) =>
      tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [1, 6, 8, 3], 2, 'same'),
  },
  pool('avgPool', 1, 'same', true),
  pool('avgPool', 2, 'valid', true),
  pool('maxPool', 1, 'same', false),
  pool('maxPool', 2, 'valid', false),
];
