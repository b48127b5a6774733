/**
 * Size of the models and training choices of each task and tier: what makes runs comparable.
 *
 * `lite` was chosen by pilot runs, which `leaderboards/pilots/pilots.json` lists: minutes a run on one CPU
 * core, in which the best models learn the near distances of every controlled task.
 */
import type { Tier } from '../../core/vocabulary.ts';
import type { Protocol, Size } from '../../leaderboards/records/schema.ts';

export interface Preset {
  size: Size;
  protocol: Protocol;
  /** The grid of the ruleset `tuned`, the same for every architecture. */
  learningRates: number[];
}

type Overrides = { size?: Partial<Size>; protocol?: Partial<Protocol> };

const base: Record<Tier, Omit<Preset, 'learningRates'>> = {
  smoke: {
    size: { layers: 2, width: 32, parameters: 29_000 },
    protocol: {
      batch: 32,
      steps: 300,
      pretrainSteps: 100,
      learningRate: 6e-3,
      pretrainLearningRate: 6e-3,
      warmup: 0.1,
      weightDecay: 0.01,
      clip: 1,
      evaluations: 5,
      maskRatio: 0.15,
    },
  },
  lite: {
    size: { layers: 2, width: 64, parameters: 108_000 },
    protocol: {
      batch: 16,
      steps: 600,
      pretrainSteps: 300,
      learningRate: 3e-3,
      pretrainLearningRate: 3e-3,
      warmup: 0.1,
      weightDecay: 0.01,
      clip: 1,
      evaluations: 4,
      maskRatio: 0.15,
    },
  },
  lra: {
    size: { layers: 6, width: 256, parameters: 5_000_000 },
    protocol: {
      batch: 32,
      steps: 50_000,
      pretrainSteps: 50_000,
      learningRate: 5e-4,
      pretrainLearningRate: 5e-4,
      warmup: 0.1,
      weightDecay: 0.01,
      clip: 1,
      evaluations: 50,
      maskRatio: 0.15,
    },
  },
};

/** Pictures of more than five hundred pixels take a smaller model. */
const small = { layers: 2, width: 32, parameters: 29_000 };

const overrides: Record<string, Partial<Record<Tier, Overrides>>> = {
  recall: { lite: { protocol: { batch: 32, ...lengthOf(600, 200), ...rate(6e-3) } } },
  'listops-distance': { lite: { protocol: { ...lengthOf(1000, 400), ...rate(4e-3) } } },
  'text-distance': { lite: { protocol: { ...lengthOf(800, 400), ...rate(2e-3) } } },
  'pathfinder-distance': {
    lite: { size: small, protocol: { ...lengthOf(800, 400), ...rate(6e-3) } },
  },
  'retrieval-distance': {
    lite: { protocol: { batch: 32, ...lengthOf(1000, 400), ...rate(3e-3) } },
  },
  'image-distance': { lite: { protocol: { batch: 32, ...lengthOf(1000, 400), ...rate(2e-3) } } },
  listops: { lite: { protocol: { ...lengthOf(600, 300), ...rate(3e-3) } } },
  text: {
    lite: {
      size: { parameters: 124_000 },
      protocol: { batch: 32, ...lengthOf(400, 200), ...rate(1e-3) },
    },
  },
  retrieval: {
    lite: {
      size: { parameters: 124_000 },
      protocol: { batch: 32, ...lengthOf(400, 200), ...rate(1e-3) },
    },
  },
  image: { lite: { protocol: { batch: 32, ...lengthOf(400, 200), ...rate(3e-3) } } },
  pathfinder: { lite: { size: small, protocol: { ...lengthOf(600, 300), ...rate(6e-3) } } },
};

/** The preset of a task and tier; every architecture gets the same. The task says what share is masked. */
export function presetOf(task: string, tier: Tier, maskRatio: number): Preset {
  const own = overrides[task]?.[tier];
  const protocol = { ...base[tier].protocol, maskRatio, ...own?.protocol };
  return {
    size: { ...base[tier].size, ...own?.size },
    protocol,
    learningRates: [1 / 3, 1, 3].map((factor) => roundTo2(factor * protocol.learningRate)),
  };
}

/** Optimiser steps on labels, and before that of pretraining. */
function lengthOf(steps: number, pretrainSteps: number) {
  return { steps, pretrainSteps };
}

/** One learning rate for pretraining and training. */
function rate(learningRate: number) {
  return { learningRate, pretrainLearningRate: learningRate };
}

/** Two significant digits, which a person can read and repeat. */
const roundTo2 = (value: number) => Number(value.toPrecision(2));
