/**
 * Size of the models and training choices of each task and tier: what makes runs comparable.
 *
 * `lite` is meant for minutes per run on one CPU core; `leaderboards/pilots/pilots.json` has the pilot
 * runs. Training ends by a rule (`evaluate/training/schedule.ts`), so `steps` is the largest
 * number of them, several times what a model needs that learns the task.
 */
import type { Tier } from '../../core/vocabulary.ts';
import type { Protocol, Size } from '../../leaderboards/records/schema.ts';
import { publishedRate } from './rates.ts';

export interface Preset {
  size: Size;
  protocol: Protocol;
  /** What the ruleset `tuned` adds: the grid and the length of its pilots, the same for all models. */
  tuning: Required<Pick<Protocol, 'learningRates' | 'tuningSteps'>>;
}

type Overrides = {
  size?: Partial<Size>;
  protocol?: Partial<Protocol>;
  tuningSteps?: number;
};

/** Learning rates of the tuning stage: a factor of 33 from end to end. */
const learningRates = [3e-4, 1e-3, 3e-3, 1e-2];

const common = { weightDecay: 0.01, clip: 1, decay: 0.2, maskRatio: 0.15 };

const base: Record<Tier, Omit<Preset, 'tuning'> & { tuningSteps: number }> = {
  smoke: {
    size: { layers: 2, width: 32, parameters: 29_000, shift: 'learned' },
    protocol: {
      ...common,
      batch: 32,
      steps: 400,
      pretrainSteps: 100,
      ...rate(6e-3),
      warmup: 0.05,
      evaluations: 5,
      lookEvery: 20,
      patience: 4,
      lookExamples: 200,
    },
    tuningSteps: 60,
  },
  lite: {
    size: { layers: 2, width: 64, parameters: 108_000, shift: 'learned' },
    protocol: {
      ...common,
      batch: 32,
      steps: 2000,
      pretrainSteps: 400,
      ...rate(3e-3),
      warmup: 0.025,
      evaluations: 5,
      lookEvery: 50,
      patience: 5,
      lookExamples: 500,
    },
    tuningSteps: 300,
  },
  lra: {
    size: { layers: 6, width: 256, parameters: 5_000_000, shift: 'learned' },
    protocol: {
      ...common,
      batch: 32,
      steps: 100_000,
      pretrainSteps: 50_000,
      ...rate(1e-3),
      warmup: 0.02,
      evaluations: 50,
      lookEvery: 1000,
      patience: 8,
      lookExamples: 2000,
    },
    tuningSteps: 5000,
  },
};

/** Pictures of more than five hundred pixels take a smaller model. */
const small = { layers: 2, width: 32, parameters: 29_000 };

/**
 * LRA in small: few labelled examples, many epochs. Accuracy rises slowly and by little, so a plateau
 * must last longer; self-pretraining has as much to see as the labels.
 */
const fewLabels = (pretrainSteps: number) => ({ patience: 8, pretrainSteps });

/** Controlled tasks: slow learners leave chance after some thousand steps; no row is seen twice. */
const controlled = { steps: 3000 };

const overrides: Record<string, Partial<Record<Tier, Overrides>>> = {
  recall: { lite: { protocol: controlled } },
  'recall-capacity': { lite: { protocol: { ...controlled, batch: 16 } } },
  'listops-distance': { lite: { protocol: controlled } },
  'image-distance': { lite: { protocol: { ...controlled, batch: 16 } } },
  'text-distance': { lite: { protocol: controlled } },
  'pathfinder-distance': { lite: { protocol: { ...controlled, batch: 16 } } },
  'retrieval-distance': { lite: { protocol: controlled } },
  listops: { lite: { protocol: fewLabels(600) } },
  text: { lite: { size: { parameters: 124_000 }, protocol: fewLabels(600) } },
  retrieval: {
    lite: { size: { parameters: 124_000 }, protocol: { batch: 16, ...fewLabels(600) } },
  },
  image: { lite: { protocol: fewLabels(1000) } },
  pathfinder: { lite: { size: small, protocol: { batch: 16, ...fewLabels(600) } } },
  pathx: { lite: { size: small, protocol: { batch: 2 } } },
  'pathx-256': { lite: { size: small, protocol: { batch: 2 } } },
};

/**
 * The preset of a task and tier: the same for every architecture but for the learning rate at tier
 * `lra`, which is the published one of `model` where there is one. The task says what share is masked.
 */
export function presetOf(task: string, tier: Tier, maskRatio: number, model?: string): Preset {
  const own = overrides[task]?.[tier];
  const { size, protocol, tuningSteps } = base[tier];
  const found = tier === 'lra' && model !== undefined ? publishedRate(model, task) : undefined;
  return {
    size: { ...size, ...own?.size },
    protocol: { ...protocol, maskRatio, ...own?.protocol, ...(found && rate(found)) },
    tuning: { learningRates, tuningSteps: own?.tuningSteps ?? tuningSteps },
  };
}

/** One learning rate for pretraining and training, under the ruleset `fixed`. */
function rate(learningRate: number) {
  return { learningRate, pretrainLearningRate: learningRate };
}
