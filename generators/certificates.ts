/**
 * Properties of a sibling group that bound what whole classes of models can score on it. Pure, and
 * exact: no sampling and no hashing. A group that breaks one is described in a few words.
 *
 * The w-grams of a sequence are all its windows of w tokens, padding included, and also those that
 * stick out over its ends, where they hold a mark that is no token. So they are what a convolution
 * of width w sees with zeros around the sequence; and since every position begins exactly one
 * window, equal counts of w-grams are equal counts of all shorter ones too.
 */

export interface SiblingGroup {
  /** Token ids of each sibling, all of the same length. */
  rows: ArrayLike<number>[];
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
 * Reach certificate(D): the last D tokens are the same in all siblings, and the token before them
 * is not, so that D is the distance and not just a bound.
 */
export function breakOfReach({ rows, distance }: SiblingGroup): string | undefined {
  const last = rows[0]!.length - 1;
  for (let s = 1; s < rows.length; s++) {
    const position = lastDifference(rows[0]!, rows[s]!);
    if (position > last - distance)
      return `siblings 0 and ${s} differ at position ${position}, within the last ${distance} tokens`;
  }
  const first = rows[0]!;
  const nearest = Math.max(...rows.slice(1).map((row) => lastDifference(first, row)));
  return nearest === last - distance
    ? undefined
    : `the siblings' nearest difference is at distance ${last - nearest}, not ${distance}`;
}

/** Last position at which two sequences differ; -1 if they are equal. */
function lastDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let position = a.length - 1;
  while (position >= 0 && a[position] === b[position]) position--;
  return position;
}

/** Order certificate(w): all siblings have each w-gram equally often. */
export function breakOfOrder({ rows }: SiblingGroup, w: number): string | undefined {
  for (let s = 1; s < rows.length; s++) {
    const gram = unevenGram(rows[0]!, rows[s]!, w);
    if (gram) return `siblings 0 and ${s} do not have the ${w}-gram (${gram}) equally often`;
  }
  return undefined;
}

/**
 * A w-gram that one sequence has more often than the other, if there is one. Windows that are equal
 * at the same place cancel out, so only those that touch a difference are counted.
 */
function unevenGram(a: ArrayLike<number>, b: ArrayLike<number>, w: number): string | undefined {
  const surplus = new Map<string, number>();
  const count = (row: ArrayLike<number>, start: number, by: number) => {
    const gram = Array.from({ length: w }, (_, i) => row[start + i] ?? '|').join(' ');
    surplus.set(gram, (surplus.get(gram) ?? 0) + by);
  };
  let next = 1 - w;
  for (let position = 0; position < a.length; position++) {
    if (a[position] === b[position]) continue;
    for (next = Math.max(next, position - w + 1); next <= position; next++) {
      count(a, next, 1);
      count(b, next, -1);
    }
  }
  for (const [gram, by] of surplus) if (by !== 0) return gram;
  return undefined;
}
