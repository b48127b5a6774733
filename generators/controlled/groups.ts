/** Groups of a controlled task: how many examples they make, and in which one an example is. */
import { z } from 'zod';
import { splits, type SplitName } from '../task.ts';

/** Option of a task: groups per distance, in one split. */
export const groupCount = z.int().positive().max(1_000_000);

/** Groups per distance, in each split. */
export type GroupCounts = Record<SplitName, number>;

/** Examples of each split. */
export function exampleCounts(
  { train, val, test }: GroupCounts,
  distances: number,
  siblings: number,
): Record<SplitName, number> {
  const each = distances * siblings;
  return { train: train * each, val: val * each, test: test * each };
}

export interface Place {
  /** Number of the group within the split: what its stream is named by. */
  inSplit: number;
  /** Number of the group over all splits, from train over val to test. */
  group: number;
  /** Which row of its group's table the example is, from 0. */
  member: number;
  distance: number;
}

/** Where example `index` of a split stands: siblings side by side, distances in turn. */
export function placeOf(
  groups: GroupCounts,
  grid: readonly number[],
  siblings: number,
  split: SplitName,
  index: number,
): Place {
  const inSplit = Math.floor(index / siblings);
  const before = splits
    .slice(0, splits.indexOf(split))
    .reduce((sum, name) => sum + groups[name], 0);
  return {
    inSplit,
    group: before * grid.length + inSplit,
    member: index % siblings,
    distance: grid[inSplit % grid.length]!,
  };
}

/** Makes a group where it is not the one that was made last: siblings are mostly asked for in turn. */
export function keepLast<Group>(
  make: (split: SplitName, place: Place) => Group,
): (split: SplitName, place: Place) => Group {
  let last: { split: SplitName; inSplit: number; group: Group } | undefined;
  return (split, place) => {
    if (last?.split !== split || last.inSplit !== place.inSplit)
      last = { split, inSplit: place.inSplit, group: make(split, place) };
    return last.group;
  };
}
