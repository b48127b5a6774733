/**
 * The known answers by which the instrument is calibrated, with their thresholds: what must come out,
 * who knows it from where, and when a control passes. Changed only before the runs that test it.
 *
 * Levels and shares are of use, which is chance-corrected accuracy. A control on runs takes ranked cells:
 * finished, tuned, at least three seeds.
 */
import type { Side } from '../sides.ts';

export interface Control {
  id: string;
  /** What is known, as a sentence. */
  title: string;
  known: { from: string; url?: string };
  /** When it passes, in words. */
  passes: string;
  test: ControlTest;
}

export type ControlTest =
  /** Every measurement beyond a certified limit is exactly 1/k; so is every covered predictor of an audit. */
  | { kind: 'limit' }
  /** Bags of n-grams no longer than the order certificate are exactly 1/k. */
  | { kind: 'order'; model: string }
  /** Attackers without the question have use 0 and accuracy 1/k at every distance. */
  | { kind: 'blind' }
  /** Attackers without the skill stay below this share of the best model's use. */
  | { kind: 'attackers'; share: number }
  /** At least so much use at every distance, in every one of at least three seeds. */
  | { kind: 'level'; task: string; of: Side; least: number }
  /** Every model of a group is above every model of the next, with an interval. */
  | { kind: 'ranking'; task: string; groups: readonly (readonly Side[])[] }
  /** `of` is above `than`, with an interval. */
  | { kind: 'above'; task: string; of: Side; than: Side }
  /** SPT lifts `model` at equal budget, with an interval, and leaves at most a share of its distance to `peer`. */
  | { kind: 'lift'; task: string; model: Model; peer: Model; left: number }
  /** `of` has at least a share of what `to` has, on average over the standard tasks, and is at chance where it cannot see. */
  | { kind: 'keeps'; tasks: readonly string[]; of: Side; to: Side; share: number }
  /** What these task options cost `of` exceeds what they cost `than`, with an interval. */
  | { kind: 'cost'; task: string; options: TaskOptions; of: Side; than: Side }
  /** SPT on data with this signal lifts use at `near` or `far`; a near signal lifts it more than `far`. */
  | { kind: 'signal'; task: string; options: TaskOptions; lifts: 'near' | 'far'; families: number };

export type Model = Omit<Side, 'regime'>;
export type TaskOptions = Readonly<Record<string, string | number>>;

const zoology = { from: 'Arora et al. 2023, Zoology', url: 'https://arxiv.org/abs/2312.04927' };
const capacity = {
  from: 'Zoology; Arora et al. 2024, Based; Yang et al. 2024, Gated Delta Networks',
  url: 'https://arxiv.org/abs/2412.06464',
};
const lra = {
  from: 'Tay et al. 2021, Long Range Arena; Gu et al. 2022, S4',
  url: 'https://arxiv.org/abs/2111.00396',
};
const amos = {
  from: 'Amos et al. 2024, Never Train from Scratch',
  url: 'https://arxiv.org/abs/2310.02980',
};
const locality = {
  from: 'Miralles-González et al. 2025, On the locality bias',
  url: 'https://arxiv.org/abs/2501.14850',
};
const dfout = {
  from: 'Solozabal et al. 2025, Uncovering the Spectral Bias in Diagonal State Space Models',
  url: 'https://arxiv.org/abs/2508.20441',
};
const proof = { from: 'proof' };
const own = { from: 'this benchmark' };

const rotary = { model: 'transformer', options: [{ positions: 'rotary' }] } as const;
const s4 = { model: 's4' } as const;
const scratch = (model: Model): Side => ({ ...model, regime: 'scratch' });

export const controls: readonly Control[] = [
  {
    id: 'beyond-limit',
    title: 'Who cannot see that far is exactly at chance.',
    known: proof,
    passes: 'every measurement beyond a certified limit is exactly 1/k',
    test: { kind: 'limit' },
  },
  {
    id: 'order-bags',
    title: 'Who counts n-grams is exactly at chance under the order certificate.',
    known: proof,
    passes: 'every bag of n-grams that the certificate covers is exactly 1/k',
    test: { kind: 'order', model: 'bag-of-ngrams' },
  },
  {
    id: 'question-blind',
    title: 'Who does not read the question has no use.',
    known: proof,
    passes: 'use exactly 0 and accuracy exactly 1/k at every distance, on every controlled task',
    test: { kind: 'blind' },
  },
  {
    id: 'attackers',
    title: 'Who knows all but the skill stays far behind.',
    known: own,
    passes: 'below half of the best model’s use from scratch, on every controlled task',
    test: { kind: 'attackers', share: 0.5 },
  },
  {
    id: 'recall-attention',
    title: 'Full attention recalls at every distance.',
    known: zoology,
    passes: 'use of at least 0.95 at every distance, in every seed',
    test: { kind: 'level', task: 'recall', of: scratch(rotary), least: 0.95 },
  },
  {
    id: 'capacity-order',
    title:
      'With many pairs softmax attention is first, then gated DeltaNet, then linear attention, then S4D and long convolution.',
    known: capacity,
    passes: 'each above the next, every interval above 0',
    test: {
      kind: 'ranking',
      task: 'recall-capacity',
      groups: [
        [scratch(rotary)],
        [scratch({ model: 'gated-deltanet' })],
        [scratch({ model: 'linear-attention' })],
        [scratch({ model: 's4d' }), scratch({ model: 'long-conv' })],
      ],
    },
  },
  {
    id: 'image-s4',
    title: 'With few labels S4 is above the rotary Transformer on Image.',
    known: lra,
    passes: 'interval above 0',
    test: { kind: 'above', task: 'image', of: scratch(s4), than: scratch(rotary) },
  },
  {
    id: 'image-spt',
    title:
      'With few labels self-pretraining lifts the rotary Transformer on Image and brings it near S4.',
    known: amos,
    passes:
      'gain at equal budget with an interval above 0, and at most half of its distance to S4 left',
    test: { kind: 'lift', task: 'image', model: rotary, peer: s4, left: 0.5 },
  },
  {
    id: 'bounded-convolution',
    title: 'A convolution of bounded reach keeps most of MEGA’s accuracy on standard tasks.',
    known: locality,
    passes: 'at least 70 % of MEGA’s mean above chance, and exactly 1/k beyond its certified limit',
    test: {
      kind: 'keeps',
      tasks: ['listops', 'text', 'retrieval', 'image', 'pathfinder'],
      of: scratch({ model: 'bounded-conv', options: [{ kernel: 61 }] }),
      to: scratch({ model: 'mega' }),
      share: 0.7,
    },
  },
  {
    id: 'pixel-permutation',
    title: 'A fixed permutation of pixels costs S4 more than attention without a scan order.',
    known: dfout,
    passes: 'what it costs S4 exceeds what it costs attention, interval above 0',
    test: {
      kind: 'cost',
      task: 'image',
      options: { scan: 'permuted' },
      of: scratch(s4),
      than: scratch({ model: 'transformer', options: [{ positions: 'learned' }] }),
    },
  },
  {
    id: 'near-signal',
    title: 'Pretraining on a near signal lifts use nearby and not far away.',
    known: own,
    passes:
      'gain of self-pretraining nearby, and nearby more than far away, intervals above 0, in models of 3 families',
    test: {
      ...{ kind: 'signal', task: 'recall', options: { signal: 'near' }, lifts: 'near' },
      families: 3,
    },
  },
  {
    id: 'far-signal',
    title: 'Pretraining on a far signal lifts use far away.',
    known: own,
    passes: 'gain of self-pretraining far away, interval above 0, in models of 3 families',
    test: {
      ...{ kind: 'signal', task: 'recall', options: { signal: 'far' }, lifts: 'far' },
      families: 3,
    },
  },
];
