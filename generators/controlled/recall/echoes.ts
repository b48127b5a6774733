/**
 * Echoes of recall: pairs whose slots stand twice (`copies.ts`). The key of every pair is drawn from one
 * vocabulary, which has one key more for each echo.
 */
import { hiddenPosition, signalShape, type Body } from '../copies.ts';
import { firstValue, tailOf, type RecallOptions } from './vocabulary.ts';

/** Where slots may stand, and how they look. */
export const bodyOf = (options: Pick<RecallOptions, 'length' | 'asked' | 'gap'>): Body => ({
  length: options.length - tailOf(options),
  before: options.gap + 1,
  after: options.gap,
});

/** Position of the hidden value in a group of the part `signal`. */
export const hiddenOf = (options: RecallOptions) => hiddenPosition(bodyOf(options));

/** What meta.json says of the signal. */
export const signalOf = (options: RecallOptions) =>
  options.echo && signalShape(bodyOf(options), options.echo, firstValue);
