import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { cumulate } from '../../../models/ops/cumulate.ts';
import { expectParity, randomInput, stream } from '../parity.ts';

beforeAll(() => tf.setBackend('cpu'));

const shape = [2, 3, 4];

/** Sums along an axis of an array of that shape, one entry at a time. */
function sums(x: ArrayLike<number>, axis: number, exclusive: boolean, reverse: boolean): number[] {
  const stride = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const place = (at: number) => Math.floor(at / stride) % shape[axis]!;
  return Array.from(x, (_, at) => {
    const start = at - place(at) * stride;
    let sum = 0;
    for (let i = 0; i < shape[axis]!; i++) {
      const isEarlier = reverse ? i > place(at) : i < place(at);
      if (isEarlier || (!exclusive && i === place(at))) sum += x[start + i * stride]!;
    }
    return sum;
  });
}

const cases = [0, 1, 2].flatMap((axis) =>
  [false, true].flatMap((exclusive) =>
    [false, true].map((reverse) => ({ axis, exclusive, reverse })),
  ),
);

it.each(cases)(
  'has the sums and the gradient of axis $axis, exclusive $exclusive, reverse $reverse',
  (given) => {
    const { axis, exclusive, reverse } = given;
    const random = stream(`cumulate/${axis}`);
    expectParity(
      { x: randomInput(shape, random) },
      ({ x }) => cumulate(x!, axis, { exclusive, reverse }),
      ({ x }) => sums(x!, axis, exclusive, reverse),
      Array.from({ length: 24 }, () => random() + 0.5),
    );
  },
);

/** The reason for a function of our own: where this fails, tfjs is mended and the function can go. */
it('differs from the gradient of tfjs along a middle axis', () => {
  const square = [2, 3, 3]; // else tfjs refuses the gradient's shape
  const drawn = (name: string) =>
    tf.tensor(Float32Array.from(randomInput(square, stream(name)).values), square);
  const [x, weights] = [drawn('x'), drawn('dy')];
  const gradient = (program: (x: tf.Tensor) => tf.Tensor) => {
    const [dx] = tf.grads((x) => tf.sum(tf.mul(program(x), weights)).asScalar())([x]);
    return [...dx!.dataSync()];
  };
  expect(gradient((x) => tf.cumsum(x, 2))).toEqual(gradient((x) => cumulate(x, 2)));
  expect(gradient((x) => tf.cumsum(x, 1))).not.toEqual(gradient((x) => cumulate(x, 1)));
});
