/**
 * Simulated leaderboards with known truth. The chance that a sibling is answered right is the
 * logistic function of a sum of normal effects: of the seed, of the group (shared by all models), of
 * the group for this model, of the group for this seed. Truth is the mean over all effects, by
 * quadrature; with one seed, given that seed.
 */
import seedrandom from 'seedrandom';
import type { Sample } from '../../../leaderboards/statistics/contrast.ts';

export interface World {
  /** Groups at each distance. */
  groups: number;
  /** Siblings a group. */
  siblings: number;
  seeds: number;
  /** Standard deviations of the effects, in logits. */
  seedSd: number;
  sharedSd: number;
  modelSd: number;
  noiseSd: number;
}

export interface Simulated {
  sample: Sample;
  /** Expected accuracy at each distance. */
  truth: number[];
  /** Right answers of the first seed's groups. */
  correct: number[];
}

export class Source {
  private readonly uniform: () => number;
  private spare: number | undefined;

  constructor(name: string) {
    this.uniform = seedrandom.alea(name);
  }

  next(): number {
    return this.uniform();
  }

  /** Box and Muller's. */
  normal(): number {
    if (this.spare !== undefined) {
      const { spare } = this;
      this.spare = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

/** Expected logistic of a normal variable. */
export function expected(centre: number, sd: number): number {
  let [sum, mass] = [0, 0];
  for (let i = -40; i <= 40; i++) {
    const z = i / 8;
    const density = Math.exp((-z * z) / 2);
    sum += density * logistic(centre + sd * z);
    mass += density;
  }
  return sum / mass;
}

/** The centre at which the expected accuracy is `accuracy`. */
export function centreFor(accuracy: number, sd: number): number {
  let [low, high] = [-40, 40];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (expected(middle, sd) < accuracy) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Models of a board, tested on the same groups.
 *
 * @param centres for each model, one for each distance
 */
export function simulate(
  random: Source,
  world: World,
  centres: readonly (readonly number[])[],
): Simulated[] {
  const { groups, siblings, seeds } = world;
  const distances = centres[0]!.length;
  const total = groups * distances;
  const strata = Uint32Array.from({ length: total }, (_, g) => Math.floor(g / groups));
  const shared = Float64Array.from({ length: total }, () => world.sharedSd * random.normal());
  return centres.map((curve) => {
    const own = shared.map((effect) => effect + world.modelSd * random.normal());
    const shifts = Array.from({ length: seeds }, () => world.seedSd * random.normal());
    const rates = shifts.map((shift) =>
      own.map((effect, g) => {
        const chance = logistic(
          curve[strata[g]!]! + shift + effect + world.noiseSd * random.normal(),
        );
        let right = 0;
        for (let k = 0; k < siblings; k++) if (random.next() < chance) right++;
        return right / siblings;
      }),
    );
    const groupSd = Math.hypot(world.sharedSd, world.modelSd, world.noiseSd);
    return {
      sample: {
        seeds: shifts.map((_, seed) => seed),
        accuracies: rates.map((own) =>
          curve.map((_, d) => {
            let sum = 0;
            for (let g = d * groups; g < (d + 1) * groups; g++) sum += own[g]!;
            return sum / groups;
          }),
        ),
        groups: { strata, counts: curve.map(() => groups), rates },
        own: curve.map(() => ({ variance: 0, degrees: groups - 1 })),
      },
      truth: curve.map((centre) =>
        seeds === 1
          ? expected(centre + shifts[0]!, groupSd)
          : expected(centre, Math.hypot(groupSd, world.seedSd)),
      ),
      correct: Array.from(rates[0]!, (rate) => Math.round(rate * siblings)),
    };
  });
}
