/** Predictions that must be refused. */
import fc from 'fast-check';
import { split, validCsv, validSubmission, type Hostile } from './valid.ts';

const csv = (text: string | Uint8Array, field: RegExp): Hostile => ({
  files: { ...validSubmission('predictions'), 'a.csv': text },
  file: 'a.csv',
  field,
});
const rows = validCsv.trimEnd().split('\n');
const hostileCell = fc
  .oneof(
    fc.constantFrom(
      ...[
        '=1+1',
        '=cmd|x',
        '+1',
        '-1',
        '@a',
        'NaN',
        'Infinity',
        '1e0',
        '0x1',
        '1.0',
        '01',
        '',
        ' ',
        ' 1',
      ],
      ...[
        '"1"',
        '١',
        '4',
        String(split.count),
        '99999999999999999999',
        '<b>',
        '\u0000',
        '1\t',
        'null',
        '__proto__',
        "'1",
      ],
    ),
    fc.string({ maxLength: 10 }),
    fc.double().map(String),
  )
  .filter((cell) => !/^(0|[1-9]\d*)$/.test(cell) || Number(cell) >= split.count)
  .filter((cell) => !/[\n,]/.test(cell) && cell !== '\r');
export const badCell = fc
  .tuple(fc.integer({ min: 1, max: split.count }), fc.boolean(), hostileCell)
  .map(([row, first, cell]) => {
    const [index, prediction] = rows[row]!.split(',');
    const line = first ? `${cell},${prediction}` : `${index},${cell}`;
    return csv(`${rows.with(row, line).join('\n')}\n`, /^(the file|the text|line \d+)/);
  });
export const badRows = fc
  .tuple(fc.integer({ min: 1, max: split.count }), fc.integer({ min: 0, max: 8 }))
  .map(([row, which]) => {
    const changed = (lines: string[]) => lines.join('\n');
    if (which === 0) return csv(changed(rows.toSpliced(row, 1)), /column index/);
    if (which === 1)
      return csv(changed(rows.toSpliced(row, 0, rows[row]!)), /line \d+, column index|the file/);
    if (which === 2) return csv(changed(rows.with(row, `${rows[row]},0`)), /line \d+/);
    if (which === 3) return csv(changed(rows.with(0, 'prediction,index')), /line 1/);
    if (which === 4) return csv(changed(rows.slice(1)), /line 1/);
    if (which === 5) return csv(changed(rows.toSpliced(row, 0, '')), /line \d+/);
    if (which === 6) return csv(`\ufeff\ufeff${validCsv}`, /line 1/);
    if (which === 7) return csv(validCsv.replaceAll(',', ';'), /line 1/);
    return csv(changed([...rows, ...rows, ...rows, ...rows]), /the file|column index/);
  });
export const badBytes = fc
  .tuple(fc.nat(validCsv.length - 1), fc.integer({ min: 128, max: 255 }))
  .map(([at, byte]) => csv(Buffer.from(validCsv).fill(byte, at, at + 1), /the text/));
