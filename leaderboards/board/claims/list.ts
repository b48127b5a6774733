/**
 * The claims of the four papers that questioned the Long Range Arena, each as a sentence that runs
 * can support. Margins and thresholds are in chance-corrected accuracy.
 */
import type { Regime } from '../../../core/vocabulary.ts';
import type { Side } from '../sides.ts';

export type Test =
  /** `of` exceeds `share` times `to` by more than `margin`. */
  | { kind: 'difference'; of: Side; to: Side; share: number; margin: number }
  /** No model of the family exceeds `to` by more than `margin`. */
  | { kind: 'none-better'; family: string; regime: Regime; to: Side; margin: number }
  /** Standard deviation over architectures is smaller under `to` than under `from`. */
  | { kind: 'spread'; from: Regime; to: Regime };

export interface Claim {
  id: string;
  source: { title: string; url: string };
  sentence: string;
  /** What the paper reports, on the standard tasks. */
  published: string;
  /** The regime that the paper is about, in which alone the claim is judged. */
  regime: string;
  test: Test;
}

const locality = {
  title: 'On the locality bias and results in the Long Range Arena (Miralles-González et al. 2025)',
  url: 'https://arxiv.org/abs/2501.14850',
};
const las = {
  title: 'On the Long Range Abilities of Transformers (Zimerman & Wolf 2023)',
  url: 'https://arxiv.org/abs/2311.16620',
};
const spt = {
  title: 'Never Train from Scratch (Amos et al. 2024)',
  url: 'https://arxiv.org/abs/2310.02980',
};
const simple = {
  title: 'Simple Local Attentions Remain Competitive for Long-Context Tasks (Xiong et al. 2022)',
  url: 'https://arxiv.org/abs/2112.07210',
};

const fromLabels = 'few labels and many epochs, from labels alone';
const afterPretraining = 'few labels and many epochs, after pretraining on the inputs of the task';

const vanilla = [{ positions: 'sinusoidal' }, { positions: 'learned' }];
const rotary = [{ positions: 'rotary' }];

export const claims: readonly Claim[] = [
  {
    id: 'short-reach-suffices',
    source: locality,
    sentence: 'A convolution of bounded reach keeps more than half of the accuracy of MEGA.',
    published: 'With 61 taps a layer it keeps 75 to 98 % of MEGA’s accuracy on five tasks.',
    regime: fromLabels,
    test: {
      kind: 'difference',
      of: { model: 'bounded-conv', regime: 'scratch' },
      to: { model: 'mega', regime: 'scratch' },
      share: 0.5,
      margin: 0,
    },
  },
  {
    id: 'free-kernels-match',
    source: locality,
    sentence: 'Free convolution kernels come within 5 points of S4’s under the same training.',
    published: 'Fully parameterised convolutions lose nothing to structured kernels.',
    regime: fromLabels,
    test: {
      kind: 'difference',
      of: { model: 'long-conv', regime: 'scratch' },
      to: { model: 's4', regime: 'scratch' },
      share: 1,
      margin: -0.05,
    },
  },
  {
    id: 'las-helps-transformers',
    source: las,
    sentence: 'Local and smooth attention beats the Transformer without it.',
    published: '73.99 against 54.39 % on average over five tasks.',
    regime: fromLabels,
    test: {
      kind: 'difference',
      of: { model: 'las', regime: 'scratch' },
      to: { model: 'transformer', options: vanilla, regime: 'scratch' },
      share: 1,
      margin: 0,
    },
  },
  {
    id: 'spt-helps-transformers',
    source: spt,
    sentence: 'Self-pretraining helps the Transformer more than training longer does.',
    published: 'About 30 points more on average than from scratch.',
    regime: afterPretraining,
    test: {
      kind: 'difference',
      of: { model: 'transformer', options: vanilla, regime: 'spt' },
      to: { model: 'transformer', options: vanilla, regime: 'scratch-matched' },
      share: 1,
      margin: 0,
    },
  },
  {
    id: 'spt-shrinks-the-spread',
    source: spt,
    sentence: 'Architectures differ less after self-pretraining than after training from scratch.',
    published: 'Transformers come from about 30 points behind S4 to its level.',
    regime: afterPretraining,
    test: { kind: 'spread', from: 'scratch-matched', to: 'spt' },
  },
  {
    id: 'spt-transformer-reaches-s4',
    source: spt,
    sentence:
      'A self-pretrained Transformer with rotary positions comes within 2 points of S4 from scratch.',
    published: '86.2 against 86.1 % on average over six tasks.',
    regime: afterPretraining,
    test: {
      kind: 'difference',
      of: { model: 'transformer', options: rotary, regime: 'spt' },
      to: { model: 's4', regime: 'scratch-matched' },
      share: 1,
      margin: -0.02,
    },
  },
  {
    id: 'no-efficient-attention-beats-local',
    source: simple,
    sentence:
      'No efficient attention beats local windows by more than 2 points after the same pretraining.',
    published: 'None of the tested efficient attentions beats a simple local window.',
    regime: afterPretraining,
    test: {
      kind: 'none-better',
      family: 'efficient attention',
      regime: 'spt',
      to: { model: 'local', regime: 'spt' },
      margin: 0.02,
    },
  },
  {
    id: 'overlap-is-not-needed',
    source: simple,
    sentence:
      'Disjoint blocks come within 2 points of overlapping windows after the same pretraining.',
    published: 'Disjoint blocks match overlapping windows with half of the pretraining compute.',
    regime: afterPretraining,
    test: {
      kind: 'difference',
      of: { model: 'block-local', regime: 'spt' },
      to: { model: 'local', regime: 'spt' },
      share: 1,
      margin: -0.02,
    },
  },
];
