import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { attend } from '../../../models/attention/attention.ts';
import { attendInBlocks, blocksOf } from '../../../models/attention/inBlocks.ts';
import type { Attention } from '../../../models/attention/scores.ts';
import { prod } from '../../../core/math.ts';
import { optimise } from '../../../evaluate/engine/passes/all.ts';
import { trace } from '../../../evaluate/engine/trace.ts';
import { randomInput, relativeError, stream } from '../parity.ts';

const [B, H, Q, K, dh] = [2, 2, 7, 5, 3];
const random = stream('attention in blocks');
const tensor = (...shape: number[]) => {
  const { values } = randomInput(shape, random);
  return tf.tensor(Float32Array.from(values), shape);
};

/** Value and gradients of a weighted sum of the result. */
function run(attention: Attention, result: (attention: Attention) => Tensor) {
  const { q, k, v, logSum } = attention;
  const weights = randomInput([B, H, Q, dh + (logSum ? 1 : 0)], stream('weights'));
  const weighed = tf.tensor(Float32Array.from(weights.values), weights.shape);
  const { value, grads } = tf.valueAndGrads((q: Tensor, k: Tensor, v: Tensor) =>
    tf.sum(tf.mul(result({ ...attention, q, k, v }), weighed)),
  )([q, k, v]);
  return [result(attention), value, ...grads].map((x) => x.dataSync());
}

describe('attention in blocks', () => {
  const columns = (x: Tensor) => tf.transpose(x, [0, 1, 3, 2]);
  const [q, k, v] = [tensor(B, H, Q, dh), tensor(B, H, K, dh), tensor(B, H, K, dh)];
  const keyBias = tf.mul(tf.cast(tf.greater(tensor(B, H, K, 1), 0.5), 'float32'), -1e9);
  const cases: Record<string, Attention> = {
    'plain attention': { q, k, v },
    'channels first': { q, k: columns(k), v: columns(v), channelsFirst: true },
    'a bias': { q, k, v, bias: tensor(1, H, Q, K) },
    'a bias that all queries share': { q, k, v, bias: tensor(1, H, 1, K) },
    'a bias of keys': { q, k, v, keyBias },
    'a factor and a bias': { q, k, v, factor: tensor(1, H, Q, K), bias: tensor(1, 1, Q, K) },
    'log-sums, a bias of keys, channels first': {
      ...{ q, k: columns(k), v: columns(v), channelsFirst: true },
      ...{ keyBias: columns(keyBias), logSum: true },
    },
    'log-sums and a factor': { q, k, v, factor: tensor(1, H, Q, K), logSum: true },
  };

  it.each(Object.entries(cases))('is attention: %s', (_, attention) => {
    const expected = run(attention, attend);
    for (const count of [2, 3, 7]) {
      run(attention, (given) => attendInBlocks(given, count)).forEach((values, i) =>
        expect(relativeError(values, expected[i]!)).toBeLessThan(2e-6),
      );
    }
  });

  it('is used where the scores of a layer take more than half a gigabyte', () => {
    const shaped = (queries: number, keys: number) =>
      blocksOf({
        q: { shape: [1, 4, queries, 8], size: 32 * queries } as unknown as Tensor,
        k: { shape: [1, 4, keys, 8] } as unknown as Tensor,
        v: undefined as unknown as Tensor,
      });
    expect(shaped(4096, 8192)).toBe(1);
    expect(shaped(8192, 8192)).toBe(16);
    expect(shaped(2, 2 ** 27)).toBe(2);
  });

  it('computes the scores of each block anew for the gradient, and has no larger tensor', () => {
    const [length, count] = [64, 4];
    const spec = { shape: [1, 1, length, 4], dtype: 'float32' as const };
    const graph = optimise(
      trace({
        name: 'attention',
        inputs: { q: spec, k: spec, v: spec },
        build: ({ q, k, v }) => {
          const result = (q: Tensor, k: Tensor, v: Tensor) =>
            tf.sum(tf.square(attendInBlocks({ q, k, v }, count)));
          const [dq, dk, dv] = tf.grads(result)([q!, k!, v!]) as [Tensor, Tensor, Tensor];
          return { dq, dk, dv };
        },
      }),
      'cpu',
    );
    const scores = (length / count) * length;
    const sizes = graph.nodes.flatMap(({ outputs }) => outputs.map(({ shape }) => prod(shape)));
    expect(Math.max(...sizes)).toBe(scores);
    const products = graph.nodes.filter(({ op, outputs }) => {
      return op === 'MatMul' && prod(outputs[0]!.shape) === scores;
    });
    expect(products).toHaveLength(3 * count);
  });
});
