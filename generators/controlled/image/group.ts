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
 *   that touch a picture change places with it: a bag of them is the same in all states. With borders
 *   that is true of single pixels alone.
 *
 * Further sets stand in other bins, each in a state of its own that is the same in all rows, so that
 * what is asked about and what is not are distributed alike. Earlier questions are drawn from the
 * cells of all sets, with replacement.
 *
 * Groups that training takes a row of may be easier (`Ease`); certificates do not hold then.
 */
import { int, sample, shuffle, type Random } from '../../../core/random.ts';
import type { SplitName } from '../../task.ts';
import type { Group } from '../controlled.ts';
import { placesOfSets, rowBin, type Bin } from '../places.ts';
import { quantised } from '../levels.ts';
import { blank, cellRows, markLevels, topOf, type CellOptions } from './cells.ts';
import { background, clamped, noise } from './shapes.ts';

/** A new picture of a class for a split: side - 1 rows of side pixels. */
export type Draw = (split: SplitName, label: number, random: Random) => Uint8Array;

/** What makes a training strip easier. */
export interface Ease {
  /** All pictures have the same class, which the state decides: any picture answers all questions. */
  alike: boolean;
  /** A picture is one grey level throughout, which tells its class: it need not be classified. */
  plain: boolean;
}

/** Grey level of a plain picture. */
const plainLevel = (label: number, classes: number) =>
  quantised((255 * (label + 1)) / (classes + 1));

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
  ease: Ease = { alike: false, plain: false },
): Group {
  const { length, side, classes, sets, border, asked } = options;
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
      levels: ease.plain
        ? new Uint8Array((side - 1) * side).fill(plainLevel(label, classes))
        : draw(split, label, random).map(quantised),
    })),
  );
  const shifts = pictures.map(() => int(random, classes));
  /** The picture in a cell; the state shifts those of the asked set, set 0. */
  const pictureIn = (cell: number, state: number) => {
    const set = Math.floor(cell / classes);
    if (ease.alike) return pictures[set]!.find(({ label }) => label === state)!;
    const shift = shifts[set]! + (set === 0 ? state : 0);
    return pictures[set]![(cell + shift) % classes]!;
  };
  const questions = Array.from({ length: asked }, () => int(random, cells));

  const ground = background(random);
  const tokens = new Uint16Array(length);
  for (let i = 0; i < length; i++) tokens[i] = 1 + quantised(clamped(ground + noise(random)));
  const paintRow = (row: number, level: number) =>
    tokens.fill(1 + level, row * side, (row + 1) * side);
  const paintPicture = (cell: number, state: number) =>
    pictureIn(cell, state).levels.forEach((level, i) => {
      const shown = border && i % side === 0 ? marks[cell]! : level;
      tokens[(tops[cell]! + 2) * side + i] = 1 + shown;
    });
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
      const changed = ease.alike ? cells : classes;
      for (let cell = 0; cell < changed; cell++) paintPicture(cell, state);
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
