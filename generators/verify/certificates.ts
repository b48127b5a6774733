/**
 * Properties of a sibling group that bound what whole classes of models can score on it. Pure, and
 * exact: no sampling and no hashing. A group that breaks one is described in a few words.
 *
 * The w-grams of a sequence are all its windows of w tokens, padding included, and also those that
 * stick out over its ends, where they hold a mark that is no token. So they are what a convolution
 * of width w sees with zeros around the sequence; and since every position begins exactly one
 * window, equal counts of w-grams are equal counts of all shorter ones too.
 *
 * Where an example is two documents, which a model reads one by one, both properties are those of
 * each document by itself.
 */

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
  for (const { rows, place } of documentsOf(group)) {
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

/** The group's documents, each with all siblings' tokens and a few words that name it. */
function documentsOf({
  rows,
  documents = 1,
}: SiblingGroup): { rows: ArrayLike<number>[]; place: string }[] {
  if (documents === 1) return [{ rows, place: '' }];
  const length = rows[0]!.length / documents;
  return Array.from({ length: documents }, (_, d) => ({
    rows: rows.map((row) => part(row, d * length, (d + 1) * length)),
    place: ` of document ${d + 1}`,
  }));
}

function part(row: ArrayLike<number>, from: number, to: number): ArrayLike<number> {
  return ArrayBuffer.isView(row)
    ? (row as unknown as Uint16Array).subarray(from, to)
    : Array.prototype.slice.call(row, from, to);
}

/** Last position at which two sequences differ; -1 if they are equal. */
function lastDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let position = a.length - 1;
  while (position >= 0 && a[position] === b[position]) position--;
  return position;
}

/** Order certificate(w): all siblings have each w-gram of a document equally often. */
export function breakOfOrder(group: SiblingGroup, w: number): string | undefined {
  for (const { rows, place } of documentsOf(group))
    for (let s = 1; s < rows.length; s++) {
      const gram = unevenGram(rows[0]!, rows[s]!, w);
      if (gram)
        return `siblings 0 and ${s} do not have the ${w}-gram (${gram})${place} equally often`;
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
