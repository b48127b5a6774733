import { describe, expect, it } from 'vitest';
import { formatRecords } from '../../../evaluate/commands/summary.ts';
import type { RunRecord } from '../../../leaderboards/records/schema.ts';
import { makeRecord } from '../../fixtures/records.ts';

const signalled = (kind: 'near' | 'far'): RunRecord => {
  const taskOptions = { signal: kind };
  const record = makeRecord({ benchmark: '2.0', questions: true, regime: 'spt', taskOptions });
  const { test, distances } = record.result!;
  const signal = { kind, distance: 32, pairs: 18 };
  return {
    ...record,
    beforeLabels: { objective: 'masked token', signal, overall: test, distances },
  };
};

describe('records in a terminal', () => {
  it('have one table for each data set, named with the options of its task', () => {
    const plain = makeRecord({ benchmark: '2.0', questions: true });
    const text = formatRecords([plain, signalled('near'), signalled('far')]);
    const heads = text.split('\n').filter((line) => line.startsWith('Recall ('));
    expect(heads.map((head) => head.split(',')[0])).toEqual([
      'Recall (recall',
      'Recall (recall signal=near',
      'Recall (recall signal=far',
    ]);
  });

  it('say what pretrained models predict of a signal, only where there is one', () => {
    expect(formatRecords([makeRecord({ regime: 'spt' })])).not.toContain('Before any label');
    const near = signalled('near');
    const [, after] = formatRecords([near]).split('Before any label');
    expect(after).toContain('copies at most 32 tokens apart');
    const row = after!.split('\n').find((line) => line.includes('masked token'))!;
    for (const { use } of near.beforeLabels!.distances)
      expect(row).toContain(use!.value.toFixed(3));
    expect(formatRecords([signalled('far')])).toContain('more than 32 tokens apart');
  });
});
