/**
 * A group of `pathfinder-distance`: a full table of three states of the evidence and three questions.
 *
 * A set is three or four stations of one bin. The three states have the same stations in another order,
 * and an end starts in another lane in each of them (`words.ts`). The question, the last row, marks the
 * end of one curve; the label is the lane in which that curve starts. So
 * - in a state each end has a start of its own: whoever does not read the question is right in 1/3
 *   of each row of the table;
 * - over the states each end has each start once, and nothing else changes: so is whoever sees fewer
 *   than D tokens, in each column of the table;
 * - stations of a kind are alike to the pixel, and curves run straight for `straight` rows before and
 *   after each station, so all windows of at most straight · columns + 1 pixels that touch a station
 *   change places with it: a bag of them is the same in all states.
 *
 * Elsewhere curves sway together. Further sets stand in other bins, in a state of their own that is
 * the same in all rows. Earlier questions are rows above the last one, and mark any end.
 */
import { int, type Random } from '../../../core/random.ts';
import type { SplitName } from '../../task.ts';
import type { Group } from '../controlled.ts';
import { oneOf, placesIn, placesOfSets, rowBin, type Bin, type Sets } from '../places.ts';
import { drawingOf, type Drawing, type DrawingName } from './drawings.ts';
import { smooth, snapped, uniform } from './strokes.ts';
import {
  crossing,
  drawSingles,
  drawWords,
  lanes,
  startOf,
  type Kind,
  type Stations,
  type Word,
} from './words.ts';

export interface PathfinderOptions {
  /** Pixels in all, L: rows times columns. */
  length: number;
  columns: number;
  /** Rows in which two curves cross. */
  turn: number;
  /** Straight rows before and after each station, h. */
  straight: number;
  /** How the picture is drawn: see `drawings.ts`. */
  drawing: DrawingName;
  /** Stations of a set. */
  stations: Stations;
  /** Sets of stations. */
  sets: number;
  /** Questions before the last one. */
  asked: number;
  /** Share of training rows that are easier: one set only, of one station or of stations far apart. */
  helpers: number;
}

/** Rows of a station: from the last row in which curves are in their lanes to the next such row. */
export const stationRows = ({ turn }: Pick<PathfinderOptions, 'turn'>) => turn + 1;

/** Rows from a station to the next one at least. */
export const pitch = (options: Pick<PathfinderOptions, 'turn' | 'straight'>) =>
  stationRows(options) + options.straight;

/** Distances in rows at which the last row of a station may stand. */
export function rowBounds(options: PathfinderOptions): { nearest: number; farthest: number } {
  const { length, columns, straight, asked } = options;
  return {
    nearest: asked + 1 + straight,
    farthest: length / columns - straight - stationRows(options),
  };
}

/** Rows by which a set's stations stand farther from each other than they must, each at most. */
const slack = 1;

/**
 * Sets of stations, placed in rows as a whole, by the nearest station. The stations of a set stand
 * close to each other, at a place anywhere in the bin: if they filled the bin, the one that is most in
 * its middle would be the middle one of three, without tracing.
 */
export function stationSets(options: PathfinderOptions, bins: readonly Bin[]): Sets {
  const most = (options.stations - 1) * (pitch(options) + slack);
  return {
    bins: bins.map((bin) => {
      const { from, to } = rowBin(bin, options.columns);
      return { from, to: to - most };
    }),
    count: 1,
    apart: most + pitch(options),
  };
}

/** Rows in which the stations of each set begin, from the top. */
function drawTops(options: PathfinderOptions, bins: readonly Bin[], random: Random): number[][] {
  const rows = options.length / options.columns;
  return placesOfSets(stationSets(options, bins), random).map(([nearest]) => {
    const tops = [rows - nearest! - stationRows(options)];
    while (tops.length < options.stations)
      tops.unshift(tops[0]! - pitch(options) - int(random, slack + 1));
    return tops;
  });
}

/** What makes a training group easier: one station only, or stations anywhere in the bin. */
const eases = ['single', 'spread'] as const;

/** Rows in which the stations of a set begin that fills its bin, from the top. */
function drawSpread(options: PathfinderOptions, bin: Bin, random: Random): number[] {
  const { length, columns, stations } = options;
  const places = placesIn(rowBin(bin, columns), stations, pitch(options), random);
  return places.map((n) => length / columns - n - stationRows(options)).reverse();
}

/** Distance of the end of a station's last row, in tokens. */
export const placeOf = (options: PathfinderOptions, top: number) =>
  options.length - (top + stationRows(options)) * options.columns;

/** Rows of a sway at least. */
const shortestSway = 6;

/**
 * A group: `row(e, j)` is the picture in state e with question j. Tokens are grey levels plus 1.
 * @param bins bins of the asked set and of the further ones.
 */
export function makeGroup(
  options: PathfinderOptions,
  bins: readonly Bin[],
  random: Random,
  split: SplitName,
): Group {
  const { length, columns, turn, asked, helpers, stations } = options;
  const rows = length / columns;
  const easier = random() < helpers && split === 'train';
  const ease = easier ? oneOf(eases, random) : undefined;
  const states = (ease === 'single' ? drawSingles : drawWords)(random, stations);
  const sets = easier ? 1 : options.sets;
  const further = Array.from({ length: sets - 1 }, () => drawWords(random, stations)[0]!);
  const tops =
    ease === 'spread'
      ? [drawSpread(options, bins[0]!, random)]
      : drawTops(options, bins.slice(0, sets), random);
  const questions = Array.from({ length: asked }, () => int(random, lanes));

  const drawing = drawingOf(options.drawing, columns, random);
  const { lanes: at } = drawing;
  const station = (kind?: Kind) => {
    const crosses: readonly number[] = kind === undefined ? [] : crossing[kind];
    return drawing.paint(
      at.map((x, lane) => {
        const goal = at[crosses[1 - crosses.indexOf(lane)] ?? lane]!;
        return Array.from({ length: turn + 1 }, (_, r) => snapped(x + ((goal - x) * r) / turn));
      }),
    );
  };
  const crossings = ([0, 1, 2] as const).map(station);
  const plain = station();

  const base = new Uint8Array(length);
  const { sways, loose } = drawSways(options, tops.flat(), drawing, random);
  base.set(drawing.paint(at.map((x) => sways.map((sway) => snapped(x + sway)))));
  for (const row of loose) drawing.speck(base, row * columns, random);
  for (let row = rows - 1 - asked; row < rows; row++) base.set(drawing.ground, row * columns);
  questions.forEach((lane, i) => drawing.mark(base, (rows - 1 - asked + i) * columns, lane));
  const put = (levels: Uint8Array, set: number, word: Word) =>
    word.forEach((kind, i) =>
      levels.set(kind === undefined ? plain : crossings[kind]!, tops[set]![i]! * columns),
    );
  further.forEach((word, i) => put(base, i + 1, word));

  /** Kinds of all stations, from the top. */
  const kindsIn = (state: number): Word =>
    [states[state]!, ...further]
      .flatMap((word, set) => word.map((kind, i) => ({ kind, top: tops[set]![i]! })))
      .sort((a, b) => a.top - b.top)
      .map(({ kind }) => kind);
  const answers = states.map((_, state) => {
    const kinds = kindsIn(state);
    return Array.from({ length: lanes }, (_, end) => startOf(end, kinds));
  });
  const pictures = states.map((word) => {
    const levels = base.slice();
    put(levels, 0, word);
    return levels;
  });
  // The nearest station that curves cross at; all states have the same such stations.
  const nearest = tops[0]!.findLast((_, i) => states[0]![i] !== undefined)!;
  const place = placeOf(options, nearest);

  return {
    places: new Array<number>(lanes).fill(place),
    row(state: number, question: number) {
      const levels = pictures[state]!.slice();
      drawing.mark(levels, (rows - 1) * columns, question);
      return {
        tokens: Uint16Array.from(levels, (level) => level + 1),
        label: answers[state]![question]!,
        answers: questions.map((lane) => answers[state]![lane]!),
        extras: {
          lanes: at.map(Math.round),
          tops: [...tops.flat(), ...new Array<number>(stations * (options.sets - sets)).fill(-1)],
        },
      };
    },
  };
}

/**
 * How far the curves are beside their lanes, in each row: not at all in stations and `straight` rows
 * around them; in between, in the loose rows, they swing to a side and back, as far as there is room.
 */
function drawSways(
  { length, columns, straight, turn }: PathfinderOptions,
  tops: readonly number[],
  { lanes: at, sway }: Drawing,
  random: Random,
): { sways: number[]; loose: number[] } {
  const rows = length / columns;
  const sways = new Array<number>(rows).fill(0);
  const loose: number[] = [];
  let from = 0;
  for (const top of [...tops, rows].sort((a, b) => a - b)) {
    const to = Math.min(top - straight, rows);
    for (let row = from; row < to; row++) loose.push(row);
    if (to - from >= shortestSway) {
      const most = Math.min(sway, (to - from) / 4);
      const room = [Math.max(-most, 1 - at[0]!), Math.min(most, columns - 2 - at[2]!)] as const;
      const reach = uniform(random, ...room);
      // The first and the last row are in their lanes, so that no slanted stroke touches rows around them.
      const last = to - 1;
      const middle = from + (last - from) * uniform(random, 0.35, 0.65);
      for (let row = from; row < to; row++) {
        const t = row < middle ? (row - from) / (middle - from) : (last - row) / (last - middle);
        sways[row] = snapped(reach * smooth(t));
      }
    }
    from = top + turn + 1 + straight;
  }
  return { sways, loose };
}
