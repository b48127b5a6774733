import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readRecords } from '../../../leaderboards/records/read.ts';
import type { RunRecord } from '../../../leaderboards/records/schema.ts';
import { roundingOf, roundingSchema } from '../../../site/publish/roundingOf.ts';
import { makeRecord } from '../../fixtures/records.ts';

const leaderboards = new URL('../../../leaderboards/', import.meta.url);

it('compares a run with itself on another processor and in parts, by id', () => {
  const own = makeRecord({ task: 'text' });
  const madeAgain = (accuracy: number, microBatch?: number): RunRecord => ({
    ...own,
    result: { ...own.result!, test: { ...own.result!.test, accuracy } },
    provenance: { ...own.provenance, ...(microBatch !== undefined && { microBatch }) },
  });
  const other = makeRecord({ task: 'text', seed: 2 });
  const again = [madeAgain(0.5, 8), madeAgain(0.75), madeAgain(0.625, 16), other];
  expect(roundingOf([own], again)).toEqual([
    {
      record: own.id,
      model: 'Transformer',
      recorded: Number(own.result!.test.accuracy.toFixed(4)),
      again: 0.75,
      parts: [
        { parts: 2, accuracy: 0.625 },
        { parts: 4, accuracy: 0.5 },
      ],
    },
  ]);
  expect(roundingOf([other], [madeAgain(0.5)])).toEqual([]);
});

it('is published of records of the board; if not, run npm run rounding', () => {
  const text = readFileSync(new URL('exports/rounding.json', leaderboards), 'utf8');
  const records = readRecords(fileURLToPath(new URL('runs', leaderboards)));
  for (const { record: id, recorded, model } of roundingSchema.parse(JSON.parse(text))) {
    const { record } = records.find((entry) => entry.record.id === id)!;
    expect(model).toBe(record.model.title);
    expect(recorded).toBe(Number(record.result!.test.accuracy.toFixed(4)));
  }
});
