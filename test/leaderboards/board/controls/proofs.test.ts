/** Controls that proofs and audits answer. */
import { describe, expect, it } from 'vitest';
import { judgeControls } from '../../../../leaderboards/board/controls/controls.ts';
import { controls } from '../../../../leaderboards/board/controls/list.ts';
import type { Audit, AuditPredictor } from '../../../../leaderboards/records/audit.ts';
import type { RunRecord } from '../../../../leaderboards/records/schema.ts';
import { asFiles, makeRecord, type Wanted } from '../../../fixtures/records.ts';

const grid = [4, 8, 16, 32, 64, 128, 240];
const three = (wanted: Wanted): RunRecord[] =>
  [1, 2, 3].map((seed) => makeRecord({ benchmark: '2.0', ...wanted, seed }));
const judge = (id: string, records: RunRecord[], audits: Audit[] = []) =>
  judgeControls(asFiles(records), audits, controls).find(({ control }) => control.id === id)!;

/** A predictor that is right so often at every distance of 800 examples. */
function predictor(
  name: string,
  family: AuditPredictor['family'],
  correct: number,
  rest: { covered?: boolean; use?: number } = {},
): AuditPredictor {
  const { covered = false, use = (correct / 800 - 1 / 8) / (7 / 8) } = rest;
  const accuracy = correct / 800;
  return {
    ...{ name, family, title: name },
    test: {
      accuracy,
      correct: 7 * correct,
      count: 5600,
      interval: [accuracy - 0.01, accuracy + 0.01],
    },
    distances: grid.map((distance) => ({
      ...{ distance, correct, count: 800, covered, passes: correct > 120 },
      use,
    })),
  };
}

/** An audit of the data that the records of these tests have; other fields play no part. */
const audit = (predictors: AuditPredictor[], order = 0, length = 256) =>
  ({
    ...{ task: 'recall', tier: 'lite', predictors },
    data: { seed: 1, generatorVersion: 1, shape: { length, classes: 8, order, distances: grid } },
  }) as unknown as Audit;

describe('beyond a certified limit', () => {
  const bounded = (reach: number) => three({ model: 'local', reach });
  it('passes if every measurement is exactly 1/k, counted in answers', () => {
    const { verdict, figures } = judge('beyond-limit', bounded(32));
    expect(verdict).toBe('passed');
    expect(figures[0]!.about).toBe('measurements beyond a certified limit: 9 of 9 exact');
  });

  it('fails with one answer more, and names where', () => {
    const records = bounded(32);
    const far = records[1]!.result!.distances.at(-1)!;
    far.correct += 1;
    far.accuracy = far.correct / far.count;
    const { verdict, figures } = judge('beyond-limit', records);
    expect(verdict).toBe('failed');
    expect(figures.map(({ about }) => about)).toEqual([
      'measurements beyond a certified limit: 8 of 9 exact',
      'local, scratch, seed 2, on recall at 240 tokens',
    ]);
  });

  it('is not tested without a model of bounded reach', () => {
    expect(judge('beyond-limit', three({})).verdict).toBe('not tested here');
    expect(judge('beyond-limit', bounded(240)).verdict).toBe('not tested here');
  });
});

describe('bags of n-grams under the order certificate', () => {
  /** Two blocks with a window of 3 see 5-grams, with a step back 6-grams. */
  const bags = (order: number, accuracy: number, shift?: 'learned') =>
    three({ model: 'bag-of-ngrams', curve: Array(7).fill(accuracy) }).map((record) => {
      record.task.order = order;
      if (shift) record.spec.size.shift = shift;
      return record;
    });
  it('passes exactly at chance, and fails else', () => {
    expect(judge('order-bags', bags(5, 1 / 8)).verdict).toBe('passed');
    expect(judge('order-bags', bags(5, 0.3)).verdict).toBe('failed');
  });

  it('is not tested by n-grams longer than the certificate', () => {
    expect(judge('order-bags', bags(4, 0.3)).verdict).toBe('not tested here');
    expect(judge('order-bags', bags(5, 0.3, 'learned')).verdict).toBe('not tested here');
  });

  it('takes the covered bags of an audit of the same data', () => {
    const records = three({}).map((record) => ({ ...record, task: { ...record.task, order: 3 } }));
    const bag = (correct: number, covered = true) =>
      audit([predictor('bag-3', 'bag', correct, { covered })], 3);
    expect(judge('order-bags', records, [bag(100)]).verdict).toBe('passed');
    expect(judge('order-bags', records, [bag(101)]).verdict).toBe('failed');
    expect(judge('order-bags', records, [bag(101, false)]).verdict).toBe('not tested here');
  });
});

describe('attackers without the question', () => {
  const blind = (correct: number, use = 0) =>
    audit([predictor('places-blind', 'blind', correct, { use })]);
  it('pass with use 0 and accuracy 1/k, both exactly', () => {
    expect(judge('question-blind', three({}), [blind(100)]).verdict).toBe('passed');
    expect(judge('question-blind', three({}), [blind(101)]).verdict).toBe('failed');
    expect(judge('question-blind', three({}), [blind(100, 1e-3)]).verdict).toBe('failed');
  });

  it('are not tested without an audit of the data that was run', () => {
    const missing = (audits: Audit[]) => {
      const outcome = judge('question-blind', three({}), audits);
      expect(outcome.verdict).toBe('not tested here');
      return outcome.missing;
    };
    expect(missing([])).toEqual(['an audit of recall as it is run']);
    expect(missing([audit([predictor('a', 'blind', 100)], 0, 128)])).toHaveLength(1);
    expect(missing([audit([predictor('a', 'attack', 100)])])).toEqual([
      'attackers without the question on recall',
    ]);
  });
});

describe('attackers without the skill', () => {
  // Use of the best model is about 0.966: half of it is an accuracy of about 0.548, 438 of 800.
  const records = three({ curve: Array(7).fill(0.97) });
  const strong = (correct: number, family: AuditPredictor['family'] = 'attack') =>
    judge('attackers', records, [audit([predictor('nearest', family, correct)])]);
  it('pass below half of the best model’s use', () => {
    expect(strong(430).verdict).toBe('passed');
    expect(strong(445).verdict).toBe('failed');
    expect(strong(445, 'bag').verdict).toBe('failed');
  });

  it('are not windows that hold question and evidence', () => {
    expect(strong(445, 'last').verdict).toBe('not tested here');
  });

  it('need a ranked model from scratch', () => {
    const unfinished = three({ outcome: 'unfinished' });
    const { missing } = judge('attackers', unfinished, [audit([predictor('a', 'attack', 100)])]);
    expect(missing).toEqual(['a ranked model from scratch on recall']);
  });
});

describe('a bounded convolution', () => {
  const tasks = ['listops', 'text', 'retrieval', 'image', 'pathfinder'];
  const on = (task: string, wanted: Wanted) =>
    three({ ...wanted, task: 'text' }).map((record) => ({
      ...record,
      id: `${task}${record.id}`.slice(0, 12),
      spec: { ...record.spec, task },
    }));
  const conv: Wanted = { model: 'bounded-conv', family: 'control', modelOptions: { kernel: 61 } };
  const runs = (kept: number) => [
    ...tasks.flatMap((task) => [
      ...on(task, { ...conv, near: 0.5 + 0.4 * kept }),
      ...on(task, { model: 'mega', near: 0.9 }),
    ]),
    ...three({ ...conv, reach: 60 }),
  ];
  it('passes with 70 % of MEGA and exactly 1/k beyond its limit', () => {
    expect(judge('bounded-convolution', runs(0.8))).toMatchObject({ verdict: 'passed' });
    expect(judge('bounded-convolution', runs(0.6)).verdict).toBe('failed');
    const broken = runs(0.8);
    const far = broken.at(-1)!.result!.distances.at(-1)!;
    far.correct += 1;
    expect(judge('bounded-convolution', broken).verdict).toBe('failed');
  });

  it('is not tested while a task lacks runs, whatever the others say', () => {
    const { verdict, missing } = judge('bounded-convolution', runs(0.6).slice(6));
    expect(verdict).toBe('not tested here');
    expect(missing).toContain('bounded-conv (61), scratch, on listops: no run');
  });
});
