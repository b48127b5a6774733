/** Predictions of a split, batch by batch, the answers by group, and scores. */
import { argmax } from '../../core/math.ts';
import type { Split } from '../../generators/store/split.ts';
import type { Meta } from '../../generators/store/meta.ts';
import type { GroupResults, TableResults } from '../../leaderboards/records/groupResults.ts';
import { groupInterval } from '../../leaderboards/statistics/groups.ts';
import { questionCounts, useOfGroups } from '../../leaderboards/statistics/use.ts';
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

/** The first rows of a split, which are a sample: a row's place tells nothing of the example. */
export function firstRows(split: Split, count: number): Split {
  return { ...split, count: Math.min(count, split.count) };
}

export function accuracyOf(predictions: Uint8Array, split: Split): number {
  let correct = 0;
  for (let i = 0; i < split.count; i++) if (predictions[i] === split.labels[i]) correct++;
  return correct / split.count;
}

/**
 * Answers by sibling group, in the order in which groups first come in the split. Hits and false
 * alarms are there if every group is a whole table, as in a whole split of a controlled task.
 */
export function groupsOf(
  predictions: Uint8Array,
  split: Split,
  shape: Pick<Meta['shape'], 'distances' | 'classes' | 'table'>,
): GroupResults {
  const members = Map.groupBy(
    Array.from({ length: split.count }, (_, row) => row),
    (row) => split.groups[row]!,
  );
  const rows = [...members.values()];
  const right = (row: number) => predictions[row] === split.labels[row];
  const strataOf = (row: number) =>
    shape.distances.length === 0 ? 0 : shape.distances.indexOf(split.distances[row]!);
  const table = shape.table && tableOf(rows, predictions, split, shape.table, shape.classes);
  return {
    correct: Uint32Array.from(rows, (own) => own.filter(right).length),
    sizes: Uint32Array.from(rows, (own) => own.length),
    strata: Uint32Array.from(rows, ([first]) => strataOf(first!)),
    ...(table && { table }),
  };
}

/** Hits and false alarms of every group; undefined if one lacks a row of its table. */
function tableOf(
  groups: readonly number[][],
  predictions: Uint8Array,
  { labels, members, extras }: Split,
  { states, questions }: NonNullable<Meta['shape']['table']>,
  classes: number,
): TableResults | undefined {
  const size = states * questions;
  const empty = () => new Uint32Array(groups.length * questions);
  const table = { questions, classes, hits: empty(), alarms: empty(), places: empty() };
  for (const [g, rows] of groups.entries()) {
    const ordered = rows.toSorted((a, b) => members[a]! - members[b]!);
    if (ordered.length !== size || ordered.some((row, m) => members[row] !== m)) return undefined;
    const counts = questionCounts(
      ordered.map((row) => predictions[row]!),
      ordered.map((row) => labels[row]!),
      { states, questions },
    );
    table.hits.set(counts.hits, g * questions);
    table.alarms.set(counts.alarms, g * questions);
    if (!extras.places) continue;
    const places = ordered.slice(0, questions).map((row) => extras.places![row]!);
    table.places.set(places, g * questions);
  }
  return table;
}

/** Score of the groups at one distance of the grid, or of all; siblings are one observation. */
export function score(groups: GroupResults, stratum?: number): Score {
  const { correct, sizes, strata } = groups;
  const chosen = (values: Uint32Array) =>
    stratum === undefined ? values : values.filter((_, g) => strata[g] === stratum);
  const [right, all] = [chosen(correct), chosen(sizes)];
  const total = right.reduce((sum, n) => sum + n, 0);
  const count = all.reduce((sum, n) => sum + n, 0);
  const use = useOfGroups(groups, stratum);
  return {
    accuracy: total / count,
    correct: total,
    count,
    groups: all.length,
    interval: groupInterval(right, all, chosen(strata)),
    ...(use && { use }),
  };
}

export function scoreByDistance(
  groups: GroupResults,
  distances: readonly number[],
): DistanceScore[] {
  return distances.map((distance, stratum) => ({ distance, ...score(groups, stratum) }));
}
