import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readRecords } from '../../../../../leaderboards/records/read.ts';
import { compareTwins } from '../../../../../evaluate/twins/compare.ts';
import {
  captionOf,
  noteOf,
  twinRows,
  twins,
  verdictCounts,
} from '../../../../../site/src/lib/data/twins.ts';

const runs = fileURLToPath(new URL('../../../../../leaderboards/runs/lite', import.meta.url));
const cells = compareTwins(readRecords(runs), twins);

it('all have their records, and a row for each distance', () => {
  expect(cells.map(({ record }) => record.id).sort()).toEqual(
    [...new Set(twins.map(({ record }) => record))].sort(),
  );
  for (const cell of cells) {
    const rows = twinRows(cell);
    expect(rows.map(({ distance }) => distance)).toEqual(cell.record.task.distances.map(String));
    expect(rows[0]!.seeds.split(' · ')).toHaveLength(cell.twins.length);
  }
});

it('are counted by verdict, each accuracy once', () => {
  const numbers = verdictCounts(cells).match(/\d+/g)!.map(Number);
  const [agree, all, within, differ] = numbers as [number, number, number, number];
  expect(all).toBe(cells.reduce((sum, { distances }) => sum + distances.length, 0));
  expect(agree + within + differ).toBe(all);
});

it('are named, and say whether a certified limit holds', () => {
  const local = cells.find(({ record }) => record.spec.model === 'local')!;
  expect(captionOf(local)).toBe('Local attention on Recall, scratch');
  expect(noteOf(local)).toContain(
    'limit of 32 tokens the twin, too, is right in exactly one of 8.',
  );
  expect(noteOf({ ...local, limitHolds: false })).toContain('not exactly one of 8');
  const full = cells.find(({ record }) => record.spec.model === 'transformer')!;
  expect(noteOf(full)).toMatch(
    /^In percent\. Record: \d+ seeds?\. Twin: PyTorch [\d.a-z+]+, 5 seeds\.$/,
  );
  expect(twinRows(local).at(-1)).toMatchObject({ record: '12.5', twin: '12.5', verdict: 'agrees' });
});
