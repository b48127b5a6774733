/**
 * Right answers of every sibling group of a test split: what comparisons of models on the same
 * groups need beyond a record's accuracies. On disk an npy of bytes beside the record, [G, 3]: right
 * answers, examples, and the number of the distance in the task's grid (0 in standard tasks).
 */

export interface GroupResults {
  correct: Uint8Array; // [G]
  sizes: Uint8Array; // [G]
  strata: Uint8Array; // [G]
}

/** The array's rows, for an npy writer. */
export function groupRows({ correct, sizes, strata }: GroupResults): Uint8Array {
  const rows = new Uint8Array(3 * correct.length);
  correct.forEach((right, g) => rows.set([right, sizes[g]!, strata[g]!], 3 * g));
  return rows;
}

/**
 * @param file name to give in an error
 * @throws Error where the bytes are no such array, or a group has more right answers than examples
 */
export function decodeGroups(bytes: Uint8Array, file: string): GroupResults {
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, 128));
  const header =
    /^.NUMPY\x01\x00(.)(.)\{'descr': '[|<]u1', 'fortran_order': False, 'shape': \((\d+), 3\), \}/s.exec(
      text,
    );
  const [, low, high, count] = header ?? [];
  const start = header ? 10 + low!.charCodeAt(0) + 256 * high!.charCodeAt(0) : 0;
  const groups = Number(count);
  if (!header || groups === 0 || bytes.length !== start + 3 * groups) {
    throw new Error(
      `${file} is not an npy of bytes with the shape (groups, 3); restore it, or write the record again`,
    );
  }
  const column = (c: number) =>
    Uint8Array.from({ length: groups }, (_, g) => bytes[start + 3 * g + c]!);
  const [correct, sizes, strata] = [column(0), column(1), column(2)];
  const wrong = correct.findIndex((right, g) => sizes[g] === 0 || right > sizes[g]!);
  if (wrong !== -1) {
    throw new Error(
      `${file}: group ${wrong} has ${correct[wrong]} right answers of ${sizes[wrong]}, expected at most its examples`,
    );
  }
  return { correct, sizes, strata };
}
