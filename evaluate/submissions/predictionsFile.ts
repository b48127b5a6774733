/**
 * A predictions file: CSV with the header `index,prediction`, and one line for each example of a test
 * split, in any order: the number of its row, and the class, both from 0. A byte order mark, tabs in
 * place of commas, any line ends and blank lines at the end are read as spreadsheets write them;
 * nothing else but digits is accepted below the header.
 */
import { SubmissionError, shown } from './errors.ts';
import { textOf } from './folder.ts';

export const header = 'index,prediction';

/** Bytes of the longest line: two numbers of 9 digits, separator, and CR CR LF at most. */
const lineBytes = 22;

/** Bytes of a byte order mark and of some blank lines. */
const spareBytes = 64;

/** Most bytes that the file of a split of so many examples may have. */
export const mostPredictionBytes = (count: number) =>
  header.length + count * lineBytes + spareBytes;

/** Class of every example, by its index. @throws SubmissionError naming the line and the column */
export function parsePredictions(
  bytes: Uint8Array,
  file: string,
  { count, classes }: { count: number; classes: number },
): Uint8Array {
  const wrong = (field: string, problem: string) => new SubmissionError(file, field, problem);
  const lines = textOf(bytes, file)
    .replace(/^\ufeff/, '')
    .split(/\r*\n|\r/);
  while (lines.length > 1 && lines.at(-1) === '') lines.pop();
  const separator = lines[0]!.includes('\t') ? '\t' : ',';
  if (lines[0]!.split(separator).join(',') !== header)
    throw wrong('line 1', `is ${shown(lines[0])}, expected the header ${header}`);
  const predictions = new Uint8Array(count);
  const seen = new Uint8Array(count);
  for (let n = 1; n < lines.length; n++) {
    const cells = lines[n]!.split(separator);
    const at = `line ${n + 1}`;
    if (lines[n] === '') throw wrong(at, `is blank, expected ${header}, or the end of the file`);
    if (cells.length !== 2)
      throw wrong(
        at,
        `has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}, expected two: ${header}`,
      );
    const index = wholeNumber(cells[0]!);
    if (index === undefined || index >= count)
      throw wrong(
        `${at}, column index`,
        `is ${shown(cells[0])}, expected a whole number from 0 to ${count - 1}`,
      );
    const prediction = wholeNumber(cells[1]!);
    if (prediction === undefined || prediction >= classes)
      throw wrong(
        `${at}, column prediction`,
        `is ${shown(cells[1])}, expected a class from 0 to ${classes - 1}`,
      );
    if (seen[index])
      throw wrong(
        `${at}, column index`,
        `is ${index} for the second time, expected every index once`,
      );
    seen[index] = 1;
    predictions[index] = prediction;
  }
  const missing = seen.indexOf(0);
  if (missing >= 0)
    throw wrong(
      'column index',
      `lacks ${missing}, expected every index from 0 to ${count - 1} (there are ${lines.length - 1} lines)`,
    );
  return predictions;
}

const wholeNumber = (text: string) => (/^(0|[1-9]\d{0,8})$/.test(text) ? Number(text) : undefined);

/** The file that holds these predictions. */
export function encodePredictions(predictions: ArrayLike<number>): string {
  const lines = Array.from(predictions, (prediction, index) => `${index},${prediction}\n`);
  return `${header}\n${lines.join('')}`;
}
