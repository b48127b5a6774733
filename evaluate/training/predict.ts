/** Predictions of a split, batch by batch, and their scores. */
import type { Split } from '../../generators/dataset.ts';
import { groupInterval } from '../../leaderboards/metrics.ts';
import type { DistanceScore, Score } from '../../leaderboards/schema.ts';
import type { Executable, Handle, Values } from '../engine/engine.ts';
import { gatherRows } from './batches.ts';

/** Class of every example of `split`, by the largest logit (the lowest class among equals). */
export async function predict(
  executable: Executable,
  parameters: Values | Handle,
  split: Split,
  onBatch?: (done: number) => void,
): Promise<Uint8Array> {
  const [batch, length] = executable.inputs.tokens!.shape as [number, number];
  const classes = executable.outputs.logits!.shape[1]!;
  const predictions = new Uint8Array(split.count);
  for (let start = 0; start < split.count; start += batch) {
    // The last batch is filled up with its first rows, whose answers are dropped.
    const rows = Array.from({ length: batch }, (_, b) =>
      start + b < split.count ? start + b : start,
    );
    const tokens = gatherRows(split.inputs, length, rows);
    const { logits } = await executable.run({ parameters, tokens });
    const values = await logits!.read();
    logits!.dispose();
    for (let b = 0; b < batch && start + b < split.count; b++) {
      predictions[start + b] = argmax(values, b * classes, classes);
    }
    onBatch?.(Math.min(split.count, start + batch));
  }
  return predictions;
}

function argmax(values: Values, start: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[start + i]! > values[start + best]!) best = i;
  return best;
}

export function accuracyOf(predictions: Uint8Array, split: Split): number {
  let correct = 0;
  for (let i = 0; i < split.count; i++) if (predictions[i] === split.labels[i]) correct++;
  return correct / split.count;
}

/** Score of the examples that `include` admits; siblings of a group are one observation. */
export function score(
  predictions: Uint8Array,
  split: Split,
  name: string,
  include: (index: number) => boolean = () => true,
): Score {
  const correct = new Map<number, number>();
  const size = new Map<number, number>();
  for (let i = 0; i < split.count; i++) {
    if (!include(i)) continue;
    const group = split.groups[i]!;
    size.set(group, (size.get(group) ?? 0) + 1);
    correct.set(group, (correct.get(group) ?? 0) + (predictions[i] === split.labels[i] ? 1 : 0));
  }
  const corrects = [...correct.values()];
  const sizes = [...size.values()];
  const total = corrects.reduce((sum, n) => sum + n, 0);
  const count = sizes.reduce((sum, n) => sum + n, 0);
  return {
    accuracy: count === 0 ? 0 : total / count,
    correct: total,
    count,
    groups: sizes.length,
    interval: groupInterval(corrects, sizes, name),
  };
}

export function scoreByDistance(
  predictions: Uint8Array,
  split: Split,
  distances: number[],
  name: string,
): DistanceScore[] {
  return distances.map((distance) => ({
    distance,
    ...score(predictions, split, `${name}/${distance}`, (i) => split.distances[i] === distance),
  }));
}
