/**
 * A group of `image-distance`: a full table of k states of the evidence and k questions.
 *
 * A set is k cells with one picture of each class. The pictures of a group are drawn once. State e
 * shifts those of the asked set over its cells, pixels and all; marks stay. Question j, the last row,
 * is the mark of the set's cell j. So
 * - a state shows each class once: whoever does not read the question is right in 1/k of each row of
 *   the table;
 * - over the states each cell shows each class once, and nothing else changes: so is whoever sees
 *   fewer than D tokens, in each column of the table;
 * - pictures stand between blank rows that are all alike, so all windows of at most side + 1 pixels
 *   that touch a picture change places with it: a bag of them is the same in all states.
 *
 * Further sets stand in other bins, each in a state of its own that is the same in all rows, so that
 * what is asked about and what is not are distributed alike. Earlier questions are drawn from the
 * cells of all sets, with replacement.
 */
import { int, sample, shuffle, type Random } from '../../../core/random.ts';
import type { SplitName } from '../../task.ts';
import type { Group } from '../controlled.ts';
import { placesOfSets, rowBin, type Bin } from '../places.ts';
import { blank, cellRows, markLevels, topOf, type CellOptions } from './cells.ts';
import { background, clamped, noise } from './shapes.ts';

/** A new picture of a class for a split: side - 1 rows of side pixels. */
export type Draw = (split: SplitName, label: number, random: Random) => Uint8Array;

/**
 * A group: `row(e, j)` is the strip in state e with question j. Tokens are grey levels plus 1.
 * @param bins bins of the asked set and of the further ones.
 */
export function makeGroup(
  options: CellOptions,
  draw: Draw,
  bins: readonly Bin[],
  random: Random,
  split: SplitName,
): Group {
  const { length, side, classes, sets, asked } = options;
  const cells = sets * classes;
  const rowBins = bins.map((bin) => rowBin(bin, side));
  // Distances in rows; those of the asked set come first.
  const places = placesOfSets(
    { bins: rowBins, count: classes, apart: cellRows(side) },
    random,
  ).flat();
  const tops = places.map((place) => topOf(options, place));
  const levels = markLevels(options);
  const marks = sample(random, levels.length, cells).map((n) => levels[n]!);
  const pictures = Array.from({ length: sets }, () =>
    shuffle([...Array(classes).keys()], random).map((label) => ({
      label,
      levels: draw(split, label, random),
    })),
  );
  const shifts = pictures.map(() => int(random, classes));
  /** The picture in a cell; the state shifts those of the asked set, set 0. */
  const pictureIn = (cell: number, state: number) => {
    const set = Math.floor(cell / classes);
    const shift = shifts[set]! + (set === 0 ? state : 0);
    return pictures[set]![(cell + shift) % classes]!;
  };
  const questions = Array.from({ length: asked }, () => int(random, cells));

  const ground = background(random);
  const tokens = new Uint16Array(length);
  for (let i = 0; i < length; i++) tokens[i] = 1 + clamped(ground + noise(random));
  const paintRow = (row: number, level: number) =>
    tokens.fill(1 + level, row * side, (row + 1) * side);
  const paintPicture = (cell: number, state: number) =>
    pictureIn(cell, state).levels.forEach(
      (level, i) => (tokens[(tops[cell]! + 2) * side + i] = 1 + level),
    );
  for (let cell = 0; cell < cells; cell++) {
    const top = tops[cell]!;
    paintRow(top, marks[cell]!);
    for (const row of [top + 1, top + cellRows(side) - 1]) paintRow(row, blank);
    paintPicture(cell, 0);
  }
  const lastRow = length / side - 1;
  questions.forEach((cell, i) => paintRow(lastRow - asked + i, marks[cell]!));

  return {
    places: places.slice(0, classes).map((place) => place * side),
    row(state: number, question: number) {
      for (let cell = 0; cell < classes; cell++) paintPicture(cell, state);
      paintRow(lastRow, marks[question]!);
      return {
        tokens,
        label: pictureIn(question, state).label,
        answers: questions.map((cell) => pictureIn(cell, state).label),
        extras: { tops, shown: tops.map((_, cell) => pictureIn(cell, state).label) },
      };
    },
  };
}
