import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  describeChoice,
  fastest,
  sharings,
  spins,
  timeOf,
} from '../../../evaluate/launch/jobChoice.ts';

const room = { cores: 8, runs: 20, fitting: Infinity };
const pairs = (list: { jobs: number; threads: number }[]) =>
  list.map(({ jobs, threads }) => [jobs, threads]);

describe('the ways to share the cores', () => {
  it('go from one thread each to one run on all cores', () => {
    expect(pairs(sharings(room))).toEqual([
      [8, 1],
      [4, 2],
      [2, 4],
      [1, 8],
    ]);
    expect(pairs(sharings({ ...room, cores: 6 }))).toEqual([
      [6, 1],
      [3, 2],
      [1, 4],
      [1, 6],
    ]);
    expect(pairs(sharings({ ...room, cores: 1 }))).toEqual([[1, 1]]);
  });

  it('have no more runs than remain, and than there is memory for', () => {
    expect(pairs(sharings({ ...room, runs: 3 }))[0]).toEqual([3, 1]);
    expect(pairs(sharings({ ...room, fitting: 2 }))[0]).toEqual([2, 1]);
  });

  it('keep to what the user has fixed', () => {
    expect(pairs(sharings(room, { threads: 2 }))).toEqual([[4, 2]]);
    expect(pairs(sharings(room, { jobs: 4 }))).toEqual([
      [4, 1],
      [4, 2],
    ]);
    expect(pairs(sharings(room, { jobs: 12 }))).toEqual([[12, 1]]);
    expect(pairs(sharings(room, { threads: 16 }))).toEqual([[1, 16]]);
  });

  it('never ask for more than there is', () => {
    const count = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(count, count, count, (cores, runs, fitting) => {
        const found = sharings({ cores, runs, fitting });
        expect(found.length).toBeGreaterThan(0);
        for (const { jobs, threads } of found) {
          expect(jobs * threads).toBeLessThanOrEqual(cores);
          expect(jobs).toBeLessThanOrEqual(Math.min(runs, fitting));
          expect(jobs).toBeGreaterThanOrEqual(1);
        }
      }),
    );
  });
});

describe('the sharing that is done first', () => {
  const side = { jobs: 2, threads: 1, milliseconds: 140 };
  const alone = { jobs: 1, threads: 2, milliseconds: 90 };

  it('is that of the least time for all runs that remain, in rounds', () => {
    expect(timeOf(side, 5)).toBe(3 * 140);
    expect(fastest([side, alone], 2)).toBe(side);
    expect(fastest([side, alone], 1)).toBe(alone);
    // The last of five runs is alone, which is not enough to change the rest.
    expect(fastest([side, alone], 5)).toBe(side);
    expect(fastest([side, { ...alone, milliseconds: 60 }], 5).jobs).toBe(1);
  });

  it('has fewer threads where more are not clearly faster, in any order of trials', () => {
    const close = { ...alone, milliseconds: 68 };
    expect(fastest([side, close], 10)).toBe(side);
    expect(fastest([close, side], 10)).toBe(side);
  });
});

it('threads spin only where a run has the cores for itself', () => {
  expect(spins({ jobs: 1, threads: 2 }, 2)).toBe(true);
  expect(spins({ jobs: 1, threads: 3 }, 2)).toBe(false);
  expect(spins({ jobs: 2, threads: 1 }, 2)).toBe(false);
});

it('the choice is one line with its figures', () => {
  const trials = [
    { jobs: 2, threads: 1, milliseconds: 180.4 },
    { jobs: 1, threads: 2, milliseconds: 120 },
  ];
  expect(describeChoice(trials[0]!, trials, { cores: 2, runs: 6, fitting: 9 })).toBe(
    '6 runs to do on 2 cores, memory for 9: 2 at a time, 1 thread each ' +
      '(a step measured: 2 x 1 thread 180 ms, 1 x 2 threads 120 ms)',
  );
  expect(
    describeChoice({ jobs: 1, threads: 1 }, [], { cores: 1, runs: 1, fitting: Infinity }),
  ).toBe('1 run to do on 1 core: 1 at a time, 1 thread each');
});
