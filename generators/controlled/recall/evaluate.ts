/** What the tokens of a sequence of recall say: where its pairs stand, and the answers to its questions. */
import type { Evaluation, PartName } from '../../task.ts';
import { hiddenOf } from './echoes.ts';
import { firstValue, idsOf, tailOf, type RecallOptions } from './vocabulary.ts';

/**
 * Positions of the slots' values by key token, from the tokens alone: of the first copy, and of the second
 * where there is one. Undefined if a key stands more often than the options allow, or if the copies of a
 * pair have different values.
 */
export function pairsOf(
  tokens: ArrayLike<number>,
  options: RecallOptions,
): Map<number, [first: number, second?: number]> | undefined {
  const { firstKey, firstNoise } = idsOf(options);
  const found = new Map<number, [first: number, second?: number]>();
  for (let i = 0; i < options.length - tailOf(options); i++) {
    const token = tokens[i]!;
    if (token < firstKey || token >= firstNoise) continue;
    const at = i + options.gap + 1;
    const before = found.get(token);
    if (!before) found.set(token, [at]);
    else if (!options.echo || before.length > 1 || tokens[before[0]] !== tokens[at])
      return undefined;
    else before.push(at);
  }
  return found;
}

/** Position of the value by key token, of the first copy where there are two. */
export function slotsOf(
  tokens: ArrayLike<number>,
  options: RecallOptions,
): Map<number, number> | undefined {
  const pairs = pairsOf(tokens, options);
  return pairs && new Map(Array.from(pairs, ([key, [first]]) => [key, first]));
}

/**
 * Looks up each question's key and reads the value beside it. In the part `signal` the last question is
 * the key before the hidden value, and its value is read from the first copy.
 */
export function evaluate(
  tokens: ArrayLike<number>,
  options: RecallOptions,
  part?: PartName,
): Evaluation | undefined {
  const { length, values, gap, echo } = options;
  const slots = pairsOf(tokens, options);
  if (!slots) return undefined;
  const isSignal = part === 'signal';
  const end = isSignal ? hiddenOf(options) : length - 1;
  const lastKey = tokens[isSignal ? end - gap - 1 : end]!;
  const valueOf = (key: number) => {
    const value = tokens[slots.get(key)?.[0] ?? length]! - firstValue;
    return value >= 0 && value < values ? value : undefined;
  };
  const copies: number[] = [];
  for (const [key, [first, second]] of slots) {
    if (second === undefined || (isSignal && key === lastKey)) continue;
    if (valueOf(key) === undefined) return undefined;
    copies.push(second - first);
    slots.delete(key);
  }
  const label = valueOf(lastKey);
  const answers: number[] = [];
  let repeats = 0;
  for (let position = length - tailOf(options); position < length - 1; position++) {
    answers.push(valueOf(tokens[position]!) ?? -1);
    if (tokens[position] === lastKey) repeats++;
  }
  if (label === undefined || answers.includes(-1)) return undefined;
  const [first, second] = slots.get(lastKey)!;
  if (isSignal && second !== end) return undefined;
  return {
    ...{ label, answers, place: end - first },
    ...(!isSignal && { repeats }),
    ...(echo && { copies }),
  };
}
