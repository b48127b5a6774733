import { expect, test } from 'vitest';
import { benchEngines, lossDifference } from '../../../evaluate/bench/engines.ts';
import { referenceStep } from '../../../evaluate/training/stepper.ts';

test('the difference is the largest of any two engines at any step', () => {
  const engine = (losses?: number[]) => ({ engine: 'x', device: 'y', ...(losses && { losses }) });
  const engines = [engine([3, 2, 1]), engine(), engine([3, 2.25, 1]), engine([3, 2, 0.875])];
  expect(lossDifference(engines)).toBe(0.25);
  expect(lossDifference([engine([1]), engine()])).toBeNaN();
  expect(lossDifference([engine([1]), engine([NaN])])).toBeNaN();
});

test.each(['transformer', 's4d'])(
  'the losses of 20 steps of %s agree within 1e-3 on all engines that work here',
  async (model) => {
    const shape = {
      ...referenceStep,
      ...{ model, width: 8, heads: 2, hidden: 16, length: 16, batch: 4 },
    };
    const { engines } = await benchEngines(shape, 20);
    const working = engines.filter(({ losses }) => losses);
    expect(working.map(({ engine }) => engine)).toEqual(
      expect.arrayContaining(['onnx-cpu', 'reference']),
    );
    for (const { losses } of working) {
      expect(losses).toHaveLength(20);
      // They are losses of a training, not of one step again and again.
      expect(losses!.at(-1)).toBeLessThan(losses![0]! - 0.01);
    }
    expect(lossDifference(engines)).toBeLessThan(1e-3);
  },
  120_000,
);
