/** Reach of the seeds that solved the smallest distance. */
import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../leaderboards/board/build.ts';
import { runLocality } from '../../../leaderboards/board/locality.ts';
import { asFiles, makeRecord, type Wanted } from '../../fixtures/records.ts';

const falling = [0.95, 0.95, 0.95, 0.95, 0.3, 0.2, 0.125];
const lost = [0.24, 0.2, 0.15, 0.13, 0.125, 0.125, 0.125];
const cellOf = (curves: number[][], rest: Wanted = {}) => {
  const records = curves.map((curve, i) =>
    makeRecord({ benchmark: '2.0', curve, seed: i + 1, learnedAt: 100 * (i + 1), ...rest }),
  );
  return buildBoard(asFiles(records)).tiers[0]!.rows[0]!.cells[0]!;
};

describe('a cell whose seeds differ', () => {
  it('has the reach of those that solved it, with k of n, not of a mean of 0.95 and 0.24', () => {
    const both = cellOf([falling, falling, lost]);
    const alone = cellOf([falling, falling]);
    expect(both.solved).toMatchObject({ seeds: 2, of: 3 });
    expect(both.learned).toBe(true);
    for (const name of ['reach', 'reachInterval', 'localitySensitivity', 'solved'] as const)
      if (name === 'solved')
        expect([both.solved!.near, both.solved!.far]).toEqual([
          alone.solved!.near,
          alone.solved!.far,
        ]);
      else expect(both[name]).toEqual(alone[name]);
    expect(both.solved!.near!.value).toBeCloseTo((0.95 - 1 / 8) / (7 / 8), 3);
    expect(both.solved!.far!.value).toBe(0);
  });

  it('has no interval of two seeds, and one of three', () => {
    const two = cellOf([falling, falling, lost]);
    expect([two.reachInterval, two.localityInterval, two.solved!.far!.interval]).toEqual([
      null,
      null,
      null,
    ]);
    const three = cellOf([falling, falling.with(0, 0.9), falling, lost]);
    expect(three.solved).toMatchObject({ seeds: 3, of: 4 });
    expect(three.reachInterval).not.toBeNull();
  });

  it('has none if fewer than half solved it', () => {
    const cell = cellOf([falling, lost, lost]);
    expect(cell).toMatchObject({
      solved: { seeds: 1, of: 3, near: null, far: null },
      learned: false,
      reach: null,
      reachInterval: null,
      localitySensitivity: null,
      learningCost: null,
    });
    expect(cellOf([falling, lost]).learned).toBe(true);
  });

  it('counts a run that did not end well among those that did not solve it', () => {
    const records = [1, 2, 3].map((seed) =>
      makeRecord({ curve: falling, seed, status: seed === 1 ? 'done' : 'failed' }),
    );
    const cell = buildBoard(asFiles(records)).tiers[0]!.rows[0]!.cells[0]!;
    expect(cell).toMatchObject({ solved: { seeds: 1, of: 3 }, learned: false, reach: null });
  });
});

describe('learning cost of a cell', () => {
  const perStep = 32 * 256;
  it('is of the seeds that solved it, from the middles between looks', () => {
    const { tokenSteps, seeds, interval } = cellOf([falling, falling, lost]).learningCost!;
    expect(tokenSteps / perStep).toBeCloseTo(Math.sqrt(75 * 175), 6);
    expect(seeds).toBe(2);
    expect(interval).toBeNull();
    const three = cellOf([falling, falling, falling]).learningCost!;
    expect(three.tokenSteps / perStep).toBeCloseTo((75 * 175 * 275) ** (1 / 3), 6);
    expect(three.interval![0]).toBeLessThan(75 * perStep);
  });

  it('holds the tokens of pretraining, whose looks are those at the labels', () => {
    const { tokenSteps } = cellOf([falling], { regime: 'spt' }).learningCost!;
    expect(tokenSteps / perStep).toBeCloseTo(400 + 75, 6);
  });

  it('is known of standard tasks, and unknown of benchmark 1.0', () => {
    const cost = (wanted: Wanted) =>
      buildBoard(asFiles([makeRecord(wanted)])).tiers[0]!.rows[0]!.cells[0]!.learningCost;
    expect(cost({ benchmark: '2.0', task: 'text' })).toMatchObject({ seeds: 1, interval: null });
    expect(cost({ benchmark: '1.0' })).toBeNull();
  });
});

describe('a certified limit', () => {
  it('bounds the reach of a cell, of its interval and of its seeds', () => {
    const seen = [0.95, 0.95, 0.95, 0.95, 1 / 8, 1 / 8, 1 / 8];
    const cell = cellOf([seen, seen, seen], { reach: 33 });
    // Interpolation between 32 and 64 would lead to 45.
    expect(cell).toMatchObject({ reach: 33, reachInterval: [33, 33], limitHolds: true });
    expect(cell.seeds.map(({ reach }) => reach)).toEqual([33, 33, 33]);
  });

  it('gives no reach to who sees less than the smallest distance', () => {
    const chance = Array(7).fill(1 / 8);
    const cell = cellOf([chance, chance, chance], { reach: 3 });
    expect(cell).toMatchObject({ solved: { seeds: 0, of: 3 }, reach: null, corrected: 0 });
  });
});

it('a run has a reach of its own only if it solved the smallest distance', () => {
  expect(runLocality(makeRecord({ curve: falling }))!.reach).toBeGreaterThan(32);
  expect(runLocality(makeRecord({ curve: lost }))).toBeNull();
  expect(runLocality(makeRecord({ task: 'text' }))).toBeNull();
});
