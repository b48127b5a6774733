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
  // Floyd's choice of `count` numbers out of `free`.
  const chosen: number[] = [];
  for (let last = free - count; last < free; last++) {
    const one = int(random, last + 1);
    chosen.push(chosen.includes(one) ? last : one);
  }
  return chosen.sort((a, b) => a - b).map((place, i) => from + place + i * (apart - 1));
}

/** What is placed: sets of `count` pieces, each set in its own bin or several in the same. */
export interface Sets {
  bins: readonly Bin[];
  /** Pieces of a set. */
  count: number;
  /** Tokens from a piece to the next one at least, of whichever set. */
  apart: number;
}

/** A bin with the number of pieces that stand in it, and a unit by which they are counted. */
interface FilledBin {
  bin: Bin;
  pieces: number;
  unit: number;
}

/** The bins, each once: sets in the same bin are placed together. */
function filledBins({ bins, count }: Sets): FilledBin[] {
  const filled: FilledBin[] = [];
  for (const bin of bins) {
    const same = filled.find((other) => other.bin.from === bin.from && other.bin.to === bin.to);
    if (same) same.pieces += count;
    else filled.push({ bin, pieces: count, unit: 1 });
  }
  filled.forEach((each, i) => {
    const before = filled[i - 1];
    if (before) each.unit = before.unit * (before.pieces + 1);
  });
  return filled;
}

/**
 * Numbers of ways to place what is left, for each place from the nearest on and for each number of
 * pieces left in each bin: `ways[(place - from) · states + left]`, where `left` counts the pieces of
 * bin i in units of `units[i]`.
 */
interface Ways {
  bins: readonly FilledBin[];
  from: number;
  to: number;
  states: number;
  ways: Float64Array;
}

/** Tables that are kept: data sets use few combinations of bins, again and again. */
const kept = new Map<string, Ways>();
const mostKept = 1 << 23; // numbers, over all tables

/** Bins whose piece may come next, if pieces are left as said. */
const nextBins = (bins: readonly FilledBin[], left: number) =>
  bins.filter(({ pieces, unit }) => Math.floor(left / unit) % (pieces + 1) > 0);

const holds = ({ bin }: FilledBin, place: number) => place >= bin.from && place < bin.to;

/** Counts by dynamic programming: a place stays free, or has a piece of one of the bins. */
function waysOf({ bins: unsorted, count, apart }: Sets): Ways {
  // The order of the sets does not matter, so all orders share a table.
  const given = unsorted.toSorted((a, b) => a.from - b.from || a.to - b.to);
  const key = JSON.stringify([given, count, apart]);
  const before = kept.get(key);
  if (before) return before;
  const bins = filledBins({ bins: given, count, apart });
  const { unit, pieces } = bins.at(-1)!;
  const states = unit * (pieces + 1);
  const from = Math.min(...given.map((bin) => bin.from));
  const to = Math.max(...given.map((bin) => bin.to));
  const ways = new Float64Array((to - from + 1) * states);
  ways[(to - from) * states] = 1;
  const nexts = Array.from({ length: states }, (_, left) => nextBins(bins, left));
  for (let place = to - 1; place >= from; place--)
    for (let left = 0; left < states; left++) {
      let sum = ways[(place + 1 - from) * states + left]!;
      const next = Math.min(to, place + apart) - from;
      for (const bin of nexts[left]!)
        if (holds(bin, place)) sum += ways[next * states + left - bin.unit]!;
      ways[(place - from) * states + left] = sum;
    }
  let numbers = ways.length;
  for (const table of kept.values()) numbers += table.ways.length;
  if (numbers > mostKept) kept.clear();
  const made = { bins, from, to, states, ways };
  kept.set(key, made);
  return made;
}

/** In how many ways the pieces can stand, where sets in the same bin are not told apart; 0 if they do not fit. */
export function arrangements(sets: Sets): number {
  const { states, ways } = waysOf(sets);
  return ways[states - 1]!;
}

/** Whether `sets` sets find room in any `sets` of the bins. */
export function setsFit({ bins, ...others }: Sets, sets: number): boolean {
  const fit = (first: number, chosen: Bin[]): boolean =>
    chosen.length === sets
      ? arrangements({ bins: chosen, ...others }) > 0
      : chosen.length + bins.length - first < sets ||
        bins.slice(first).every((bin, i) => fit(first + i + 1, [...chosen, bin]));
  return bins.length >= sets && fit(0, []);
}

/** Draws that are tried before choices are counted, which takes longer and never fails. */
const tries = 50;

/**
 * Places of all sets: all choices equally likely.
 * @returns places of each set, in the order of the sets, in random order within a set.
 * @throws UsageError if they do not fit.
 */
export function placesOfSets(sets: Sets, random: Random): number[][] {
  const filled = filledBins(sets);
  let found: number[][] | undefined;
  for (let i = 0; i < tries && !found; i++) found = tryPlaces(filled, sets, random);
  found ??= countedPlaces(sets, random);
  for (const places of found) shuffle(places, random);
  return sets.bins.map(({ from, to }) =>
    found[filled.findIndex(({ bin }) => bin.from === from && bin.to === to)]!.splice(0, sets.count),
  );
}

/** Ascending places in each of the bins; undefined if pieces of different bins are in each other's way. */
function tryPlaces(
  filled: readonly FilledBin[],
  { apart }: Sets,
  random: Random,
): number[][] | undefined {
  if (filled.some(({ bin, pieces }) => bin.to - bin.from <= (pieces - 1) * apart)) return undefined;
  const found = filled.map(({ bin, pieces }) => placesIn(bin, pieces, apart, random));
  // Merges the bins from the nearest place on.
  const next = found.map(() => 0);
  let before = -Infinity;
  for (let left = found.flat().length; left > 0; left--) {
    let nearest = -1;
    for (let i = 0; i < found.length; i++)
      if (
        next[i]! < found[i]!.length &&
        (nearest < 0 || found[i]![next[i]!]! < found[nearest]![next[nearest]!]!)
      )
        nearest = i;
    const place = found[nearest]![next[nearest]!++]!;
    if (place - before < apart) return undefined;
    before = place;
  }
  return found;
}

/** Ascending places in each of the bins, drawn by the numbers of ways to go on. */
function countedPlaces(sets: Sets, random: Random): number[][] {
  const { bins: given, count, apart } = sets;
  const { bins: counted, from, to, states, ways } = waysOf(sets);
  // In the order of the sets, with the units of the table.
  const bins = filledBins(sets).map(({ bin }) =>
    counted.find((other) => other.bin.from === bin.from && other.bin.to === bin.to)!,
  );
  let left = states - 1;
  if (ways[left] === 0)
    throw new UsageError(
      `${given.length} sets of ${count} pieces find no room at distances ${given.map((bin) => `${bin.from} to ${bin.to - 1}`).join(', ')}: ask for fewer sets, or for distances that are farther apart.`,
    );
  const found = bins.map((): number[] => []);
  for (let place = from; left > 0;) {
    const here = (place - from) * states + left;
    const after = Math.min(to, place + apart);
    // Takes one of the ways to go on: the place stays free, or has a piece of one of the bins.
    let rest = random() * ways[here]! - ways[here + states]!;
    if (rest < 0) {
      place++;
      continue;
    }
    const possible = nextBins(bins, left).filter((bin) => holds(bin, place));
    const taken =
      possible.find(({ unit }) => (rest -= ways[(after - from) * states + left - unit]!) < 0) ??
      possible.at(-1)!;
    found[bins.indexOf(taken)]!.push(place);
    left -= taken.unit;
    place = after;
  }
  return found;
}

/** `sets - 1` bins other than `bin`, each equally likely: where the sets stand that are not asked about. */
export function otherBins(bins: readonly Bin[], bin: Bin, sets: number, random: Random): Bin[] {
  const others = bins.filter(({ from }) => from !== bin.from);
  return sample(random, others.length, sets - 1).map((n) => others[n]!);
}

/** A bin in rows of pixels, where pieces of evidence are whole rows. */
export const rowBin = ({ from, to }: Bin, columns: number): Bin => ({
  from: Math.ceil(from / columns),
  to: Math.ceil(to / columns),
});

/** One of the items, all equally likely. */
export const oneOf = <T>(items: readonly T[], random: Random): T =>
  items[int(random, items.length)]!;
