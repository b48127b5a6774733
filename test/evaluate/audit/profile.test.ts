/** The networks of the locality profile. */
import tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { lastTokensOf, reachesFor, stepsFor } from '../../../evaluate/audit/profile.ts';
import { named, split as splitFlat, initialValues } from '../../../evaluate/training/flat.ts';
import { classifierLayout } from '../../../evaluate/training/programs.ts';
import { openDataset } from '../../../generators/store/dataset.ts';
import { createModel } from '../../../models/backbone/backbone.ts';
import { parseOptions } from '../../../models/options.ts';
import { findMixer } from '../../../models/registry.ts';
import { make, temporaryFolder } from '../../generators/support.ts';

describe('reaches', () => {
  it('double up to the whole length, or go in larger steps up to a bound', () => {
    expect(reachesFor({ length: 64 })).toEqual([2, 4, 8, 16, 32, 64]);
    expect(reachesFor({ length: 255 })).toEqual([2, 4, 8, 16, 32, 64, 128, 254]);
    expect(reachesFor({ length: 1024 })).toEqual([2, 8, 32, 128, 512, 1024]);
    expect(reachesFor({ length: 16384 })).toEqual([2, 8, 32, 128, 512, 1024]);
  });

  it('longer sequences get fewer steps, and too long ones none', async () => {
    const dir = temporaryFolder();
    await make(`${dir}/a`, 'recall', { train: 4, val: 2, test: 2 });
    const { shape } = (await openDataset(`${dir}/a`)).meta;
    const steps = [64, 1024, 65536].map((length) =>
      stepsFor({ ...shape, length, readout: 'pool' }),
    );
    expect(steps[0]).toBeGreaterThan(steps[1]!);
    expect(steps[1]).toBeGreaterThanOrEqual(40);
    expect(steps[2]).toBe(0);
  });
});

it("a query's answer is the same from the tokens within reach alone", async () => {
  const dir = temporaryFolder();
  await make(`${dir}/recall`, 'recall', { train: 4, val: 2, test: 2 });
  const whole = await openDataset(`${dir}/recall`);
  const near = lastTokensOf(whole, 9);
  const definition = findMixer('bounded-conv');
  const options = parseOptions(definition, { kernel: 9 });
  const size = { layers: 2, width: 16, parameters: 8_000 };
  const logits = await Promise.all(
    [whole, near].map(async (dataset) => {
      const { inputs, count, length } = await dataset.split('test');
      const model = createModel(definition, options, dataset.meta.shape, size);
      expect(model.reach).toBe(8);
      const layout = classifierLayout(model);
      const values = tf.tensor1d(initialValues(layout, 'test'));
      const tokens = tf.tensor2d(Int32Array.from(inputs), [count, length], 'int32');
      return model.classify(tokens, named(splitFlat(values, layout), layout)).dataSync();
    }),
  );
  expect(near.meta.shape.length).toBe(9);
  logits[0]!.forEach((value, i) => expect(logits[1]![i]).toBeCloseTo(value, 4));
});
