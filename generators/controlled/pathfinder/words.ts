/**
 * The algebra of `pathfinder-distance`: three curves run side by side in lanes 0, 1, 2, and at a
 * station two neighbours cross: lanes 0 and 1 (kind a) or lanes 1 and 2 (kind b). A word is the
 * kinds of a set's four stations, from the top.
 *
 * Crossings do not commute, so the same stations in another order lead elsewhere. These words have
 * two stations of each kind, and lead to the three cyclic shifts of the lanes:
 *
 *     aabb, abba, baab, bbaa   nowhere
 *     abab                     all lanes one to the right
 *     baba                     all lanes one to the left
 *
 * With two curves there is one kind of crossing only, and the answer is the number of crossings
 * modulo 2, which can be had by counting, without tracing: whatever the layout, a bag of stations
 * and the question then tell the answer. So three curves are the fewest that have to be traced.
 */
import { int, type Random } from '../../../core/random.ts';
import { oneOf } from '../places.ts';

export const lanes = 3;
export const stationsPerSet = 4;

/** Which lanes cross: 0 for the left two, 1 for the right two. */
export type Kind = 0 | 1;
/** Kinds of a set's stations, from the top; absent ones are straight. */
export type Word = readonly (Kind | undefined)[];

const wordsByShift: readonly (readonly string[])[] = [
  ['aabb', 'abba', 'baab', 'bbaa'],
  ['abab'],
  ['baba'],
];
/** Two stations of any kinds. */
const shortWordsByShift: readonly (readonly string[])[] = [['aa', 'bb'], ['ab'], ['ba']];

const kindsOf = (word: string): Kind[] => [...word].map((letter) => (letter === 'a' ? 0 : 1));

/** A word for each of the three shifts, in random order: the states of a group. */
export function drawWords(random: Random): Word[] {
  const first = int(random, 3);
  return [0, 1, 2].map((n) => kindsOf(oneOf(wordsByShift[(first + n) % 3]!, random)));
}

/** Words with one station, the same one in all words: what training begins with. */
export function drawSingles(random: Random): Word[] {
  const at = int(random, stationsPerSet);
  return [0, 1, 2].map(() => {
    const kind: Kind = int(random, 2) === 0 ? 0 : 1;
    return Array.from({ length: stationsPerSet }, (_, i) => (i === at ? kind : undefined));
  });
}

/** Words with two stations, the other two straight, the same two in all words. */
export function drawShortWords(random: Random): Word[] {
  const first = int(random, 3);
  const straight = int(random, stationsPerSet);
  const other = (straight + 1 + int(random, stationsPerSet - 1)) % stationsPerSet;
  return [0, 1, 2].map((n) => {
    const kinds = kindsOf(oneOf(shortWordsByShift[(first + n) % 3]!, random));
    return Array.from({ length: stationsPerSet }, (_, i) =>
      i === straight || i === other ? undefined : kinds.shift(),
    );
  });
}

/** The lane in which a curve starts at the top that ends in a lane: through stations from the bottom up. */
export function startOf(end: number, kinds: Word): number {
  let lane = end;
  for (const kind of kinds.toReversed())
    if (kind !== undefined && (lane === kind || lane === kind + 1)) lane = 2 * kind + 1 - lane;
  return lane;
}
