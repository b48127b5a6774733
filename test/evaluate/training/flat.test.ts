import tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import {
  initialValues,
  layoutOf,
  named,
  perElement,
  split,
  transfer,
} from '../../../evaluate/training/flat.ts';
import type { NamedParameter } from '../../../models/parameters.ts';

const parameter = (
  name: string,
  shape: number[],
  more: Partial<NamedParameter> = {},
): NamedParameter => ({
  name,
  shape,
  initialise: (size, random) => Float32Array.from({ length: size }, random),
  ...more,
});

describe('flat parameters', () => {
  const a = parameter('a', [2, 3]);
  const b = parameter('b', [4], { decay: false, learningRate: 0.1 });
  const c = parameter('c', [1]);

  it('splits into the shapes of the layout, in order', async () => {
    const layout = layoutOf([a, b]);
    const tensors = named(split(tf.range(0, 10), layout), layout);
    expect(tensors.a!.shape).toEqual([2, 3]);
    expect([...(await tensors.b!.data())]).toEqual([6, 7, 8, 9]);
  });

  it('draws each parameter from a stream of its own, so that others do not change it', () => {
    const alone = initialValues(layoutOf([b]), 's');
    const together = initialValues(layoutOf([a, b]), 's');
    expect(together.slice(6)).toEqual(alone);
    expect(initialValues(layoutOf([b]), 't')).not.toEqual(alone);
  });

  it('transfers by name and leaves the rest as it was', () => {
    const source = layoutOf([c, a]);
    const target = layoutOf([b, a]);
    const to = new Float32Array(10).fill(-1);
    transfer(Float32Array.from([9, 1, 2, 3, 4, 5, 6]), source, to, target);
    expect([...to]).toEqual([-1, -1, -1, -1, 1, 2, 3, 4, 5, 6]);
  });

  it('repeats a value of each parameter over its elements', () => {
    const rates = perElement(layoutOf([c, b]), ({ learningRate }) => learningRate ?? 1);
    expect([...rates].map((rate) => Math.round(rate * 10) / 10)).toEqual([1, 0.1, 0.1, 0.1, 0.1]);
  });
});
