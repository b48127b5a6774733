import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { formatReliability } from '../../../evaluate/commands/reliability.ts';
import {
  isUnfinished,
  isUntrained,
  reliabilityOf,
} from '../../../leaderboards/board/reliability.ts';
import { readRecords } from '../../../leaderboards/records/read.ts';
import { asFiles, makeRecord, type Wanted } from '../../fixtures/records.ts';

const grid = 7;
const flat = (accuracy: number) => Array.from({ length: grid }, () => accuracy);
/** Runs of benchmark 2.0 on recall, one per level, in seeds 1, 2, …. */
const seeds = (model: string, levels: number[], rest: Wanted = {}) =>
  levels.map((level, i) =>
    makeRecord({ benchmark: '2.0', model, seed: i + 1, curve: flat(level), ...rest }),
  );
const recall = (...records: ReturnType<typeof makeRecord>[]) => {
  const found = reliabilityOf(asFiles(records));
  return { found, task: found.tasks[0]!, goals: found.goals.map(({ verdict }) => verdict) };
};

describe('reliability', () => {
  it('is that of seeds which agree', () => {
    const { task, goals } = recall(
      ...seeds('a', [0.9, 0.91, 0.89]),
      ...seeds('b', [0.5, 0.51, 0.52]),
      ...seeds('c', [0.2, 0.21, 0.19]),
    );
    expect(task.intraclass!.value).toBeGreaterThan(0.99);
    expect(task).toMatchObject({ models: 3, seedCorrelation: 1, apart: { count: 0, of: 3 } });
    expect(goals).toEqual(['met', 'met', 'met', 'met', 'met']);
  });

  it('counts seeds that are far apart, corrected for chance', () => {
    // 0.18 of accuracy at chance 1/8 are 0.206.
    const { task, goals } = recall(
      ...seeds('a', [0.5, 0.5, 0.68]),
      ...seeds('b', [0.5, 0.5, 0.66]),
      ...seeds('c', [0.9, 0.5, 0.2]),
    );
    expect(task.apart).toEqual({ count: 2, of: 3 });
    expect(goals.slice(0, 4)).toEqual(['missed', 'missed', 'missed', 'missed']);
  });

  it('keeps what did not train among the seeds, but not among the ranked cells', () => {
    const { task } = recall(
      ...seeds('a', [0.9, 0.9]),
      ...seeds('a', [0.9, 0.9, 0.125], { outcome: 'did not train' }).slice(2),
      ...seeds('b', [0.5, 0.51, 0.52], { outcome: 'unfinished' }),
      ...seeds('c', [0.2, 0.21, 0.19]),
    );
    expect(task.apart).toEqual({ count: 1, of: 3 });
    expect(task.rankedApart).toEqual({ count: 0, of: 1 });
    expect(task.untrained).toEqual({ count: 1, of: 9 });
    expect(task.unfinished).toEqual({ count: 3, of: 9 });
    expect(task.unfinishedInRank).toBe(0);
  });

  it('does not count as untrained what a certificate holds at chance', () => {
    const blind = seeds('local', flat(1 / 8).slice(0, 3), {
      reach: 3,
      outcome: 'did not train',
    });
    expect(recall(...blind).task.untrained).toEqual({ count: 0, of: 0 });
  });

  it('is not tested on fewer than three models of three seeds, and the text says so', () => {
    const { found, task, goals } = recall(
      ...seeds('a', [0.9, 0.9, 0.9]),
      ...seeds('b', [0.5, 0.5]),
    );
    expect(task).toMatchObject({ models: 1, intraclass: null, seedCorrelation: null });
    expect(goals.slice(0, 3)).toEqual(Array(3).fill('not tested here'));
    expect(formatReliability(found)).toMatch(/recall +scratch +1 +– +– +0 of 1/);
  });
});

describe('how a run of benchmark 1.0 ended', () => {
  const ending = (...looks: number[]) => {
    const record = makeRecord({ benchmark: '1.0' });
    record.curve = looks.map((validation, i) => ({ phase: 'train', step: i, loss: 1, validation }));
    return isUnfinished(record);
  };
  it('is unfinished if the last look is the best by more than 0.02 of the way from chance', () => {
    expect(ending(0.5, 0.52)).toBe(true);
    expect(ending(0.5, 0.516)).toBe(false);
    expect(ending(0.6, 0.5, 0.55)).toBe(false);
    expect(ending(0.5)).toBe(false);
  });

  it('did not train if its interval holds chance', () => {
    expect(isUntrained(makeRecord({ benchmark: '1.0', curve: flat(0.13) }))).toBe(true);
    expect(isUntrained(makeRecord({ benchmark: '1.0', curve: flat(0.3) }))).toBe(false);
  });
});

it('of the published board of benchmark 1.0 is 0.71, with 33 % of cells far apart and 29 % unfinished', () => {
  const runs = fileURLToPath(new URL('../../../leaderboards/runs', import.meta.url));
  const files = readRecords(runs, { quick: true });
  const found = reliabilityOf(
    files.filter(({ record: { spec } }) => spec.benchmark === '1.0' && spec.tier === 'lite'),
  );
  expect(found.intraclass).toBeCloseTo(0.711, 3);
  expect(found.seedCorrelation).toBeCloseTo(0.71, 2);
  const share = (of: 'apart' | 'unfinished') => {
    const sum = (key: 'count' | 'of') => found.tasks.reduce((n, task) => n + task[of][key], 0);
    return sum('count') / sum('of');
  };
  expect(share('apart')).toBeCloseTo(0.33, 2);
  expect(share('unfinished')).toBeCloseTo(0.29, 2);
});
