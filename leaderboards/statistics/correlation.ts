/** Spearman's rank correlation: Pearson's of the ranks, ties at their mean rank. */
import { mean } from '../../core/math.ts';

/** 0 where one of the two does not vary. */
export function rankCorrelation(x: readonly number[], y: readonly number[]): number {
  return correlation(ranksOf(x), ranksOf(y));
}

/** From 0, lowest first; ties share their mean. */
function ranksOf(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  return values.map((value) => (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2);
}

/** Pearson's; 0 where one of the two does not vary. */
function correlation(x: readonly number[], y: readonly number[]): number {
  const [meanX, meanY] = [mean(x), mean(y)];
  const product = mean(x.map((value, i) => (value - meanX) * (y[i]! - meanY)));
  const variance = (of: readonly number[], at: number) => mean(of.map((v) => (v - at) ** 2));
  const scale = Math.sqrt(variance(x, meanX) * variance(y, meanY));
  return scale > 0 ? product / scale : 0;
}
