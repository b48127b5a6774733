import { expect, it } from 'vitest';
import {
  beforeLabelsRows,
  beforeLabelsSentence,
} from '../../../../../site/src/lib/words/beforeLabels.ts';
import { makeRecord } from '../../../../fixtures/records.ts';

const { test, distances } = makeRecord({ benchmark: '2.0', questions: true }).result!;
const found = {
  objective: 'masked token' as const,
  signal: { kind: 'near' as const, distance: 32, pairs: 18 },
  overall: test,
  distances,
};

it('says what the model was pretrained on and how it was asked', () => {
  expect(beforeLabelsSentence(found)).toContain('18 values stand twice, at most 32 tokens apart');
  expect(beforeLabelsSentence(found)).toContain('hidden behind the mask');
  const far = {
    ...found,
    objective: 'next token' as const,
    signal: { ...found.signal, kind: 'far' as const },
  };
  expect(beforeLabelsSentence(far)).toContain('more than 32 tokens apart');
  expect(beforeLabelsSentence(far)).toContain('as the next token');
});

it('has a row for each distance, with use and its interval', () => {
  const rows = beforeLabelsRows(found);
  expect(rows.map(({ distance }) => distance)).toEqual(distances.map(({ distance }) => distance));
  expect(rows[0]!.use).toMatch(/^[\d.]+ \([\d.]+ to [\d.]+\)$/);
  expect(rows[0]!.right).toBe(`${distances[0]!.correct}/${distances[0]!.count}`);
});
