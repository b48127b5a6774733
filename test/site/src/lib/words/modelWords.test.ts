import { expect, it } from 'vitest';
import { buildBoard } from '../../../../../leaderboards/board/build.ts';
import { modelWords } from '../../../../../site/src/lib/words/modelWords.ts';
import { asFiles, makeRecord, sampleRecords, type Wanted } from '../../../../fixtures/records.ts';

const sample = buildBoard(asFiles(sampleRecords({ benchmark: '2.0' }))).tiers[0]!;
const words = (key: string) => {
  const row = sample.rows.find((one) => one.key === `${key}~scratch`)!;
  return modelWords(
    sample,
    row,
    sample.rows.find((one) => one.key === `${key}~spt`),
  );
};

it('says where a model holds, where it falls, and what self-pretraining adds', () => {
  expect(words('transformer')).toMatch(
    /^From scratch, place 1 over 1 controlled task: it holds to the farthest distance on Recall\. Self-pretraining adds [+−]\d/,
  );
  expect(words('s4d')).toMatch(/it loses half of its use on Recall at \d\d of 240 tokens\./);
});

it('says what did not train or was not solved, and nothing more than ran', () => {
  const three = (wanted: Wanted) =>
    [1, 2, 3].map((seed) => makeRecord({ benchmark: '2.0', seed, ...wanted }));
  const tier = buildBoard(
    asFiles([
      ...three({ outcome: 'did not train', near: 0.125 }),
      ...three({ task: 'recall-capacity', near: 0.3 }),
    ]),
  ).tiers[0]!;
  expect(modelWords(tier, tier.rows[0]!, undefined)).toBe(
    'From scratch, not ranked over all controlled tasks: it does not solve the smallest distance of Recall, by capacity; did not train on Recall.',
  );
  const text = buildBoard(asFiles(three({ task: 'text', regime: 'spt' }))).tiers[0]!;
  expect(modelWords(text, text.rows[0]!, undefined)).toBe('On no controlled task yet (spt).');
});
