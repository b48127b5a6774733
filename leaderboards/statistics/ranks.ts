/**
 * Ranks with ties: a model stands behind another only where the paired comparison on the same
 * sibling groups tells them apart, all pairs judged together (Holm 1979), so that among models that
 * are truly equal any two are put apart in at most 5 % of boards.
 */
import { combine, type Estimated, type Term } from './contrast.ts';
import { tTail } from './student.ts';

/** Best and worst place that a model may have: [1, 3] is "1–3". */
export type Rank = [best: number, worst: number];

/** A candidate's score as a sum of terms, or null where it has none and gets no rank. */
export type Candidate = readonly Term[] | null;

export function rankRanges(candidates: readonly Candidate[]): (Rank | null)[] {
  const ranked = candidates.flatMap((terms, index) => (terms ? [{ terms, index }] : []));
  const pairs = ranked.flatMap((a, i) =>
    ranked.slice(i + 1).map((b) => {
      const difference = combine([...a.terms, ...b.terms.map(negated)]);
      return { a: a.index, b: b.index, difference, p: pValue(difference) };
    }),
  );
  const better = candidates.map(() => 0);
  const worse = candidates.map(() => 0);
  const ordered = [...pairs].sort((x, y) => x.p - y.p);
  for (const [i, { a, b, difference, p }] of ordered.entries()) {
    if (p > 0.05 / (ordered.length - i)) break;
    const [winner, loser] = difference.value > 0 ? [a, b] : [b, a];
    better[loser]!++;
    worse[winner]!++;
  }
  return candidates.map((terms, i) => (terms ? [1 + better[i]!, ranked.length - worse[i]!] : null));
}

const negated = (term: Term): Term => ({ ...term, factor: -term.factor });

/** Two-sided, of no difference. */
export function pValue({ value, variance, degrees }: Estimated): number {
  if (Math.abs(value) < 1e-12) return 1;
  return variance > 0 ? tTail(Math.abs(value) / Math.sqrt(variance), degrees) : 0;
}
