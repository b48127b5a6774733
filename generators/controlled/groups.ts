/** Groups of a controlled task: how many examples they make, and in which one an example is. */
import { z } from 'zod';
import { splits, type PartName, type SplitName } from '../task.ts';

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
  /** Number of the group within its part: what its stream is named by. */
  inSplit: number;
  /** Number of the group over all parts, from train over val and test to signal. */
  group: number;
  /** Which row of its group's table the example is, from 0. */
  member: number;
  distance: number;
}

/** Where example `index` of a part stands: siblings side by side, distances in turn. */
export function placeOf(
  groups: GroupCounts,
  grid: readonly number[],
  siblings: number,
  part: PartName,
  index: number,
): Place {
  const inSplit = Math.floor(index / siblings);
  const before = splits
    .slice(0, part === 'signal' ? splits.length : splits.indexOf(part))
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
  make: (part: PartName, place: Place) => Group,
): (part: PartName, place: Place) => Group {
  let last: { part: PartName; inSplit: number; group: Group } | undefined;
  return (part, place) => {
    if (last?.part !== part || last.inSplit !== place.inSplit)
      last = { part, inSplit: place.inSplit, group: make(part, place) };
    return last.group;
  };
}
