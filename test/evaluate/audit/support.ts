/** Examples for the tests of the audit: of a task, or written out. */
import { Examples, type Predictor } from '../../../evaluate/audit/examples.ts';
import type { Split } from '../../../generators/store/split.ts';
import { makeSplit } from '../../../generators/store/memory.ts';
import { findTask, resolveOptions } from '../../../generators/registry.ts';
import { splits, type SplitName, type TaskShape, type TierName } from '../../../generators/task.ts';

export interface Parts {
  shape: TaskShape;
  train: Examples;
  val: Examples;
  test: Examples;
}

/** The examples of a task, made in memory. */
export async function examplesOf(
  name: string,
  overrides: Record<string, unknown> = {},
  tier: TierName = 'smoke',
): Promise<Parts> {
  const task = findTask(name);
  const options = resolveOptions(task, tier, overrides);
  const shape = task.shape(options);
  const { example } = await task.open(options, 1);
  const made = Object.fromEntries(
    splits.map((split) => {
      const data = makeSplit({ task: name, seed: 1, shape }, example, split);
      return [split, new Examples(data, shape)];
    }),
  ) as Record<SplitName, Examples>;
  return { shape, ...made };
}

function emptySplit(name: SplitName, count: number, shape: TaskShape): Split {
  return {
    ...{ name, count, length: shape.length },
    inputs: new Uint16Array(count * shape.documents * shape.length),
    labels: new Uint16Array(count),
    groups: Int32Array.from({ length: count }, (_, i) => i),
    members: new Int32Array(count),
    distances: new Int32Array(count),
    answers: new Uint8Array(0),
    extras: {},
  };
}

/** Examples from rows of tokens, filled up with padding to the length of the shape. */
export function examplesFrom(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  shape: Partial<TaskShape> & { length: number },
  extras: Record<string, number[]> = {},
): Examples {
  const full: TaskShape = {
    ...{
      documents: 1,
      input: 'tokens',
      vocabulary: 300,
      classes: 2,
      readout: 'pool',
      padded: true,
    },
    ...{ distances: [], siblings: 1, order: 0, maskRatio: 0.15, extras: {} },
    counts: { train: rows.length, val: 0, test: 0 },
    ...shape,
  };
  const split = emptySplit('train', rows.length, full);
  const width = full.documents * full.length;
  rows.forEach((row, i) => split.inputs.set(row, i * width));
  split.labels.set(labels);
  for (const [name, values] of Object.entries(extras)) split.extras[name] = Int32Array.from(values);
  return new Examples(split, full);
}

/** Predictions of the test split after fitting. */
export async function predictionsOf(
  predictor: Predictor,
  { train, val, test }: Parts,
): Promise<Uint8Array> {
  return (await predictor.fit(train, val)).predict(test);
}
