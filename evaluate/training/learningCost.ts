/**
 * What a model pays to learn: steps, token-steps and labelled examples until a look at the validation
 * split first has 90 % of what the best look has above chance. A result of its own beside accuracy:
 * "reaches far, learns slowly" and "learns fast, stays near" are different architectures.
 */
import type { CurvePoint } from './checkpoint.ts';

export interface LearningCost {
  /** Steps on labels. */
  steps: number;
  /** Tokens times steps, those of pretraining included. */
  tokenSteps: number;
  /** Labelled examples, each as often as it was seen. */
  examples: number;
}

/** Share of the best accuracy above chance that counts as learned. */
const learnedShare = 0.9;

/**
 * @param curve the run's; its looks have a `validation` accuracy
 * @param best accuracy of the best look
 * @returns undefined where no look is above chance
 */
export function learningCost(
  curve: readonly CurvePoint[],
  of: {
    best: number;
    chance: number;
    /** Tokens of a step. */
    tokensPerStep: number;
    /** Labelled examples of a step. */
    examplesPerStep: number;
    /** Token-steps before the first step on labels. */
    pretrained: number;
  },
): LearningCost | undefined {
  const { best, chance, tokensPerStep, examplesPerStep, pretrained } = of;
  if (best <= chance) return undefined;
  const needed = chance + learnedShare * (best - chance);
  const look = curve.find(
    ({ phase, validation }) =>
      phase === 'train' && validation !== undefined && validation >= needed,
  );
  if (!look) return undefined;
  return {
    steps: look.step,
    tokenSteps: pretrained + look.step * tokensPerStep,
    examples: look.step * examplesPerStep,
  };
}
