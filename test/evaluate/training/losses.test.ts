import tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { classLoss, tokenLoss } from '../../../evaluate/training/losses.ts';

/** Sum of weight * -log softmax at the target, in float64. */
function reference(logits: number[][], targets: number[], weights: number[]): number {
  return logits.reduce((sum, row, n) => {
    const top = Math.max(...row);
    const total = row.reduce((s, x) => s + Math.exp(x - top), 0);
    return sum + weights[n]! * (top + Math.log(total) - row[targets[n]!]!);
  }, 0);
}

const logits = [
  [0.3, -1, 2, 0],
  [50, 0, -50, 1],
  [0, 0, 0, 0],
];

describe('classLoss', () => {
  it('is the mean cross-entropy', async () => {
    const loss = classLoss(tf.tensor2d(logits), tf.tensor1d([2, 1, 3], 'int32'));
    const expected = reference(logits, [2, 1, 3], [1 / 3, 1 / 3, 1 / 3]);
    expect((await loss.data())[0]).toBeCloseTo(expected, 5);
  });
});

describe('tokenLoss', () => {
  const targets = [2, 0, 3];
  const weights = [0.5, 0, 0.5];
  const loss = (x: tf.Tensor) =>
    tokenLoss(
      x.reshape([1, 3, 4]),
      tf.tensor2d([targets], [1, 3], 'int32'),
      tf.tensor2d([weights]),
    ).asScalar();

  it('counts only the positions that have a weight', async () => {
    const value = await loss(tf.tensor2d(logits)).data();
    expect(value[0]).toBeCloseTo(reference(logits, targets, weights), 5);
  });

  it('has the gradient (softmax - one-hot) * weight', async () => {
    const gradient = await tf.grad(loss)(tf.tensor2d(logits)).array();
    const step = 1e-5;
    logits.forEach((row, n) =>
      row.forEach((_, c) => {
        const moved = (by: number) =>
          reference(
            logits.map((r, i) => r.map((x, j) => (i === n && j === c ? x + by : x))),
            targets,
            weights,
          );
        const numeric = (moved(step) - moved(-step)) / (2 * step);
        expect((gradient as number[][])[n]![c]).toBeCloseTo(numeric, 5);
      }),
    );
  });
});
