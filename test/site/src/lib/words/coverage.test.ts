import { expect, it } from 'vitest';
import { buildBoard } from '../../../../../leaderboards/board/build.ts';
import type { Sources } from '../../../../../site/src/lib/leaders/columns.ts';
import { leadersOf } from '../../../../../site/src/lib/leaders/view.ts';
import { coverageWords, type Planned } from '../../../../../site/src/lib/words/coverage.ts';
import { asFiles, makeRecord, type Wanted } from '../../../../fixtures/records.ts';

const sources: Sources = {
  floor: () => null,
  provenance: () => ({ ruleset: 'tuned', date: '2026-01-02', seconds: 90, peakBytes: 1e8 }),
  cost: () => null,
};
const planned: Planned = {
  models: ['transformer', 's4d', 'mega', 'hyena'],
  tasks: [
    { name: 'recall', title: 'Recall', kind: 'controlled' },
    { name: 'text-distance', title: 'Text at a distance', kind: 'controlled' },
    { name: 'text', title: 'Text', kind: 'standard' },
  ],
};
const words = (wanted: Wanted[], of: Planned, task = false) => {
  const tier = buildBoard(asFiles(wanted.map((one) => makeRecord({ benchmark: '2.0', ...one }))))
    .tiers[0]!;
  return coverageWords(tier, leadersOf(tier, 'scratch', task ? tier.tasks[0]! : null, sources), of);
};

it('says in one sentence what has run and what is missing', () => {
  const three = (wanted: Wanted) => [1, 2, 3].map((seed) => ({ ...wanted, seed }));
  const few = [
    ...three({}),
    { model: 's4d' },
    ...three({ model: 'mega', outcome: 'did not train' }),
  ];
  expect(words(few, planned)).toBe(
    '1 of 3 models has finished Recall (scratch), 1 is unfinished, 1 did not train, 1 model has no run yet and no model has run on Text at a distance yet.',
  );
  expect(words(few, planned, true)).toBe(
    '1 of 3 models has finished Recall (scratch), 1 is unfinished, 1 did not train and 1 model has no run yet.',
  );
  expect(words(three({}), { models: [], tasks: [] })).toBe(
    '1 of 1 model has finished Recall (scratch).',
  );
  const many = ['b', 'c', 'd'].map((name) => ({ name, title: name, kind: 'controlled' as const }));
  expect(words(three({}), { models: [], tasks: [...planned.tasks, ...many] })).toBe(
    '1 of 1 model has finished Recall (scratch) and 4 of 5 controlled tasks have no run yet.',
  );
});
