/**
 * Matching models by parameter count: the feed-forward width is adjusted, so that every
 * mixer has the same number of layers, the same width and the same count within 5 %.
 *
 * Tables with a row for every position (learned positions, free kernels, Linformer's projections)
 * are left out of the count and stated beside it: their size is the task's length, not a choice, and
 * at 16,384 tokens one of them would outweigh all the rest.
 */
import { OptionError } from '../../core/errors.ts';
import { prod } from '../../core/math.ts';
import type { Parameter } from '../parameters.ts';

/** Largest allowed distance from the target, as a share of it. */
export const tolerance = 0.05;

export interface Size {
  layers: number;
  /** Channels per token, d. */
  width: number;
  /** Parameter count to match. */
  parameters: number;
  /** Whether a learned step back by one token follows the embedding; `none` when absent. */
  shift?: 'learned' | 'none' | undefined;
}

export function countParameters(parameters: Parameter[]): number {
  return parameters.reduce((sum, { shape }) => sum + prod(shape), 0);
}

/** The matched count: all parameters but those whose number grows with the sequence. */
export function countMatched(parameters: Parameter[]): number {
  return countParameters(parameters.filter(({ perPosition }) => !perPosition));
}

/**
 * The feed-forward width that brings a model to its target, a multiple of 8 or 4 where one is
 * within 5 %, because matrix products are fastest then.
 *
 * @param fixed parameters of everything but the feed-forward layers' hidden channels
 * @throws OptionError naming the numbers when no width comes within 5 %
 */
export function matchFeedForward(fixed: number, { layers, width, parameters }: Size): number {
  // A hidden channel has a column in, a bias and a row out, in every layer.
  const perChannel = layers * (2 * width + 1);
  const exact = (parameters - fixed) / perChannel;
  for (const multiple of [8, 4, 1]) {
    const channels = Math.max(1, Math.round(exact / multiple)) * multiple;
    const miss = Math.abs(fixed + channels * perChannel - parameters);
    if (miss <= tolerance * parameters) return channels;
  }
  const smallest = fixed + perChannel;
  throw new OptionError(
    exact < 1
      ? `${layers} layers of width ${width} have at least ${smallest} parameters, more than 5 % ` +
          `over the target of ${parameters}; raise the target or lower layers or width`
      : `no feed-forward width brings ${layers} layers of width ${width} within 5 % of ` +
          `${parameters} parameters: one hidden channel more is ${perChannel} parameters`,
  );
}
