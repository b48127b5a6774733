import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { gatherBlocks } from '../../../models/ops/gatherBlocks.ts';
import { expectParity, randomInput, stream } from '../parity.ts';

beforeAll(() => tf.setBackend('cpu'));

it('puts the blocks of a list side by side, and adds the gradients of all places of a block', () => {
  const lists = [
    [2, 0],
    [2, -1],
    [1, 2],
    [-1, -1],
  ];
  const random = stream('gatherBlocks');
  const [size, channels] = [2, 3];
  const x = randomInput([1, 4, size, channels], random);
  const elements = size * channels;
  const slots = lists.flat();
  // What stands in the place of no block is not defined.
  const weights = slots.flatMap((block) =>
    Array.from({ length: elements }, () => (block < 0 ? 0 : random() + 0.5)),
  );
  expectParity(
    { x },
    ({ x }) => gatherBlocks(x!, lists),
    ({ x }) =>
      slots.flatMap((block) =>
        block < 0
          ? new Array<number>(elements).fill(0)
          : Array.from(x!.slice(block * elements, (block + 1) * elements)),
      ),
    weights,
  );
  expect(gatherBlocks(tf.ones([1, 4, size, channels]), lists).shape).toEqual([1, 4, 4, 3]);
});
