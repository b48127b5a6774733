/**
 * Sequences compared: where they differ, and whether they have the same w-grams.
 *
 * The w-grams of a sequence are all its windows of w tokens, padding included, and also those that
 * stick out over its ends, where they hold a mark that is no token. So they are what a convolution
 * of width w sees with zeros around the sequence; and since every position begins exactly one
 * window, equal counts of w-grams are equal counts of all shorter ones too.
 */

/** The documents of several rows: each with its part of every row, and a few words that name it. */
export function documentsOf(
  rows: readonly ArrayLike<number>[],
  documents: number,
): { parts: readonly ArrayLike<number>[]; place: string }[] {
  if (documents === 1) return [{ parts: rows, place: '' }];
  const length = rows[0]!.length / documents;
  return Array.from({ length: documents }, (_, d) => ({
    parts: rows.map((row) => part(row, d * length, (d + 1) * length)),
    place: ` of document ${d + 1}`,
  }));
}

function part(row: ArrayLike<number>, from: number, to: number): ArrayLike<number> {
  return ArrayBuffer.isView(row)
    ? (row as unknown as Uint16Array).subarray(from, to)
    : Array.prototype.slice.call(row, from, to);
}

/** Last position at which two sequences differ; -1 if they are equal. */
export function lastDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let position = a.length - 1;
  while (position >= 0 && a[position] === b[position]) position--;
  return position;
}

/**
 * A w-gram that one sequence has more often than the other, if there is one. Windows that are equal
 * at the same place cancel out, so only those that touch a difference are counted.
 */
export function unevenGram(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  w: number,
): string | undefined {
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
