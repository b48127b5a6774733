/** Test predictions are given only if the model answers by the example alone. */
import { describe, expect, it } from 'vitest';
import type { Executable, TensorSpec } from '../../../evaluate/engine/engine.ts';
import { predict } from '../../../evaluate/training/predict.ts';
import { predictTest } from '../../../evaluate/training/predictTest.ts';
import type { Split } from '../../../generators/store/split.ts';

const [batch, length, classes, count] = [8, 4, 3, 150];

const split = {
  count,
  inputs: Uint8Array.from({ length: count * length }, (_, i) => (i * 31) % 11),
} as unknown as Split;

/** An executable that gives the logits of each row, from its tokens and those of the whole batch. */
function executable(logitsOf: (own: number, place: number, all: number) => number[]): Executable {
  return {
    inputs: { tokens: { shape: [batch, length], dtype: 'int32' } },
    outputs: { logits: { shape: [batch, classes], dtype: 'float32' } },
    run({ tokens }) {
      const values = Array.from(tokens as Int32Array);
      const sums = Array.from({ length: batch }, (_, row) =>
        values.slice(row * length, (row + 1) * length).reduce((sum, token) => sum + token, 0),
      );
      const all = sums.reduce((sum, own) => sum + own, 0);
      const logits = Float32Array.from(sums.flatMap((own, place) => logitsOf(own, place, all)));
      const spec: TensorSpec = { shape: [batch, classes], dtype: 'float32' };
      return Promise.resolve({
        logits: { spec, read: () => Promise.resolve(logits), dispose: () => undefined },
      });
    },
    dispose: () => Promise.resolve(),
  };
}

describe('test predictions', () => {
  it('are those of every prediction', async () => {
    const honest = executable((own) => [Math.sin(own), Math.cos(own), 0]);
    expect(await predictTest(honest, new Float32Array(1), split)).toEqual(
      await predict(honest, new Float32Array(1), split),
    );
  });

  it.each([
    ['the examples beside it', (own: number, _: number, all: number) => [own, all, 0]],
    ['its place', (_: number, place: number) => [place % 2, 0.5, 0]],
  ])('are refused if an answer depends on %s', async (_, logitsOf) => {
    await expect(predictTest(executable(logitsOf), new Float32Array(1), split)).rejects.toThrow(
      /^The model gives one example a logit of class \d of .* over the batch\.$/,
    );
  });
});
