/**
 * Groups of training rows that have nothing in common, for inputs with a signal: siblings share their
 * noise, which a model that is pretrained on them would learn by heart.
 */
import { int, stream, type Random } from '../../core/random.ts';
import type { Group } from './controlled.ts';

/**
 * A group whose row (e, j) is that of a group of its own, at the same distance.
 * @param task names the streams
 * @param make a group, from a stream of its own
 * @param table states and questions
 */
export function looseGroup(
  task: string,
  make: (random: Random) => Group,
  { states, questions }: { states: number; questions: number },
  random: Random,
): Group {
  const names = Array.from(
    { length: states * questions },
    () => `${int(random, 2 ** 32)}/${int(random, 2 ** 32)}`,
  );
  return {
    places: [],
    row(state, question) {
      const { places, row } = make(stream(`${task}/row/${names[state * questions + question]}`));
      return { ...row(state, question), extras: { places: [places[question]!] } };
    },
  };
}
