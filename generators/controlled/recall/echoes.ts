/**
 * Echoes: the signal in the inputs of recall. An echo is a pair whose slot stands twice, key and value, so
 * that the value of the second copy can be predicted by reading the first copy and by nothing else: keys,
 * values and places are drawn independently of everything, and no question asks for an echo.
 *
 *   near   copies stand at most d tokens apart, from value to value
 *   far    more than d
 *   all    any distance
 *
 * Distances are log-uniform, as the bins of the task are. The key of every pair is drawn from one
 * vocabulary, which has one key more for each echo.
 */
import { UsageError } from '../../../core/errors.ts';
import { int, type Random } from '../../../core/random.ts';
import type { SignalShape } from '../../task.ts';
import { firstValue, slotOf, tailOf, type EchoOptions, type RecallOptions } from './vocabulary.ts';

/** Distances of copies from value to value: the least and the greatest. */
export function copyDistances(
  options: RecallOptions,
  { kind, distance }: Pick<EchoOptions, 'kind' | 'distance'>,
): { nearest: number; farthest: number } {
  const slot = slotOf(options);
  const farthest = options.length - tailOf(options) - slot;
  return {
    nearest: kind === 'far' ? distance + 1 : slot,
    farthest: kind === 'near' ? Math.min(distance, farthest) : farthest,
  };
}

/** Position of the hidden value in a group of the part `signal`: its slot is the last before the questions. */
export const hiddenPosition = (options: RecallOptions) =>
  options.length - tailOf(options) - 1 - options.gap;

/** What meta.json says of the signal. */
export function signalOf(options: RecallOptions): Omit<SignalShape, 'count'> | undefined {
  const { echo, gap } = options;
  if (!echo) return undefined;
  return {
    ...{ kind: echo.kind, distance: echo.distance, pairs: echo.pairs },
    ...copyDistances(options, echo),
    position: hiddenPosition(options),
    question: gap + 2,
    firstValue,
  };
}

/** Draws of a place at a distance, and of distances per echo, before we say that the echoes do not fit. */
const tries = { place: 30, distance: 500 };

/**
 * Places of echoes among slots that are taken: positions of the values of both copies. At a distance all
 * places that are free are equally likely; where none is found, another distance is drawn.
 * @param taken positions of the values of all slots that stand already.
 * @throws UsageError if they find no room.
 */
export function placeEchoes(
  options: RecallOptions,
  count: number,
  taken: readonly number[],
  random: Random,
): [first: number, second: number][] {
  const { gap, echo } = options;
  const slot = slotOf(options);
  const body = options.length - tailOf(options);
  const { nearest, farthest } = copyDistances(options, echo!);
  // Whether no slot may have its value at a position.
  const isTaken = new Uint8Array(body);
  const take = (at: number) => isTaken.fill(1, Math.max(0, at - slot + 1), at + slot);
  isTaken.fill(1, 0, gap + 1).fill(1, body - gap);
  taken.forEach(take);
  const placed: [number, number][] = [];
  for (let i = 0; placed.length < count; i++) {
    if (i > count * tries.distance)
      throw new UsageError(
        `${count} pairs that stand twice, ${nearest} to ${farthest} tokens apart, found no room in ${options.length} tokens: ask for fewer echoes.`,
      );
    const distance = Math.floor(nearest * ((farthest + 1) / nearest) ** random());
    for (let j = 0; j < tries.place; j++) {
      const first = int(random, body - distance);
      if (isTaken[first] || isTaken[first + distance]) continue;
      take(first);
      take(first + distance);
      placed.push([first, first + distance]);
      break;
    }
  }
  return placed;
}
