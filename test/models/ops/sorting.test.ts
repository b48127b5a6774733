import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { reorder, sortOrder } from '../../../models/ops/sorting.ts';
import { expectParity, randomInput, stream } from '../parity.ts';

beforeAll(() => tf.setBackend('cpu'));

const keys = [
  [30, 10, 20, 50, 40],
  [5, 4, 3, 2, 1],
];

it('orders by ascending keys, and the order of an order is its inverse', () => {
  const order = sortOrder(tf.tensor2d(keys, undefined, 'int32'));
  expect(order.arraySync()).toEqual([
    [1, 2, 0, 4, 3],
    [4, 3, 2, 1, 0],
  ]);
  expect(sortOrder(order).arraySync()).toEqual([
    [2, 0, 1, 4, 3],
    [4, 3, 2, 1, 0],
  ]);
});

it('moves rows, and their gradients back', () => {
  const random = stream('reorder');
  const x = randomInput([2, 5, 3], random);
  expectParity(
    { x },
    ({ x }) => {
      const order = sortOrder(tf.tensor2d(keys, undefined, 'int32'));
      return reorder(x!, order, sortOrder(order));
    },
    ({ x }) =>
      keys.flatMap((row, m) =>
        row
          .map((key, i) => [key, i] as const)
          .toSorted(([a], [b]) => a - b)
          .flatMap(([, i]) => Array.from(x!.slice((m * 5 + i) * 3, (m * 5 + i + 1) * 3))),
      ),
    Array.from({ length: 30 }, () => random() + 0.5),
  );
});
