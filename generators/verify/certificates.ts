/**
 * The certificates of groups of k siblings, one for each label, as tasks of version 1 have them: a
 * table with one question. `tables.ts` has those of full tables.
 */
import { documentsOf, lastDifference, unevenGram } from './grams.ts';

export interface SiblingGroup {
  /** Token ids of each sibling, all of the same length; one document after the other. */
  rows: ArrayLike<number>[];
  /** Documents of which a row consists, all of the same length; 1 if absent. */
  documents?: number;
  labels: ArrayLike<number>;
  /** Distance that the data set claims for the group. */
  distance: number;
}

/** Labels: k siblings have k different labels, each class once. */
export function breakOfLabels({ rows, labels }: SiblingGroup, classes: number): string | undefined {
  const holders = new Map<number, number>();
  for (let s = 0; s < rows.length; s++) {
    const other = holders.get(labels[s]!);
    if (other !== undefined) return `siblings ${other} and ${s} both have label ${labels[s]}`;
    holders.set(labels[s]!, s);
  }
  return holders.size === classes
    ? undefined
    : `${holders.size} labels occur, expected all ${classes}`;
}

/**
 * Reach certificate(D): the last D tokens of a document are the same in all siblings, and the token
 * before them is not, so that D is the distance and not just a bound. Of two documents one at least
 * has its nearest difference there, the other there or farther away, or none.
 */
export function breakOfReach(group: SiblingGroup): string | undefined {
  const { distance } = group;
  let nearest = Infinity;
  for (const { parts: rows, place } of documentsOf(group.rows, group.documents ?? 1)) {
    const last = rows[0]!.length - 1;
    for (let s = 1; s < rows.length; s++) {
      const position = lastDifference(rows[0]!, rows[s]!);
      if (position > last - distance)
        return `siblings 0 and ${s} differ at position ${position}${place}, within the last ${distance} tokens`;
      if (position >= 0) nearest = Math.min(nearest, last - position);
    }
  }
  if (nearest === distance) return undefined;
  return nearest === Infinity
    ? 'its siblings are all the same'
    : `the siblings' nearest difference is at distance ${nearest}, not ${distance}`;
}

/** Order certificate(w): all siblings have each w-gram of a document equally often. */
export function breakOfOrder(group: SiblingGroup, w: number): string | undefined {
  for (const { parts: rows, place } of documentsOf(group.rows, group.documents ?? 1))
    for (let s = 1; s < rows.length; s++) {
      const gram = unevenGram(rows[0]!, rows[s]!, w);
      if (gram)
        return `siblings 0 and ${s} do not have the ${w}-gram (${gram})${place} equally often`;
    }
  return undefined;
}
