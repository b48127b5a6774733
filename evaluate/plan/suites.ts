/**
 * Named sets of runs, so that everyone plans the same board.
 *
 * `core` is the part of the lite board that is complete first: fifteen architectures on recall, on the
 * other controlled tasks and on four standard tasks. LRA's Pathfinder is not among them: at this size its
 * pictures leave no room for two curves.
 */
import { type Regime, type Ruleset, type Tier, boardRegimes } from '../../core/vocabulary.ts';
import { tasks } from '../../generators/registry.ts';
import { mixers } from '../../models/registry.ts';

export interface Suite {
  tier: Tier;
  tasks: string[];
  /** With options of their own after the name, as `--model` takes them. */
  models: string[];
  regimes: Regime[];
  /** `tuned` where cells are ranked: each model has its own learning rate from one grid. */
  ruleset: Ruleset;
  /** One sentence for `plan --help`. */
  about: string;
}

const names = (named: readonly { name: string }[]) => named.map(({ name }) => name);
const everything = {
  ruleset: 'tuned' as const,
  tasks: names(tasks),
  models: names(mixers),
  regimes: [...boardRegimes],
};

export const suites: Record<string, Suite> = {
  smoke: {
    tier: 'smoke',
    tasks: ['recall'],
    models: ['transformer', 'local', 's4d'],
    regimes: ['scratch', 'spt'],
    ruleset: 'fixed',
    about: 'what `npm run evaluate` runs: does everything work here',
  },
  core: {
    tier: 'lite',
    tasks: [
      ...['recall', 'recall-capacity', 'listops-distance', 'text-distance', 'image-distance'],
      ...['retrieval-distance', 'pathfinder-distance', 'listops', 'text', 'image', 'retrieval'],
    ],
    models: [
      ...['transformer:positions=sinusoidal', 'transformer:positions=rotary'],
      ...['local', 'block-local', 'las', 's4', 's4d', 'lru', 'mega', 'long-conv'],
      ...['mamba2', 'gated-deltanet', 'linear-attention', 'performer', 'bounded-conv:kernel=61'],
    ],
    regimes: [...boardRegimes],
    ruleset: 'tuned',
    about: 'fifteen models on eleven tasks at the lite tier, under all regimes',
  },
  lite: { tier: 'lite', ...everything, about: 'every task and model at the lite tier' },
  lra: { tier: 'lra', ...everything, about: "every task and model at the papers' sizes" },
};
