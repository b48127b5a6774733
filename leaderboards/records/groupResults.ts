/**
 * Right answers of every sibling group of a test split: what comparisons of models on the same
 * groups need beyond a record's accuracies. On disk an npy of bytes beside the record, [G, 3]: right
 * answers, examples, and the number of the distance in the task's grid (0 in standard tasks).
 */
import { DataError } from '../../core/errors.ts';
import { decodeNpy } from '../../core/npy.ts';

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
 * @throws DataError if the bytes are no such array, or a group has more right answers than examples
 */
export function decodeGroups(bytes: Uint8Array, file: string): GroupResults {
  const { type, shape, data } = decodeNpy(bytes, file);
  const [groups, width, ...more] = shape;
  if (type !== 'u1' || !groups || width !== 3 || more.length > 0)
    throw new DataError(
      `${file} holds ${type} of shape (${shape.join(', ')}), expected bytes of shape (groups, 3); restore it, or write the record again.`,
    );
  const column = (c: number) => Uint8Array.from({ length: groups }, (_, g) => data[3 * g + c]!);
  const [correct, sizes, strata] = [column(0), column(1), column(2)];
  const wrong = correct.findIndex((right, g) => sizes[g] === 0 || right > sizes[g]!);
  if (wrong !== -1)
    throw new DataError(
      `${file}: group ${wrong} has ${correct[wrong]} right answers of ${sizes[wrong]}, expected at most its examples.`,
    );
  return { correct, sizes, strata };
}
