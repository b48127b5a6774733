/**
 * Where the pieces of evidence of a controlled task stand: distances fill bins on a logarithmic axis,
 * and a set of pieces stands in one bin, at places of which all arrangements are equally likely.
 *
 * A place is a distance: tokens from the end of the sequence back to the piece's last token that
 * matters. The lower edge of a bin is the certified distance of the evidence in it.
 */
import { UsageError } from '../../core/errors.ts';
import { int, sample, shuffle, type Random } from '../../core/random.ts';

/** Distances from `from` up to and without `to`, in tokens from the end. */
export interface Bin {
  from: number;
  to: number;
}

/**
 * A bin for each lower edge: as wide as the edge is far, and wide enough for `room` tokens.
 * @param farthest the largest distance at which a piece fits into the sequence.
 */
export function binsOf(edges: readonly number[], room: number, farthest: number): Bin[] {
  return edges.map((from) => ({ from, to: Math.min(farthest + 1, from + Math.max(from, room)) }));
}

/**
 * Ascending places in a bin, each at least `apart` from the next: all such choices equally likely.
 * @throws RangeError if the bin is too narrow.
 */
export function placesIn(
  { from, to }: Bin,
  count: number,
  apart: number,
  random: Random,
): number[] {
  // Without the tokens that must be free after each place but the last, any places are far enough apart.
  const free = to - from - (count - 1) * (apart - 1);
  if (free < count) throw new RangeError(`${count} places do not fit between ${from} and ${to}.`);
  return sample(random, free, count)
    .sort((a, b) => a - b)
    .map((place, i) => from + place + i * (apart - 1));
}

/**
 * Numbers of ways to place what is left, for each place from the nearest on and for each number of
 * pieces left in each set: `ways[(place - from) · states + left]`, `left` in base `count + 1`.
 */
interface Ways {
  from: number;
  to: number;
  states: number;
  ways: Float64Array;
}

/** Tables that are kept: data sets use few combinations of bins, again and again. */
const kept = new Map<string, Ways>();
const mostKept = 1 << 23; // numbers, over all tables

/** Counts by dynamic programming: a place stays free, or has a piece of one of the sets. */
function waysOf(bins: readonly Bin[], count: number, apart: number): Ways {
  const key = JSON.stringify([bins, count, apart]);
  const before = kept.get(key);
  if (before) return before;
  const from = Math.min(...bins.map((bin) => bin.from));
  const to = Math.max(...bins.map((bin) => bin.to));
  const units = bins.map((_, set) => (count + 1) ** set);
  const states = (count + 1) ** bins.length;
  const ways = new Float64Array((to - from + 1) * states);
  ways[(to - from) * states] = 1;
  for (let place = to - 1; place >= from; place--)
    for (let left = 0; left < states; left++) {
      let sum = ways[(place + 1 - from) * states + left]!;
      const next = Math.min(to, place + apart) - from;
      bins.forEach((bin, set) => {
        const some = Math.floor(left / units[set]!) % (count + 1) > 0;
        if (some && place >= bin.from && place < bin.to)
          sum += ways[next * states + left - units[set]!]!;
      });
      ways[(place - from) * states + left] = sum;
    }
  let numbers = ways.length;
  for (const table of kept.values()) numbers += table.ways.length;
  if (numbers > mostKept) kept.clear();
  const made = { from, to, states, ways };
  kept.set(key, made);
  return made;
}

/** In how many ways sets of `count` pieces can stand in their bins; 0 if they do not fit. */
export function arrangements(bins: readonly Bin[], count: number, apart: number): number {
  const { states, ways } = waysOf(bins, count, apart);
  return ways[states - 1]!;
}

/**
 * Places of several sets, each in its own bin, no two places of any sets nearer than `apart`: all
 * such choices equally likely.
 * @returns places of each set, in random order within a set.
 * @throws UsageError if they do not fit.
 */
export function placesOfSets(
  bins: readonly Bin[],
  count: number,
  apart: number,
  random: Random,
): number[][] {
  const { from, to, states, ways } = waysOf(bins, count, apart);
  let left = states - 1;
  if (ways[left] === 0)
    throw new UsageError(
      `${bins.length} sets of ${count} pieces find no room at distances ${bins.map((bin) => `${bin.from} to ${bin.to - 1}`).join(', ')}: ask for fewer sets, or for distances that are farther apart.`,
    );
  const units = bins.map((_, set) => (count + 1) ** set);
  const sets: number[][] = bins.map(() => []);
  for (let place = from; left > 0;) {
    const here = (place - from) * states + left;
    const after = Math.min(to, place + apart);
    // Takes one of the ways to go on: the place stays free, or has a piece of one of the sets.
    let rest = random() * ways[here]! - ways[here + states]!;
    if (rest < 0) {
      place++;
      continue;
    }
    let taken = 0;
    for (let set = 0; set < bins.length && rest >= 0; set++) {
      const { from: first, to: end } = bins[set]!;
      const some = Math.floor(left / units[set]!) % (count + 1) > 0;
      if (!some || place < first || place >= end) continue;
      taken = set;
      rest -= ways[(after - from) * states + left - units[set]!]!;
    }
    sets[taken]!.push(place);
    left -= units[taken]!;
    place = after;
  }
  return sets.map((places) => shuffle(places, random));
}

/** `sets - 1` bins other than `bin`, each equally likely: where the sets stand that are not asked about. */
export function otherBins(bins: readonly Bin[], bin: Bin, sets: number, random: Random): Bin[] {
  const others = bins.filter(({ from }) => from !== bin.from);
  return sample(random, others.length, sets - 1).map((n) => others[n]!);
}

/** One of the items, all equally likely. */
export const oneOf = <T>(items: readonly T[], random: Random): T =>
  items[int(random, items.length)]!;
