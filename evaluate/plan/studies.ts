/**
 * Studies: questions about architectures that a board does not answer, each a plan over options that tasks
 * have anyway. A study runs some tasks at several variants of their options, named along one axis; where a
 * variant has the options of the tier, its runs are those of the board,
 * unless the study has training choices of its own.
 */
import type { Regime } from '../../core/vocabulary.ts';
import type { RunSpec } from '../../leaderboards/records/schema.ts';
import { lengthFactors, lengthModels } from './lengths.ts';
import { specsOf, type ModelRequest, type Request } from './spec.ts';

export interface Variant {
  /** Its place on the axis: `near`, or a number. */
  label: string;
  /** Options of the task besides those of the tier. */
  options: Record<string, string | number>;
}

export interface Study {
  /** What it answers, as a question. */
  question: string;
  tasks: readonly string[];
  /** What the variants differ in. */
  axis: string;
  variants: readonly Variant[];
  models: readonly ModelRequest[];
  regimes: readonly Regime[];
  /** Training choices besides those of the tier; with any, no run is one of the board. */
  protocol?: Record<string, number>;
  /** Multiples of the trained length at which the runs are tested besides. */
  factors?: readonly number[];
}

const model = (name: string, options: Record<string, unknown> = {}): ModelRequest => ({
  name,
  options,
});

/** Eight architectures of six families. */
const eight = [
  model('transformer', { positions: 'rotary' }),
  model('local'),
  model('linear-attention'),
  model('s4d'),
  model('mamba2'),
  model('mega'),
  model('long-conv'),
  model('gated-deltanet'),
];

const counted = (name: string, counts: readonly number[], usual: number, each = 1): Variant[] =>
  counts.map((count) => ({
    label: String(count * each),
    options: count === usual ? {} : { [name]: count },
  }));

export const studyNames = ['signal', 'labels', 'capacity', 'length'] as const;
export type StudyName = (typeof studyNames)[number];

export const studies: Record<StudyName, Study> = {
  signal: {
    question: 'Does self-pretraining extend reach, and how far beyond the signal it learns from?',
    tasks: ['recall'],
    axis: 'signal',
    variants: [
      { label: 'none', options: {} },
      ...['near', 'far', 'all'].map((signal) => ({ label: signal, options: { signal } })),
    ],
    models: eight,
    regimes: ['scratch', 'scratch-matched', 'spt'],
    // A pilot of gated DeltaNet predicted next to nothing of the near signal after 400 steps, and after 900
    // had use 0.87, 0.58, 0.18 and 0.01 at 16, 32, 64 and 128 tokens before any label.
    protocol: { pretrainSteps: 1000 },
  },
  labels: {
    question: 'What does self-pretraining add with few labels, and what with many?',
    tasks: ['image', 'text'],
    axis: 'labels',
    variants: counted('train', [500, 2000, 8000], 2000),
    models: [
      model('transformer', { positions: 'rotary' }),
      ...['local', 's4', 's4d', 'mega', 'gated-deltanet'].map((name) => model(name)),
    ],
    regimes: ['scratch-matched', 'spt'],
  },
  capacity: {
    question: 'How many pairs can each architecture hold, and where does it break?',
    tasks: ['recall-capacity'],
    axis: 'pairs',
    // Each set has four pairs.
    variants: counted('sets', [1, 2, 4, 8, 16], 8, 4),
    models: eight,
    regimes: ['scratch'],
  },
  length: {
    question: 'How far beyond the length that it was trained at does each architecture reach?',
    tasks: ['recall'],
    axis: 'times the trained length',
    variants: [{ label: '1', options: {} }],
    get models() {
      return lengthModels();
    },
    regimes: ['scratch'],
    factors: lengthFactors.map(({ factor }) => factor),
  },
};

/** All runs of a study, variant by variant. */
export function studySpecs(study: Study, asked: Pick<Request, 'tier' | 'seeds'>): RunSpec[] {
  return study.variants.flatMap((variant) => variantSpecs(study, variant, asked));
}

/** The runs of one variant of a study. */
export function variantSpecs(
  study: Study,
  { options }: Variant,
  { tier, seeds }: Pick<Request, 'tier' | 'seeds'>,
): RunSpec[] {
  return specsOf({
    ...{ tasks: [...study.tasks], models: [...study.models], regimes: [...study.regimes] },
    ...{ seeds, tier, ruleset: 'tuned', dataSeed: 0, taskOptions: options },
    ...{ modelOptions: {}, protocol: study.protocol ?? {}, size: {} },
  });
}
