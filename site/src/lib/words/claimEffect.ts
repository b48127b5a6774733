/** What the effect of a claim is, as a formula in words, and from which value on the claim holds. */
import type { Test } from '../../../../leaderboards/board/claims/list.ts';
import { sideName, type Side } from '../../../../leaderboards/board/sides.ts';
import { percent } from './format.ts';

export function effectWords(test: Test): string {
  const side = (of: Side) => `${sideName(of)} (${of.regime})`;
  const points = (margin: number) => `${percent(margin).replace(/\.0$/, '')} points`;
  if (test.kind === 'spread')
    return `standard deviation over models (${test.from}) less that (${test.to}), above 0 if the claim holds`;
  if (test.kind === 'none-better')
    return `the best ${test.family} (${test.regime}) less ${side(test.to)}, below ${points(test.margin)} if the claim holds`;
  const share = test.share === 1 ? '' : `${test.share} × `;
  return `${side(test.of)} less ${share}${side(test.to)}, above ${points(test.margin)} if the claim holds`;
}
