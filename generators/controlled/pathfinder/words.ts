/**
 * The algebra of `pathfinder-distance`: three curves run side by side in lanes 0, 1, 2, and at a
 * station two of them cross: lanes 0 and 1 (kind a), lanes 1 and 2 (kind b), or lanes 0 and 2 across
 * the middle one (kind c). A word is the kinds of a set's stations, from the top.
 *
 * Crossings do not commute, so the same stations in another order lead elsewhere. Four stations, two
 * of kind a and two of kind b, lead to the three cyclic shifts of the lanes:
 *
 *     aabb, abba, baab, bbaa   nowhere
 *     abab                     all lanes one to the right
 *     baba                     all lanes one to the left
 *
 * Three stations, one of each kind, lead where the middle one alone would: xyz = y for all orders,
 * because the third crossing is z = xyx, and xyxyx = y follows from (xy)³ = 1. Either way a group's
 * three words have the same stations, and each end has a start of its own in each of them.
 *
 * With two curves there is one kind of crossing only, and the answer is the number of crossings
 * modulo 2, which can be had by counting, without tracing: whatever the layout, a bag of stations
 * and the question then tell the answer. So three curves are the fewest that have to be traced.
 */
import { int, sample, type Random } from '../../../core/random.ts';
import { oneOf } from '../places.ts';

export const lanes = 3;

/** Which lanes cross: a, b or c. */
export type Kind = 0 | 1 | 2;
/** The lanes that cross at a station of each kind. */
export const crossing = [
  [0, 1],
  [1, 2],
  [0, 2],
] as const;
/** Kinds of a set's stations, from the top; absent ones are straight. */
export type Word = readonly (Kind | undefined)[];
/** Stations of a set. */
export type Stations = 3 | 4;

const wordsByShift: readonly (readonly string[])[] = [
  ['aabb', 'abba', 'baab', 'bbaa'],
  ['abab'],
  ['baba'],
];
const kindsOf = (word: string): Kind[] => [...word].map((letter) => (letter === 'a' ? 0 : 1));

/** Three words of the same stations that lead to three places, in random order: the states of a group. */
export function drawWords(random: Random, stations: Stations): Word[] {
  const first = int(random, 3);
  if (stations === 4)
    return [0, 1, 2].map((n) => kindsOf(oneOf(wordsByShift[(first + n) % 3]!, random)));
  return sample(random, 3, 3).map((middle) => {
    const [before, after] = sample(random, 2, 2).map((n) => ((middle + 1 + n) % 3) as Kind);
    return [before, middle as Kind, after];
  });
}

/** Words with one station, the same one in all words: what training begins with. */
export function drawSingles(random: Random, stations: Stations): Word[] {
  const at = int(random, stations);
  return sample(random, 3, 3).map((kind) =>
    Array.from({ length: stations }, (_, i) => (i === at ? (kind as Kind) : undefined)),
  );
}

/** The lane in which a curve starts at the top that ends in a lane: through stations from the bottom up. */
export function startOf(end: number, kinds: Word): number {
  let lane = end;
  for (const kind of kinds.toReversed()) {
    const [left, right] = kind === undefined ? [] : crossing[kind];
    lane = lane === left ? right : lane === right ? left : lane;
  }
  return lane;
}
