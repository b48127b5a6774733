import tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../../evaluate/training/flat.ts';
import { adamw, scaleAt } from '../../../evaluate/training/optimiser.ts';
import { zeros } from '../../../models/ops/initialise.ts';

const layout = layoutOf([
  { name: 'w', shape: [2], initialise: zeros },
  { name: 'rate', shape: [1], initialise: zeros, decay: false, learningRate: 0.1 },
]);

/** AdamW as in the paper's algorithm 2, in float64, one number at a time. */
function reference(steps: number, gradients: number[][], clip: number, weightDecay: number) {
  const x = [1, -2, 3];
  const m = [0, 0, 0];
  const v = [0, 0, 0];
  for (let t = 1; t <= steps; t++) {
    const raw = gradients[t - 1]!;
    const norm = Math.hypot(...raw);
    const rate = 0.01;
    for (let i = 0; i < 3; i++) {
      const g = raw[i]! * Math.min(1, clip / norm);
      m[i] = 0.9 * m[i]! + 0.1 * g;
      v[i] = 0.999 * v[i]! + 0.001 * g * g;
      const direction = m[i]! / (1 - 0.9 ** t) / (Math.sqrt(v[i]! / (1 - 0.999 ** t)) + 1e-8);
      const factor = i === 2 ? 0.1 : 1;
      const decay = i === 2 ? 0 : weightDecay;
      x[i]! -= rate * factor * (direction + decay * x[i]!);
    }
  }
  return x;
}

describe('adamw', () => {
  it('agrees with the algorithm in float64, clipping, decay and rate factors included', async () => {
    const gradients = [
      [0.3, -0.1, 0.2],
      [5, 5, -5],
      [0.01, 0, 0.02],
    ];
    let state = {
      parameters: tf.tensor1d([1, -2, 3]) as tf.Tensor,
      moment1: tf.zeros([3]),
      moment2: tf.zeros([3]),
    };
    for (const [t, gradient] of gradients.entries()) {
      const feeds = scaleAt(t, 0.01);
      const scale = {
        learningRate: tf.tensor1d(feeds.learningRate),
        correction1: tf.tensor1d(feeds.correction1),
        correction2: tf.tensor1d(feeds.correction2),
      };
      const { gradientNorm, ...next } = adamw(state, tf.tensor1d(gradient), scale, layout, {
        clip: 1,
        weightDecay: 0.5,
      });
      expect((await gradientNorm.data())[0]).toBeCloseTo(Math.hypot(...gradient), 5);
      state = next;
    }
    const expected = reference(3, gradients, 1, 0.5);
    const got = await state.parameters.data();
    expected.forEach((value, i) => expect(got[i]).toBeCloseTo(value, 5));
  });
});
