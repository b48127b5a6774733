/**
 * Pathfinder with a certified distance: in which lane does the curve start whose end is marked? Three
 * curves run down the whole picture, and at stations two of them cross. The marked end has to be traced
 * through all stations up to the top. `words.ts` has the order of stations that decides where a curve
 * starts, `group.ts` the groups and why nobody gets by without the question, from near rows, or from a
 * bag of small windows, and `drawings.ts` the two ways to draw.
 *
 * What helps to learn it: in a share `helpers` of the training rows there is one set only, and curves
 * cross at one station, or stations stand far apart, where the one in the middle of the bin tells much.
 * Earlier questions mark any end, and each has an answer to learn from. Validation and test groups are
 * never easier.
 */
import { z } from 'zod';
import { pictureReading, type Mark } from '../../reading.ts';
import { bins, commonOptions, controlledTask, type Facts } from '../controlled.ts';
import { isGrid } from '../grid.ts';
import { otherBins, setsFit } from '../places.ts';
import { evaluate } from './evaluate.ts';
import { makeGroup, pitch, rowBounds, stationRows, stationSets } from './group.ts';
import { drawings, groundBits, widest } from './drawings.ts';
import { lanes } from './words.ts';

const options = z.strictObject({
  ...commonOptions,
  /** Columns of pixels. */
  columns: z.int().min(12).max(256),
  /** Rows in which two curves cross. */
  turn: z.int().min(2).max(32),
  /** Straight rows before and after each station, h; the order certificate holds to h · columns + 1. */
  straight: z.int().min(1).max(16),
  drawing: z.enum(drawings),
  /** Stations of a set. */
  stations: z.literal([3, 4]),
  /** Sets of stations. */
  sets: z.int().min(1).max(4),
  /** Questions before the last one. */
  asked: z.int().min(0).max(64),
  /** Share of training rows that are easier. */
  helpers: z.number().min(0).max(0.9),
});

type Options = z.output<typeof options>;

function facts(chosen: Options): Facts {
  const { length, columns, straight, drawing, stations, sets, asked } = chosen;
  const rows = length / columns;
  const { nearest, farthest } = rowBounds(chosen);
  const looseRows = rows - 1 - asked - sets * stations * (stationRows(chosen) + 2 * straight);
  return {
    picture: { rows, columns, scan: 'rows' },
    vocabulary: 257,
    classes: lanes,
    states: lanes,
    questions: lanes,
    question: columns,
    asked: Array.from({ length: asked }, (_, i) => length - 1 - (asked - i) * columns),
    // The three ends are what is asked about, however many sets of stations there are.
    sets: 1,
    order: straight * columns + 1,
    maskRatio: 0.5,
    // Columns of the lanes, rows in which stations begin; those of the asked set come first.
    extras: { lanes, tops: stations * sets },
    nearest: nearest * columns,
    farthest: (farthest + 1) * columns - 1,
    room: 2 * stations * pitch(chosen) * columns,
    bits: groundBits(drawing, columns, looseRows),
  };
}

function check(chosen: Options): [field: string, expected: string] | undefined {
  const { length, columns, turn, drawing, sets, distances } = chosen;
  if (length % columns !== 0) return ['length', `expected a multiple of the columns (${columns})`];
  if (columns > widest(drawing))
    return ['columns', `expected at most ${widest(drawing)} for a drawing of ${drawing}`];
  if (drawing === 'shades' && turn % 2 !== 0)
    return ['turn', 'expected an even number, so that curves meet in a row'];
  const { nearest, farthest, room } = facts(chosen);
  if (!isGrid(distances, nearest, farthest + 1 - room)) return undefined;
  const found = bins(chosen, facts(chosen));
  if (found.length > 0 && !setsFit(stationSets(chosen, found), sets))
    return ['sets', `expected fewer: ${sets} sets do not fit into any ${sets} bins of distances`];
  return undefined;
}

/** Pictures of the small tiers. */
const inShades = {
  ...{ columns: 12, turn: 2, straight: 1 },
  ...{ drawing: 'shades' as const, stations: 3 as const, sets: 1 },
};

export const pathfinderDistance = controlledTask({
  name: 'pathfinder-distance',
  title: 'Pathfinder at a distance',
  summary:
    'In which lane the curve starts whose end is marked, where curves cross a known distance away.',
  version: 9,
  options,
  tiers: {
    smoke: {
      ...{ length: 480, ...inShades },
      ...{ asked: 1, helpers: 0.5 },
      ...{ distances: [36, 96], train: 60, val: 4, test: 8 },
    },
    lite: {
      ...{ length: 576, ...inShades },
      ...{ asked: 4, helpers: 0.6, distances: [72, 144, 252], train: 1800, val: 20, test: 80 },
    },
    lra: {
      ...{ length: 4096, columns: 16, turn: 4, straight: 2 },
      ...{ drawing: 'strokes', stations: 4, sets: 2, asked: 3, helpers: 0.5 },
      ...{ distances: [96, 256, 512, 1024, 2048], train: 300, val: 10, test: 40 },
    },
  },
  check,
  facts,
  prepare: (chosen) => ({ shared: bins(chosen, facts(chosen)) }),
  makeGroup(chosen, bin, random, split, all) {
    const others = otherBins(all, bin, chosen.sets, random);
    return makeGroup(chosen, [bin, ...others], random, split);
  },
  evaluate: ({ tokens, extras }, chosen) =>
    evaluate(tokens, chosen, { tops: extras.tops!, lanes: extras.lanes! }),
  read({ tokens, label, extras }, chosen) {
    const { length, columns, asked } = chosen;
    const rows = length / columns;
    const box = (kind: Mark['kind'], y: number, height: number): Mark => ({
      ...{ kind, x: 0, y, width: columns, height },
    });
    const marks = Array.from(extras?.tops ?? [])
      .slice(0, chosen.stations)
      .map((top) => box('evidence', top, stationRows(chosen)));
    if (asked > 0) marks.push(box('earlier', rows - 1 - asked, asked));
    return {
      documents: [],
      between: '',
      picture: pictureReading(tokens, { rows, columns, scan: 'rows' }, [
        ...marks,
        box('question', rows - 1, 1),
      ]),
      question:
        'In which lane, from the left, does the curve start whose end is marked in the last row?',
      answer: `lane ${label + 1}`,
      notes: [],
    };
  },
});
