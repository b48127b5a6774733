/**
 * Coverage of every interval, and how often ties are broken wrongly, on simulated leaderboards.
 * `SIMULATIONS=2000 npx vitest run test/leaderboards/coverage` prints the full table.
 */
import { afterAll, describe, expect, it } from 'vitest';
import {
  combine,
  intervalOf,
  measure,
  pairedDifference,
} from '../../../leaderboards/statistics/contrast.ts';
import {
  accuracyInterval,
  groupInterval,
  type Interval,
} from '../../../leaderboards/statistics/groups.ts';
import {
  reachInterval,
  sensitivityInterval,
} from '../../../leaderboards/statistics/localityIntervals.ts';
import { halfDistance, logDistanceWeights } from '../../../leaderboards/statistics/metrics.ts';
import { rankRanges } from '../../../leaderboards/statistics/ranks.ts';
import { questionCounts, useOfGroups } from '../../../leaderboards/statistics/use.ts';
import { isSolved } from '../../../leaderboards/statistics/solved.ts';
import { centreFor, simulate, Source, type Simulated, type World } from './simulation.ts';

const simulations = Number(process.env.SIMULATIONS ?? 100);
/** Four standard errors of a coverage of 95 %, beside the band that 2,000 simulations must keep. */
const slack = simulations >= 2000 ? 0 : 4 * Math.sqrt((0.95 * 0.05) / simulations);
const lines: string[] = [];
afterAll(() => {
  if (process.env.SIMULATIONS) console.log(lines.join('\n'));
});

/** Share of the simulations in which the interval covers the truth. */
function coverage(
  name: string,
  once: (random: Source, i: number) => readonly [interval: Interval, truth: number],
  times = simulations,
): number {
  const random = new Source(`coverage/${name}`);
  let covered = 0;
  for (let i = 0; i < times; i++) {
    const [[low, high], truth] = once(random, i);
    if (low <= truth + 1e-12 && truth - 1e-12 <= high) covered++;
  }
  const share = covered / times;
  lines.push(`${name}: ${(100 * share).toFixed(1)} %`);
  return share;
}

function expectCovered(share: number): void {
  expect(share).toBeGreaterThanOrEqual(0.93 - slack);
  expect(share).toBeLessThanOrEqual(0.97 + slack);
}

const base: Omit<World, 'groups' | 'siblings' | 'seeds'> = {
  seedSd: 0.3,
  sharedSd: 0.6,
  modelSd: 0.4,
  noiseSd: 0.4,
};
const spread = Math.hypot(0.6, 0.4, 0.4);
/** From chance to 0.99, as the models of a board are. */
const levels = (siblings: number) => [1 / siblings, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.99];

describe('coverage of an accuracy', () => {
  it.each(
    [2, 8].flatMap((siblings) =>
      [16, 32, 64, 100].map(
        (groups) => [`${groups} groups of ${siblings}`, groups, siblings] as const,
      ),
    ),
  )('over %s', (name, groups, siblings) => {
    const centres = levels(siblings).map((level) => centreFor(level, spread));
    const world = { ...base, groups, siblings, seeds: 1, seedSd: 0 };
    const sizes = new Array(groups).fill(siblings);
    const share = coverage(`accuracy over ${name}`, (random, i) => {
      const [model] = simulate(random, world, [[centres[i % centres.length]!]]);
      return [groupInterval(model!.correct, sizes), model!.truth[0]!];
    });
    expectCovered(share);
  });

  it('is what the percentile bootstrap, which is not used, falls short of', () => {
    const centres = levels(8).map((level) => centreFor(level, spread));
    const world = { ...base, groups: 16, siblings: 8, seeds: 1, seedSd: 0 };
    const share = coverage('percentile bootstrap over 16 groups of 8', (random, i) => {
      const [model] = simulate(random, world, [[centres[i % centres.length]!]]);
      const resampled = Array.from({ length: 400 }, () => {
        let right = 0;
        for (let g = 0; g < 16; g++) right += model!.correct[Math.floor(16 * random.next())]!;
        return right / 16 / 8;
      }).sort((a, b) => a - b);
      return [[resampled[10]!, resampled[389]!], model!.truth[0]!];
    });
    expect(share).toBeLessThan(0.93);
  });

  it.each([3, 5])('over %i seeds and their groups', (seeds) => {
    const centres = levels(8).map((level) => centreFor(level, Math.hypot(spread, base.seedSd)));
    const share = coverage(`accuracy over ${seeds} seeds and 64 groups`, (random, i) => {
      const world = { ...base, groups: 64, siblings: 8, seeds };
      const [model] = simulate(random, world, [[centres[i % centres.length]!]]);
      const result = combine([{ measured: measure(model!.sample, [1]), factor: 1, examples: '' }]);
      return [accuracyInterval(result.value, result, 64), model!.truth[0]!];
    });
    expectCovered(share);
  });
});

describe('coverage of use', () => {
  const size = { states: 4, questions: 4, classes: 4 };
  const labels = Array.from({ length: 16 }, (_, row) => (Math.floor(row / 4) + row) % 4);

  /** Answers to a group: each right with a probability, else another label. */
  function answers(random: Source, probability: number): number[] {
    return labels.map((label) =>
      random.next() < probability ? label : (label + 1 + Math.floor(3 * random.next())) % 4,
    );
  }

  it.each([40, 64])('over %i groups of 4 states and 4 questions', (groups) => {
    const share = coverage(`use over ${groups} groups of 4 x 4`, (random, i) => {
      const level = [0.25, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98][i % 7]!;
      const centre = centreFor(level, spread);
      const counts = Array.from({ length: groups }, () => {
        const logit = centre + spread * random.normal();
        const predicted = answers(random, 1 / (1 + Math.exp(-logit)));
        return questionCounts(predicted, labels, size);
      });
      const { value, interval } = useOfGroups({
        correct: Uint32Array.from(counts, ({ hits }) => hits.reduce((a, b) => a + b, 0)),
        sizes: new Uint32Array(groups).fill(16),
        strata: new Uint32Array(groups),
        table: {
          ...size,
          hits: Uint32Array.from(counts.flatMap(({ hits }) => hits)),
          alarms: Uint32Array.from(counts.flatMap(({ alarms }) => alarms)),
          places: new Uint32Array(4 * groups),
        },
      })!;
      expect(interval[0]).toBeLessThanOrEqual(value);
      return [interval, (level - 0.25) / 0.75];
    });
    expectCovered(share);
  });
});

describe('coverage of a difference', () => {
  it.each([1, 3, 5])('between models, %i seeds', (seeds) => {
    const share = coverage(`difference of two models, ${seeds} seeds`, (random, i) => {
      const world = { ...base, groups: 64, siblings: 8, seeds };
      const [a, b] = simulate(random, world, [[[0, 1, 2, 3][i % 4]!], [1.5]]);
      const result = combine([
        { measured: measure(a!.sample, [1]), factor: 1, examples: '' },
        { measured: measure(b!.sample, [1]), factor: -1, examples: '' },
      ]);
      return [intervalOf(result), a!.truth[0]! - b!.truth[0]!];
    });
    expectCovered(share);
  });
  it.each([1, 3, 5])('between regimes, paired, %i seeds', (seeds) => {
    const share = coverage(`gain, ${seeds} seeds`, (random, i) => {
      const world = { ...base, groups: 64, siblings: 8, seeds };
      const [a, b] = simulate(random, world, [[[0, 1, 2, 3][i % 4]!], [1.5]]);
      const measured = measure(pairedDifference(a!.sample, b!.sample)!, [1]);
      const result = combine([{ measured, factor: 1, examples: '' }]);
      return [intervalOf(result), a!.truth[0]! - b!.truth[0]!];
    });
    expectCovered(share);
  });
  it.each([1, 3])('between means over four tasks, %i seeds', (seeds) => {
    const share = coverage(`difference of means over four tasks, ${seeds} seeds`, (random) => {
      const world = { ...base, groups: 64, siblings: 8, seeds };
      const tasks = [0, 1, 2, 3].map((centre) =>
        simulate(random, world, [[centre + 0.3], [centre]]),
      );
      const terms = tasks.flatMap((models, task) =>
        models.map(({ sample }, m) => ({
          measured: measure(sample, [1]),
          factor: m === 0 ? 0.25 : -0.25,
          examples: String(task),
        })),
      );
      const truth = tasks.reduce((sum, [a, b]) => sum + (a!.truth[0]! - b!.truth[0]!) / 4, 0);
      return [intervalOf(combine(terms)), truth];
    });
    expectCovered(share);
  });
});

describe('coverage along the distance', () => {
  const distances = [4, 8, 16, 32, 64, 128, 256];
  /** Falls at a random distance; from near to chance. */
  const curveOf = (random: Source, sd: number) => {
    const half = 12 * 2 ** (3 * random.next());
    const near = 0.7 + 0.28 * random.next();
    return distances.map((distance) =>
      centreFor(0.125 + (near - 0.125) / (1 + (distance / half) ** 1.5), sd),
    );
  };
  it.each([1, 3, 5])('of reach and locality sensitivity, %i seeds', (seeds) => {
    const world = { ...base, groups: 64, siblings: 8, seeds };
    const sd = seeds === 1 ? spread : Math.hypot(spread, base.seedSd);
    const curves = new Source(`curves/${seeds}`);
    const drawn = Array.from({ length: 20 }, () => curveOf(curves, sd));
    const draw = (random: Source, i: number) => {
      const [model] = simulate(random, world, [drawn[i % drawn.length]!]);
      const corrected = model!.truth.map((accuracy) => (accuracy - 0.125) / 0.875);
      return { sample: model!.sample, corrected };
    };
    const held = logDistanceWeights(distances);
    const sensitivity = coverage(`locality sensitivity, ${seeds} seeds`, (random, i) => {
      const { sample, corrected } = draw(random, i);
      const mean = corrected.reduce((sum, value, d) => sum + value * held[d]!, 0);
      return [sensitivityInterval(distances, 0.125, sample)!, 1 - mean / corrected[0]!];
    });
    expectCovered(sensitivity);
    const number = (end: number | 'beyond') => (end === 'beyond' ? Infinity : end);
    const reach = coverage(`reach, ${seeds} seeds`, (random, i) => {
      const { sample, corrected } = draw(random, i);
      const [low, high] = reachInterval(distances, 0.125, sample)!;
      return [[number(low), number(high)], number(halfDistance(distances, corrected))];
    });
    expectCovered(reach);
  });
});

describe('coverage of what the seeds that solved a task say', () => {
  const distances = [4, 8, 16, 32, 64, 128, 256];
  /** Seeds are in one of two modes: they learned the task, and fall with distance, or stay at chance. */
  it.each([
    [3, 0.8],
    [5, 0.6],
  ])('%i seeds, each of which learns it with probability %d', (seeds, probability) => {
    const sd = Math.hypot(spread, base.seedSd);
    const drawn = Array.from({ length: 20 }, (_, i) => {
      const [half, near] = [12 * 2 ** (i / 7), 0.75 + 0.01 * i];
      return distances.map((distance) =>
        centreFor(0.125 + (near - 0.125) / (1 + (distance / half) ** 1.5), sd),
      );
    });
    const world = { ...base, groups: 64, siblings: 8, seeds };
    /** A cell with a reach and an interval: at least half of its seeds, and three, solved it. */
    const draw = (random: Source, i: number): Simulated => {
      for (;;) {
        const [model] = simulate(random, world, [drawn[i % drawn.length]!]);
        const { sample, truth } = model!;
        const kept = sample.accuracies.flatMap(([near], seed) => {
          const answers = { correct: Math.round(512 * near!), count: 512 };
          return random.next() < probability && isSolved(answers, 8) ? [seed] : [];
        });
        if (2 * kept.length < seeds || kept.length < 3) continue;
        const only = <T>(of: readonly T[]) => kept.map((seed) => of[seed]!);
        const groups = { ...sample.groups!, rates: only(sample.groups!.rates) };
        return {
          ...model!,
          truth,
          sample: { ...sample, seeds: kept, accuracies: only(sample.accuracies), groups },
        };
      }
    };
    const name = `of the seeds that solved it, ${seeds} seeds`;
    const number = (end: number | 'beyond') => (end === 'beyond' ? Infinity : end);
    const times = 2 * simulations;
    const ofReach = (random: Source, i: number): [Interval, number] => {
      const { sample, truth } = draw(random, i);
      const corrected = truth.map((accuracy) => (accuracy - 0.125) / 0.875);
      const [low, high] = reachInterval(distances, 0.125, sample)!;
      return [[number(low), number(high)], number(halfDistance(distances, corrected))];
    };
    expectCovered(coverage(`reach ${name}`, ofReach, times));
    const ofFar = (random: Source, i: number): [Interval, number] => {
      const { sample, truth } = draw(random, i);
      const measured = measure(sample, [0, 0, 0, 0, 0, 0, 1]);
      const result = combine([{ measured, factor: 1, examples: '' }]);
      return [accuracyInterval(result.value, result, 64 * 7), truth[6]!];
    };
    expectCovered(coverage(`use far ${name}`, ofFar, times));
  });
});

describe('ranks', () => {
  it.each([
    [1, 2],
    [3, 1],
    [3, 4],
  ])('%i seeds, %i tasks: equal models stay tied, a worse one does not', (seeds, tasks) => {
    const random = new Source(`ranks/${seeds}/${tasks}`);
    const world = { ...base, groups: 64, siblings: 8, seeds, seedSd: seeds === 1 ? 0 : 0.2 };
    let [apart, told] = [0, 0];
    for (let i = 0; i < simulations; i++) {
      const level = [0, 1, 2, 3][i % 4]!;
      const boards = Array.from({ length: tasks }, () =>
        simulate(random, world, [...new Array(7).fill([level]), [level - 3]]),
      );
      const candidates = boards[0]!.map((_, m) =>
        boards.map((models, task) => ({
          measured: measure(models[m]!.sample, [1]),
          factor: 1 / tasks,
          examples: String(task),
        })),
      );
      const ranks = rankRanges(candidates);
      if (ranks.slice(0, 7).some((rank) => rank![0] > 1 || rank![1] < 7)) apart++;
      if (ranks[7]![0] > 1) told++;
    }
    lines.push(
      `ties, ${seeds} seeds, ${tasks} tasks: equal models put apart in ${((100 * apart) / simulations).toFixed(1)} % of boards of 8, a worse one told apart in ${((100 * told) / simulations).toFixed(1)} %`,
    );
    expect(apart / simulations).toBeLessThanOrEqual(0.05 + slack);
    expect(told / simulations).toBeGreaterThan(0.5);
  });
});
