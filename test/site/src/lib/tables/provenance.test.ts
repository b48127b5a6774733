import { expect, it } from 'vitest';
import { provenanceOf } from '../../../../../site/src/lib/tables/provenance.ts';
import { asFiles, makeRecord } from '../../../../fixtures/records.ts';

it('is the latest day, the common ruleset, the usual time and the most memory', () => {
  const [a, b] = asFiles([makeRecord(), makeRecord({ seed: 2, ended: '2026-03-04T05:06:07Z' })]);
  b!.record.timing.seconds = 110;
  expect(provenanceOf([a!, b!])).toEqual({
    ...{ ruleset: 'fixed', date: '2026-03-04', seconds: 100, peakBytes: 100_000_000 },
  });
  b!.record.spec.protocol.learningRates = [0.1, 0.2];
  expect(provenanceOf([a!, b!])).toMatchObject({ ruleset: 'mixed' });
});
