/**
 * Blocks by number, for attention to blocks far away, with a gradient of the same cost: tfjs's own
 * gradient of a gather adds every row to every block that it may have come from.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { dims, withGradient } from './tensors.ts';

/**
 * x [M, n, size, c] -> for each block the blocks of its list, one after the other:
 * [M, m, r · size, c]. A −1 stands for no block: the caller may not use the values in its place.
 *
 * @param lists [m][r] numbers of blocks
 */
export function gatherBlocks(x: Tensor, lists: number[][]): Tensor {
  const [outer, count, size, channels] = dims(x, 4);
  const slots = lists.flat();
  const users = invert(slots, count);
  const slotsPerBlock = users[0]!.length;
  const rows = (t: Tensor, n: number) => tf.reshape(t, [outer, n, size * channels]);
  return withGradient(
    (x: Tensor) => {
      const chosen = tf.gather(rows(x, count), indices(slots.map((b) => Math.max(b, 0))), 1);
      const shape = [outer, lists.length, (slots.length / lists.length) * size, channels];
      return { value: tf.reshape(chosen, shape), saved: [] };
    },
    (dy) => {
      const none = tf.zeros([outer, 1, size * channels]);
      const filled = tf.concat([rows(dy, slots.length), none], 1);
      const uses = tf.gather(filled, indices(users.flat()), 1); // [M, n · slotsPerBlock, size · c]
      const sums = tf.sum(tf.reshape(uses, [outer, count, slotsPerBlock, size * channels]), 2);
      return [tf.reshape(sums, [outer, count, size, channels])];
    },
  )(x);
}

/**
 * The slots of each block: [n][maximum], lists of one length, filled up with the number of slots, which
 * is one past the last.
 */
function invert(slots: number[], count: number): number[][] {
  const users: number[][] = Array.from({ length: count }, () => []);
  slots.forEach((block, slot) => users[block]?.push(slot));
  const longest = Math.max(1, ...users.map(({ length }) => length));
  return users.map((list) => [
    ...list,
    ...new Array<number>(longest - list.length).fill(slots.length),
  ]);
}

const indices = (values: number[]): Tensor => tf.tensor1d(values, 'int32');
