/**
 * Whether the standard tasks put models in the order that certified distances do: Spearman's rank
 * correlation between the two means of each model, the question that made this benchmark.
 */
import { boardRegimes } from '../../core/vocabulary.ts';
import { rankCorrelation } from '../statistics/correlation.ts';
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
    const [standard, controlled] = [0, 1].map((i) => pairs.map((pair) => pair[i]!));
    const r = rankCorrelation(standard!, controlled!);
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

/** On Fisher's scale, with the variance of Bonett & Wright (2000). */
function spread(r: number, count: number): [number, number] {
  const half = 1.96 * Math.sqrt((1 + r ** 2 / 2) / (count - 3));
  const z = Math.atanh(Math.max(-1, Math.min(1, r)));
  return [Math.tanh(z - half), Math.tanh(z + half)];
}
