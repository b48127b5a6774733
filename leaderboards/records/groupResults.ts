/**
 * Answers to every sibling group of a test split: what comparisons of models on the same groups need
 * beyond a record's accuracies. On disk an npy of unsigned integers beside the record, one row per
 * group: right answers, examples, the number of the distance in the task's grid (0 in standard
 * tasks); for groups that are tables of evidence states and questions then, per question, its hits,
 * its false alarms and the true distance of its evidence.
 */
import { DataError } from '../../core/errors.ts';
import { allocate, decodeNpy, encodeNpy, unsignedType } from '../../core/npy.ts';

export interface GroupResults {
  correct: Uint32Array; // [G]
  sizes: Uint32Array; // [G]
  strata: Uint32Array; // [G]
  /** Only where every group is a whole table. */
  table?: TableResults;
}

/** Answers by question; `statistics/use.ts` defines hits and false alarms. */
export interface TableResults {
  /** Questions per group, Q. */
  questions: number;
  /** Different labels, k. */
  classes: number;
  hits: Uint32Array; // [G, Q]
  alarms: Uint32Array; // [G, Q]
  /** Tokens from the evidence of each question to the end. */
  places: Uint32Array; // [G, Q]
}

const plainColumns = 3;
const columnsPerQuestion = 3;

/** The bytes of the file, in the smallest type that holds its numbers. */
export function encodeGroups({ correct, sizes, strata, table }: GroupResults): Buffer {
  const rows = Array.from(correct, (right, g) => {
    const row = [right, sizes[g]!, strata[g]!];
    for (let q = 0; table && q < table.questions; q++) {
      const at = g * table.questions + q;
      row.push(table.hits[at]!, table.alarms[at]!, table.places[at]!);
    }
    return row;
  });
  const numbers = rows.flat();
  const largest = numbers.reduce((most, number) => Math.max(most, number), 0);
  const data = allocate(unsignedType(largest + 1), numbers.length);
  data.set(numbers);
  return encodeNpy(data, [rows.length, rows[0]!.length]);
}

/**
 * @param file name to give in an error
 * @param classes labels of the task
 * @throws DataError if the bytes are no such array, or its counts contradict each other
 */
export function decodeGroups(bytes: Uint8Array, file: string, classes: number): GroupResults {
  const { type, shape, data } = decodeNpy(bytes, file);
  const [groups, width, ...more] = shape;
  const questions = ((width ?? 0) - plainColumns) / columnsPerQuestion;
  if (!['u1', 'u2', 'u4'].includes(type) || !groups || more.length > 0 || !isCount(questions))
    throw new DataError(
      `${file} holds ${type} of shape (${shape.join(', ')}), expected unsigned integers of shape (groups, 3 + 3 per question); restore it, or write the record again.`,
    );
  const column = (c: number) =>
    Uint32Array.from({ length: groups }, (_, g) => data[g * width! + c]!);
  const results: GroupResults = { correct: column(0), sizes: column(1), strata: column(2) };
  if (questions > 0) {
    const perQuestion = (c: number) =>
      Uint32Array.from({ length: groups * questions }, (_, at) => {
        const [g, q] = [Math.floor(at / questions), at % questions];
        return data[g * width! + plainColumns + columnsPerQuestion * q + c]!;
      });
    const [hits, alarms, places] = [perQuestion(0), perQuestion(1), perQuestion(2)];
    results.table = { questions, classes, hits, alarms, places };
  }
  const wrong = contradictionIn(results);
  if (wrong) throw new DataError(`${file}: ${wrong}; restore it, or write the record again.`);
  return results;
}

const isCount = (value: number) => Number.isInteger(value) && value >= 0;

function contradictionIn({ correct, sizes, strata, table }: GroupResults): string | undefined {
  for (let g = 0; g < strata.length; g++) {
    const [right, size] = [correct[g]!, sizes[g]!];
    if (size === 0 || right > size)
      return `group ${g} has ${right} right answers of ${size}, expected at most its examples`;
    if (!table) continue;
    const { questions, classes } = table;
    const sum = (of: Uint32Array) =>
      of.subarray(g * questions, (g + 1) * questions).reduce((a, b) => a + b, 0);
    const [hits, alarms] = [sum(table.hits), sum(table.alarms)];
    if (hits !== right) return `group ${g} has ${hits} hits, expected its ${right} right answers`;
    // Every label stands Q/k times in a state, so each answer is a hit or an alarm Q/k times.
    const expected = (size * questions) / classes - right;
    if (alarms !== expected) return `group ${g} has ${alarms} false alarms, expected ${expected}`;
  }
  return undefined;
}
