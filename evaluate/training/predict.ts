/** Predictions of a split, batch by batch, their right answers by group, and scores. */
import { argmax } from '../../core/math.ts';
import type { Split } from '../../generators/store/dataset.ts';
import type { GroupResults } from '../../leaderboards/records/groupResults.ts';
import { groupInterval } from '../../leaderboards/statistics/groups.ts';
import type { DistanceScore, Score } from '../../leaderboards/records/schema.ts';
import type { Executable, Handle, Values } from '../engine/engine.ts';
import type { Answers } from './agreement.ts';
import { gatherRows } from './batches.ts';

/**
 * Class of every example of `split`, by the largest logit (the lowest class among equals).
 *
 * @param answers takes the logits, to be compared with those of another call
 */
export async function predict(
  executable: Executable,
  parameters: Values | Handle,
  split: Split,
  onBatch?: (done: number) => void,
  answers?: Answers,
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
    answers?.take({ rows }, values);
    for (let b = 0; b < batch && start + b < split.count; b++) {
      predictions[start + b] = argmax(values, b * classes, classes);
    }
    onBatch?.(Math.min(split.count, start + batch));
  }
  return predictions;
}

export function accuracyOf(predictions: Uint8Array, split: Split): number {
  let correct = 0;
  for (let i = 0; i < split.count; i++) if (predictions[i] === split.labels[i]) correct++;
  return correct / split.count;
}

/** Right answers of each sibling group, in the order of the split. */
export function groupsOf(
  predictions: Uint8Array,
  split: Split,
  distances: readonly number[],
): GroupResults {
  const places = new Map<number, number>();
  const [correct, sizes, strata]: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < split.count; i++) {
    const group = split.groups[i]!;
    let place = places.get(group);
    if (place === undefined) {
      place = places.size;
      places.set(group, place);
      correct.push(0);
      sizes.push(0);
      strata.push(distances.length === 0 ? 0 : distances.indexOf(split.distances[i]!));
    }
    sizes[place]!++;
    if (predictions[i] === split.labels[i]) correct[place]!++;
  }
  return {
    correct: Uint8Array.from(correct),
    sizes: Uint8Array.from(sizes),
    strata: Uint8Array.from(strata),
  };
}

/** Score of the groups at one distance of the grid, or of all; siblings are one observation. */
export function score({ correct, sizes, strata }: GroupResults, stratum?: number): Score {
  const chosen = (values: Uint8Array) =>
    stratum === undefined ? values : values.filter((_, g) => strata[g] === stratum);
  const [right, all] = [chosen(correct), chosen(sizes)];
  const total = right.reduce((sum, n) => sum + n, 0);
  const count = all.reduce((sum, n) => sum + n, 0);
  return {
    accuracy: total / count,
    correct: total,
    count,
    groups: all.length,
    interval: groupInterval(right, all, chosen(strata)),
  };
}

export function scoreByDistance(
  groups: GroupResults,
  distances: readonly number[],
): DistanceScore[] {
  return distances.map((distance, stratum) => ({ distance, ...score(groups, stratum) }));
}
