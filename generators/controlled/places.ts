/**
 * Where the pieces of evidence of a controlled task stand: distances fill bins on a logarithmic axis,
 * and a set of pieces stands in one bin, at places of which all arrangements are equally likely.
 *
 * A place is a distance: tokens from the end of the sequence back to the piece's last token that
 * matters. The lower edge of a bin is the certified distance of the evidence in it.
 */
import { UsageError } from '../../core/errors.ts';
import { int, sample, type Random } from '../../core/random.ts';

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

/** Draws of all sets before we say that they do not fit. */
const tries = 20_000;

/**
 * Places of several sets, each in its own bin, no two places of any sets nearer than `apart`: all
 * such choices equally likely.
 * @returns places of each set, in random order within a set.
 * @throws UsageError if no choice is found.
 */
export function placesOfSets(
  bins: readonly Bin[],
  count: number,
  apart: number,
  random: Random,
): number[][] {
  for (let i = 0; i < tries; i++) {
    const sets = bins.map((bin) => placesIn(bin, count, apart, random));
    const all = sets.flat().sort((a, b) => a - b);
    if (all.every((place, n) => n === 0 || place - all[n - 1]! >= apart))
      return sets.map((places) => sample(random, count, count).map((n) => places[n]!));
  }
  throw new UsageError(
    `${bins.length} sets of ${count} pieces found no room at distances ${bins.map(({ from, to }) => `${from} to ${to - 1}`).join(', ')}: ask for fewer sets, or for distances that are farther apart.`,
  );
}

/** `sets - 1` bins other than `bin`, each equally likely: where the sets stand that are not asked about. */
export function otherBins(bins: readonly Bin[], bin: Bin, sets: number, random: Random): Bin[] {
  const others = bins.filter(({ from }) => from !== bin.from);
  return sample(random, others.length, sets - 1).map((n) => others[n]!);
}

/** One of the items, all equally likely. */
export const oneOf = <T>(items: readonly T[], random: Random): T =>
  items[int(random, items.length)]!;
