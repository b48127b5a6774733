import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { complexScan, scan } from '../../../models/ops/scan.ts';
import { expectParity, randomInput, sizeOf, stream, type Input } from '../parity.ts';

beforeAll(() => tf.setBackend('cpu'));

const batch = 2;
const channels = 2;

/** The recurrence of its formula, token by token; a's axes of 1 stand for all. */
function naive(
  length: number,
  shape: number[],
  backwards: boolean,
  a: Float64Array[],
  b: Float64Array[],
): number[][] {
  const h = b.map((part) => new Array<number>(part.length).fill(0));
  for (let s = 0; s < batch; s++) {
    for (let c = 0; c < channels; c++) {
      let [re, im] = [0, 0];
      for (let step = 0; step < length; step++) {
        const t = backwards ? length - 1 - step : step;
        const at = (s * length + t) * channels + c;
        const index = [s, t, c].reduce((sum, i, axis) => {
          return sum * shape[axis]! + (shape[axis] === 1 ? 0 : i);
        }, 0);
        const [ar, ai] = [a[0]![index]!, a[1]?.[index] ?? 0];
        [re, im] = [ar * re - ai * im + b[0]![at]!, ar * im + ai * re + (b[1]?.[at] ?? 0)];
        h[0]![at] = re;
        if (h[1]) h[1][at] = im;
      }
    }
  }
  return h;
}

describe.each([false, true])('backwards: %s', (backwards) => {
  // One token, one group, a group begun, two levels with both ends begun.
  it.each([1, 2, 8, 11, 67])('agrees with the recurrence at length %i', (length) => {
    for (const shape of [
      [batch, length, channels],
      [batch, length, 1],
      [1, 1, channels],
    ]) {
      const random = stream(`${length}/${shape.join()}`);
      const full = [batch, length, channels];
      const inputs = { a: randomInput(shape, random, 1.1), b: randomInput(full, random) };
      inputs.a.values[0] = 0;
      const weights = Array.from({ length: sizeOf(full) }, () => random() + 0.5);
      expectParity(
        inputs,
        ({ a, b }) => scan(a!, b!, { backwards }),
        ({ a, b }) => naive(length, shape, backwards, [a!], [b!])[0]!,
        weights,
      );
    }
  });

  it.each([1, 11, 67])('agrees for complex numbers at length %i', (length) => {
    for (const shape of [
      [batch, length, channels],
      [1, 1, channels],
    ]) {
      const random = stream(`complex/${length}/${shape.join()}`);
      const full = [batch, length, channels];
      const inputs: Record<string, Input> = {};
      for (const name of ['ar', 'ai']) inputs[name] = randomInput(shape, random, 0.7);
      for (const name of ['br', 'bi']) inputs[name] = randomInput(full, random);
      const weights = Array.from({ length: 2 * sizeOf(full) }, () => random() + 0.5);
      const joined = ({ ar, ai, br, bi }: Record<string, Tensor>) => {
        const a = { re: ar!, im: ai! };
        const { re, im } = complexScan(a, { re: br!, im: bi! }, { backwards });
        return tf.concat([re, im], 0);
      };
      expectParity(
        inputs,
        joined,
        ({ ar, ai, br, bi }) => naive(length, shape, backwards, [ar!, ai!], [br!, bi!]).flat(),
        weights,
      );
    }
  });
});

it('keeps what a factor of 1 keeps, over thousands of tokens, and forgets at 0', () => {
  const length = 5000;
  const a = tf.tensor3d(
    Array.from({ length }, (_, t) => (t === 4000 ? 0 : 1)),
    [1, length, 1],
  );
  const b = tf.tensor3d(
    Array.from({ length }, (_, t) => (t === 0 ? 3 : 0)),
    [1, length, 1],
  );
  const h = scan(a, b).dataSync();
  expect([h[0], h[3999], h[4000], h[4999]]).toEqual([3, 3, 0, 0]);
});
