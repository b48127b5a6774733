/**
 * `SIMULATIONS=2000 npx vitest run test/leaderboards/statistics/reliability` prints the coverage of the
 * interval of the intraclass correlation in every world.
 */
import { afterAll, describe, expect, it } from 'vitest';
import {
  intraclass,
  rangeOf,
  seedCorrelation,
} from '../../../leaderboards/statistics/reliability.ts';
import { Source } from './simulation.ts';

const simulations = Number(process.env.SIMULATIONS ?? 200);
const slack = simulations >= 2000 ? 0 : 4 * Math.sqrt((0.95 * 0.05) / simulations);
const lines: string[] = [];
afterAll(() => {
  if (process.env.SIMULATIONS) console.log(lines.join('\n'));
});

describe('intraclass correlation', () => {
  it('is that of Shrout and Fleiss', () => {
    // Their table 2: 6 targets, 4 judges; ICC(1) is 0.17 by their table 4.
    const ratings = [
      [9, 2, 5, 8],
      [6, 1, 3, 2],
      [8, 4, 6, 8],
      [7, 1, 2, 6],
      [10, 5, 6, 9],
      [6, 2, 4, 7],
    ];
    expect(intraclass(ratings)!.value).toBeCloseTo(0.1657, 4);
  });

  it('is 1 if seeds agree and below 0 if models do', () => {
    const alike = [1, 2, 3].map((level) => [level, level, level]);
    expect(intraclass(alike)).toEqual({ value: 1, interval: null, models: 3 });
    const lucky = [1, 2, 3].map((shift) => [0, 1, 2].map((s) => (s + shift) % 3));
    expect(intraclass(lucky)!.value).toBeCloseTo(-0.5, 12);
  });

  it('leaves out single seeds, and is unknown of one model or if nothing varies', () => {
    const rows = [[0, 0.1], [0.5, 0.6], [0.9]];
    expect(intraclass(rows)).toEqual(intraclass(rows.slice(0, 2)));
    expect(intraclass([[0, 0.1], [1]])).toBeUndefined();
    expect(
      intraclass([
        [0, 0],
        [0, 0],
      ]),
    ).toBeUndefined();
  });

  const worlds = {
    normal: (random: Source) => [random.normal(), () => random.normal()] as const,
    'models in two modes': (random: Source) =>
      [random.next() < 0.5 ? -1 : 1, () => random.normal()] as const,
    'one seed in ten is lucky': (random: Source) =>
      [random.normal(), () => (random.next() < 0.1 ? 3 : -1 / 3)] as const,
  };
  it.each(
    Object.entries(worlds).flatMap(([name, draw]) =>
      (
        [
          [14, 3],
          [30, 3],
          [14, 5],
        ] as const
      ).flatMap(([models, seeds]) =>
        [0.5, 0.9].map((share) => ({ name, draw, models, seeds, share })),
      ),
    ),
  )('interval covers $share: $models models, $seeds seeds, $name', (world) => {
    const { name, draw, models, seeds, share } = world;
    const random = new Source(`reliability/${name}/${models}/${seeds}/${share}`);
    let [covered, known] = [0, 0];
    for (let i = 0; i < simulations; i++) {
      const table = Array.from({ length: models }, () => {
        const [own, luck] = draw(random);
        return Array.from(
          { length: seeds },
          () => Math.sqrt(share) * own + Math.sqrt(1 - share) * luck(),
        );
      });
      const interval = intraclass(table)!.interval;
      if (!interval) continue;
      known++;
      if (interval[0] <= share && share <= interval[1]) covered++;
    }
    expect(known / simulations).toBeGreaterThan(0.9);
    const rate = covered / known;
    lines.push(
      `intraclass ${share}, ${models} models, ${seeds} seeds, ${name}: ${(100 * rate).toFixed(1)} %`,
    );
    expect(rate).toBeGreaterThanOrEqual(0.93 - slack);
    expect(rate).toBeLessThanOrEqual(0.97 + slack);
  });
});

describe('correlation between seeds', () => {
  const row = (...values: number[]) => new Map(values.map((value, seed) => [seed, value]));
  it('is the mean over pairs of seeds', () => {
    // Seeds 0 and 1 agree; seed 2 runs against both.
    const table = [row(1, 10, 3), row(2, 20, 2), row(3, 30, 1)];
    expect(seedCorrelation(table)).toBeCloseTo((1 - 1 - 1) / 3, 12);
  });

  it('takes the models that have both seeds, and is unknown of too few', () => {
    const table = [row(1, 1), row(2, 2), row(3, 3), row(9)];
    expect(seedCorrelation(table)).toBe(1);
    expect(seedCorrelation(table.slice(1))).toBeUndefined();
  });
});

it('range is the largest difference', () => {
  expect(rangeOf([0.2, 0.9, 0.5])).toBeCloseTo(0.7, 12);
});
