/** Options, token ids and sizes of recall. Ids: 0 padding, 1 separator, then values, keys, noise. */
import type { EchoOptions } from '../copies.ts';

export interface RecallOptions {
  /** Tokens per sequence, L. */
  length: number;
  /** Values and classes, k; also slots per set. */
  values: number;
  /** Sets per sequence. */
  sets: number;
  /** Size of the vocabulary of keys. */
  keys: number;
  /** Size of the vocabulary of noise. */
  noise: number;
  /** Separators on either side of a value, g. */
  gap: number;
  /** Questions before the last one. */
  asked: number;
  /** Pairs that stand twice; none if absent. */
  echo?: EchoOptions | undefined;
}

export const separator = 1;
export const firstValue = 2;

/** Keys of the vocabulary: those of `keys`, and one more for each echo. */
export const keyCount = ({ keys, echo }: Pick<RecallOptions, 'keys' | 'echo'>) =>
  keys + (echo?.pairs ?? 0);

/** First ids of keys and of noise. */
export const idsOf = (options: Pick<RecallOptions, 'values' | 'keys' | 'echo'>) => ({
  firstKey: firstValue + options.values,
  firstNoise: firstValue + options.values + keyCount(options),
});

/** Tokens of a slot, s. */
export const slotOf = ({ gap }: Pick<RecallOptions, 'gap'>) => 2 * gap + 2;

/** Tokens at the end that hold questions, the last one included. */
export const tailOf = ({ asked }: Pick<RecallOptions, 'asked'>) => asked + 1;
