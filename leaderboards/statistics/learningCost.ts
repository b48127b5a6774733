/**
 * Learning cost of several seeds: the geometric mean, because costs differ by factors, with Student's
 * interval on the logarithms.
 *
 * A cost is seen at a look at the validation split, so the truth lies between that look and the one
 * before it. Its middle is taken, and the variance between seeds is at least that of a uniform error
 * between two looks (Sheppard 1898): seeds that learn at the same look are not known to the step.
 */
import { mean } from '../../core/math.ts';
import { tQuantile } from './student.ts';

export interface SeenCost {
  /** At the look that showed it, in steps, token-steps or examples. */
  cost: number;
  /** At the look before; 0 if it was the first one. */
  before: number;
}

export interface CostEstimate {
  /** Geometric mean. */
  cost: number;
  /** 95 % interval over seeds; absent for fewer than three. */
  interval?: [number, number];
  seeds: number;
}

/** Of two seeds it would hold the truth in more than 97 % of simulations. */
const fewestForInterval = 3;

/** @returns undefined if no seed learned */
export function estimateCost(seen: readonly SeenCost[]): CostEstimate | undefined {
  const seeds = seen.length;
  if (seeds === 0) return undefined;
  const logs = seen.map(({ cost, before }) => Math.log((cost + before) / 2));
  const middle = mean(logs);
  const cost = Math.exp(middle);
  if (seeds < fewestForInterval) return { cost, seeds };
  const between = (mean(logs.map((log) => (log - middle) ** 2)) * seeds) / (seeds - 1);
  // A look's width relative to the cost is its width on the axis of logarithms.
  const rounding =
    mean(seen.map(({ cost, before }) => ((cost - before) / ((cost + before) / 2)) ** 2)) / 12;
  const half = tQuantile(seeds - 1) * Math.sqrt(Math.max(between, rounding) / seeds);
  return { cost, interval: [Math.exp(middle - half), Math.exp(middle + half)], seeds };
}
