/** What the regimes ask for: the largest number of steps of each phase, and whose budget they take. */
import type { Regime } from '../../core/vocabulary.ts';
import type { RunSpec } from '../../leaderboards/records/schema.ts';

/** Whether a regime takes exactly the token-steps of `spt` with the same seed. */
export const isMatched = (regime: Regime) => regime === 'scratch-matched' || regime === 'joint';

/** The largest number of steps of each phase; of a matched regime, that of `spt` in both phases. */
export function stepsOf({ regime, protocol }: Pick<RunSpec, 'regime' | 'protocol'>) {
  const { steps, pretrainSteps } = protocol;
  if (regime === 'spt') return { pretrain: pretrainSteps, train: steps };
  return { pretrain: 0, train: isMatched(regime) ? steps + pretrainSteps : steps };
}
