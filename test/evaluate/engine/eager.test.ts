import tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { openEngine } from '../../../evaluate/engine/open.ts';
import { executableTests } from './executable.ts';
import { describeTensorflow } from './tensorflow.ts';

describe('reference', () => {
  executableTests('reference');

  test('NaN is passed on, and steps leave no tensors behind', async () => {
    const engine = await openEngine('reference');
    const executable = await engine.compile({
      name: 'test',
      inputs: { x: { shape: [2], dtype: 'float32' } },
      build: ({ x }) => ({ x: x!, y: tf.grad((z) => z.exp().sum())(x!) }),
    });
    const before = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) {
      const outputs = await executable.run({ x: Float32Array.of(NaN, 0) });
      expect(await outputs['y']!.read()).toEqual(Float32Array.of(NaN, 1));
      for (const handle of Object.values(outputs)) handle.dispose();
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  test('an output that is no number is refused', async () => {
    const engine = await openEngine('reference');
    const compiled = engine.compile({
      name: 'test',
      inputs: { x: { shape: [2], dtype: 'float32' } },
      build: ({ x }) => ({ y: x!.greater(0) }),
    });
    await expect(compiled).rejects.toThrow(/returns a bool tensor as its output y/);
  });
});

await describeTensorflow(() => executableTests('tensorflow'));
