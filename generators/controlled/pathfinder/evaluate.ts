/**
 * Answers of `pathfinder-distance`, from the pixels: the kind of each station and the ends that are
 * marked are read off the picture. Only where stations and lanes are is taken from the extra columns.
 */
import type { Evaluation } from '../../task.ts';
import { placeOf, stationRows, type PathfinderOptions } from './group.ts';
import { markColumns, markLevel } from './drawings.ts';
import { startOf, type Kind } from './words.ts';

/** Rows in which stations begin, −1 for none, and columns of the lanes. */
export interface Facts {
  tops: ArrayLike<number>;
  lanes: ArrayLike<number>;
}

/**
 * What the pixels say.
 * @returns undefined if a station or the mark of a question cannot be read.
 */
export function evaluate(
  tokens: ArrayLike<number>,
  options: PathfinderOptions,
  facts: Facts,
): Evaluation | undefined {
  const { length, columns, asked, stations } = options;
  const rows = length / columns;
  const lanes = Array.from(facts.lanes);
  const ends = Array.from({ length: asked + 1 }, (_, n) =>
    markedLane(tokens, rows - 1 - asked + n, options, lanes),
  );
  const tops = Array.from(facts.tops).filter((top) => top >= 0);
  const kinds = new Map(tops.map((top) => [top, kindAt(tokens, top, options, lanes)]));
  if (ends.includes(undefined) || [...kinds.values()].includes('unclear')) return undefined;
  const word = tops.toSorted((a, b) => a - b).map((top) => kinds.get(top) as Kind | undefined);
  const crossed = tops.slice(0, stations).filter((top) => kinds.get(top) !== undefined);
  const answers = ends.map((end) => startOf(end!, word));
  const label = answers.pop()!;
  const last = ends.pop();
  return {
    label,
    answers,
    place: placeOf(options, Math.max(...crossed)),
    repeats: ends.filter((end) => end === last).length,
  };
}

/** The lane beside whose column the mark of a row begins. */
function markedLane(
  tokens: ArrayLike<number>,
  row: number,
  { columns, drawing }: PathfinderOptions,
  lanes: number[],
): number | undefined {
  const bright: number[] = [];
  for (let column = 0; column < columns; column++)
    if (tokens[row * columns + column]! > markLevel(drawing, columns)) bright.push(column);
  const first = bright[0] ?? -1;
  const lane = lanes.indexOf(first + 1);
  return lane >= 0 && bright.length === markColumns(drawing, columns, first) ? lane : undefined;
}

/** Which curves cross, if any: where the station differs from the straight row above it. */
function kindAt(
  tokens: ArrayLike<number>,
  top: number,
  options: PathfinderOptions,
  lanes: number[],
): Kind | undefined | 'unclear' {
  const { columns } = options;
  let [left, right] = [columns, -1];
  for (let row = top; row < top + stationRows(options); row++)
    for (let column = 0; column < columns; column++)
      if (tokens[row * columns + column] !== tokens[(top - 1) * columns + column]) {
        left = Math.min(left, column);
        right = Math.max(right, column);
      }
  if (right < 0) return undefined;
  const middle = lanes[1]!;
  const [isLeft, isRight] = [left < middle - 1, right > middle + 1];
  if (isLeft && isRight) return 2;
  return isLeft ? 0 : isRight ? 1 : 'unclear';
}
