/** Predictions as people's tools write them. */
import { describe, expect, it } from 'vitest';
import {
  encodePredictions,
  parsePredictions,
} from '../../../evaluate/submissions/predictionsFile.ts';

const expected = Uint8Array.of(1, 0, 2);
const text = encodePredictions(expected);
const read = (csv: string) => parsePredictions(Buffer.from(csv), 'a.csv', { count: 3, classes: 3 });

describe('predictions', () => {
  it.each([
    ['as they are written here', text],
    ['in another order', 'index,prediction\n2,2\n0,1\n1,0'],
    ['with a byte order mark', `\ufeff${text}`],
    ['with tabs', text.replaceAll(',', '\t')],
    ['with lines that end as on Windows', text.replaceAll('\n', '\r\n')],
    ['with CR CR LF, as csv writes to a text file on Windows', text.replaceAll('\n', '\r\r\n')],
    ['with lines that end as on old Macs', text.replaceAll('\n', '\r')],
    ['with blank lines at the end', `${text}\n\r\n`],
    ['without a line end', text.trimEnd()],
  ])('are read %s', (_, csv) => {
    expect(read(csv)).toEqual(expected);
  });

  it.each([
    [
      'index,prediction\n0,1\n\n1,0\n2,2\n',
      'a.csv: line 3 is blank, expected index,prediction, or the end of the file.',
    ],
    [
      'index;prediction\n0;1\n',
      'a.csv: line 1 is "index;prediction", expected the header index,prediction.',
    ],
    [
      '\ufeff\ufeffindex,prediction\n',
      'a.csv: line 1 is "\\uFEFFindex,prediction", expected the header index,prediction.',
    ],
    ['index,prediction\n0\t1\n', 'a.csv: line 2 has 1 cell, expected two: index,prediction.'],
    [
      'index,prediction\n0,1 \n',
      'a.csv: line 2, column prediction is "1\\u0020", expected a class from 0 to 2.',
    ],
    ['', 'a.csv: line 1 is empty, expected the header index,prediction.'],
  ])('are refused by a sentence that shows the cause: %j', (csv, message) => {
    const error = (() => {
      try {
        return read(csv);
      } catch (error) {
        return (error as Error).message;
      }
    })();
    expect(error).toBe(message);
  });
});
