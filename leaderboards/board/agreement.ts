/**
 * Whether the standard tasks put models in the order that certified distances do: Spearman's rank
 * correlation between the two means of each model, the question that made this benchmark.
 */
import { boardRegimes } from '../../core/vocabulary.ts';
import type { Agreement, Row } from './schema.ts';

/** With fewer models no interval says anything. */
const fewest = 8;

/** One for each regime in which enough models have both means. */
export function agreements(rows: readonly Row[]): Agreement[] {
  return boardRegimes.flatMap((regime): Agreement[] => {
    const pairs = rows.flatMap((row) => {
      const [standard, controlled] = [row.standard.corrected, row.controlled.corrected];
      return row.regime === regime && standard && controlled
        ? [[standard.mean, controlled.mean] as const]
        : [];
    });
    if (pairs.length < fewest) return [];
    const ranked = [0, 1].map((i) => ranksOf(pairs.map((pair) => pair[i]!)));
    const r = correlation(ranked[0]!, ranked[1]!);
    return [{ regime, models: pairs.length, correlation: r, interval: spread(r, pairs.length) }];
  });
}

/** Says of an order only what its interval leaves no other answer to. */
export function agreementWords({ regime, models, correlation, interval }: Agreement): string {
  const [low, high] = interval;
  const says = low > 0 ? 'agrees with' : high < 0 ? 'runs against' : 'does not tell';
  const number = (value: number) => value.toFixed(2);
  return (
    `The order of ${models} models (${regime}) on standard tasks ${says} their order at certified ` +
    `distances: rank correlation ${number(correlation)} [${interval.map(number).join(', ')}].`
  );
}

/** From 0, lowest first; ties share their mean. */
function ranksOf(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return values.map((value) => (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2);
}

/** Pearson's; 0 where one of the two does not vary. */
function correlation(x: readonly number[], y: readonly number[]): number {
  const mean = (of: readonly number[]) => of.reduce((sum, value) => sum + value, 0) / of.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  const product = mean(x.map((value, i) => (value - meanX) * (y[i]! - meanY)));
  const variance = (of: readonly number[], at: number) => mean(of.map((v) => (v - at) ** 2));
  const scale = Math.sqrt(variance(x, meanX) * variance(y, meanY));
  return scale > 0 ? product / scale : 0;
}

/** On Fisher's scale, with the variance of Bonett & Wright (2000). */
function spread(r: number, count: number): [number, number] {
  const half = 1.96 * Math.sqrt((1 + r ** 2 / 2) / (count - 3));
  const z = Math.atanh(Math.max(-1, Math.min(1, r)));
  return [Math.tanh(z - half), Math.tanh(z + half)];
}
