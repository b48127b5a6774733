/**
 * Image with a certified distance: what does the picture show that the question asks for? Several
 * small pictures stand one below the other, each under a mark, a row of pixels of one grey level; the
 * last row is the mark of one of them. `cells.ts` has the geometry, `group.ts` the groups and why
 * nobody gets by without the question or from near pixels.
 *
 * The pictures are drawn, at tier lite shades and at tier lra shapes (`shapes.ts`), or, with
 * `pictures: 'cifar'`, small CIFAR-10 pictures in grey. Every group has new ones, so they have to be
 * classified. Rows without a cell are noise around a background.
 *
 * Pixels are tokens of a table, as in the Long Range Arena's Image task: pictures have 16 grey levels,
 * marks others, and a mark is known from any one of its pixels. At tier lite the first pixel of each
 * row of a picture has the mark's level, too.
 *
 * What helps to learn it: earlier questions ask for further pictures of the same sequence, and each
 * has an answer to learn from. And training rows may be easier, in two ways that are drawn
 * independently. In a share `alike` of them all pictures have the same class, so that the cell need
 * not be found. In a share `plain` pictures are of one grey level that tells the class, so that they
 * need not be classified. Validation and test groups are never easier.
 */
import { z } from 'zod';
import { pictureReading, type Mark } from '../../reading.ts';
import { classNames, identifyPictures, side as cifarSide } from '../../sources/cifar.ts';
import { defaultSources } from '../../sources/folder.ts';
import { bins, commonOptions, controlledTask, type Facts } from '../controlled.ts';
import { isGrid } from '../grid.ts';
import { otherBins, rowBin, setsFit } from '../places.ts';
import { bounds, cellRows } from './cells.ts';
import { evaluate, markIn } from './evaluate.ts';
import { makeGroup } from './group.ts';
import { cifarPictures, drawn } from './pictures.ts';
import { drawShade, drawShape, shadeNames, shapeNames } from './shapes.ts';

const options = z.strictObject({
  ...commonOptions,
  /** Columns of pixels; a picture has a row less. */
  side: z.int().min(8).max(64),
  /** What the pictures are. */
  pictures: z.enum(['shades', 'shapes', 'cifar']),
  /** Classes of pictures, k: the first of the shades, shapes or CIFAR-10's classes; also pictures per set. */
  classes: z.int().min(2).max(10),
  /** Sets of pictures per sequence. */
  sets: z.int().min(1).max(4),
  /** Whether rows of pictures begin with the mark's level, in place of their first pixel. */
  border: z.boolean(),
  /** Questions before the last one. */
  asked: z.int().min(0).max(64),
  /** Share of training rows in which all pictures have the same class. */
  alike: z.number().min(0).max(1),
  /** Share of training rows in which pictures are of one grey level. */
  plain: z.number().min(0).max(1),
});

type Options = z.output<typeof options>;

/** Names of classes. */
const namesOf: Record<Options['pictures'], readonly string[]> = {
  shades: shadeNames,
  shapes: shapeNames,
  cifar: classNames,
};

function facts(chosen: Options): Facts {
  const { length, side, classes, sets, border, asked } = chosen;
  const taken = classes * cellRows(side) * side;
  // Pixels of noise, in rows without a cell: each has more than one bit of chance.
  const noisy = length - sets * taken - (asked + 1) * side;
  return {
    picture: { rows: length / side, columns: side, scan: 'rows' },
    vocabulary: 257,
    classes,
    states: classes,
    questions: classes,
    question: side,
    asked: Array.from({ length: asked }, (_, i) => length - 1 - (asked - i) * side),
    sets,
    order: border ? 1 : side + 1,
    maskRatio: 0.5,
    // Rows in which cells begin, and the class that each shows; those of the asked set come first.
    extras: { tops: sets * classes, shown: sets * classes },
    ...bounds(chosen),
    room: Math.ceil(1.5 * taken),
    bits: Math.max(0, noisy),
  };
}

function check(chosen: Options): [field: string, expected: string] | undefined {
  const { length, side, pictures, classes, sets, distances } = chosen;
  if (length % side !== 0) return ['length', `expected a multiple of the side (${side})`];
  if (pictures !== 'cifar' && classes > namesOf[pictures].length)
    return [
      'classes',
      `expected at most as many as there are ${pictures} (${namesOf[pictures].length})`,
    ];
  if (pictures === 'cifar' && cifarSide % side !== 0)
    return ['side', `expected a divisor of ${cifarSide} for CIFAR-10 pictures`];
  const { nearest, farthest, room } = facts(chosen);
  if (!isGrid(distances, nearest, farthest + 1 - room)) return undefined;
  const found = bins(chosen, facts(chosen)).map((bin) => rowBin(bin, side));
  if (found.length > 0 && !setsFit({ bins: found, count: classes, apart: cellRows(side) }, sets))
    return ['sets', `expected fewer: ${sets} sets do not fit into any ${sets} bins of distances`];
  return undefined;
}

const common = { alike: 0.2, plain: 0.2 };

export const imageDistance = controlledTask({
  name: 'image-distance',
  title: 'Image at a distance',
  summary:
    'What the picture shows that the last row asks for, one of several, a known distance away.',
  version: 4,
  options,
  tiers: {
    smoke: {
      ...{ ...common, pictures: 'shades', border: true },
      ...{ length: 384, side: 8, classes: 2, sets: 1, asked: 1, distances: [24, 64] },
      ...{ train: 60, val: 4, test: 8 },
    },
    lite: {
      ...{ ...common, pictures: 'shades', border: true },
      ...{ length: 576, side: 8, classes: 2, sets: 2, asked: 3, distances: [40, 128, 256] },
      ...{ train: 4000, val: 40, test: 160 },
    },
    lra: {
      ...{ ...common, pictures: 'shapes', border: false },
      ...{ length: 4096, side: 16, classes: 4, sets: 2, asked: 3 },
      ...{ distances: [80, 1024, 2048] },
      ...{ train: 200, val: 10, test: 40 },
    },
  },
  check,
  facts,
  realData: { isRead: ({ pictures }) => pictures === 'cifar', identify: identifyPictures },
  async prepare(chosen, seed, sources = defaultSources()) {
    const { draw, source } =
      chosen.pictures === 'cifar'
        ? await cifarPictures(chosen, seed, sources)
        : { draw: drawn(chosen, chosen.pictures === 'shades' ? drawShade : drawShape) };
    const shared = { draw, all: bins(chosen, facts(chosen)) };
    return source === undefined ? { shared } : { shared, source };
  },
  makeGroup(chosen, bin, random, split, { draw, all }) {
    const others = otherBins(all, bin, chosen.sets, random);
    const [alike, plain] = [random() < chosen.alike, random() < chosen.plain];
    const ease = split === 'train' ? { alike, plain } : undefined;
    return makeGroup(chosen, draw, [bin, ...others], random, split, ease);
  },
  evaluate: ({ tokens, extras }, chosen) =>
    evaluate(tokens, chosen, { tops: extras.tops!, shown: extras.shown! }),
  read({ tokens, label, extras }, chosen) {
    const { length, side, asked, pictures } = chosen;
    const rows = length / side;
    const mark = markIn(tokens, rows - 1, side);
    const tops = Array.from(extras?.tops ?? []);
    const top = tops.find((each) => markIn(tokens, each, side) === mark);
    const box = (kind: Mark['kind'], y: number, height: number): Mark => ({
      ...{ kind, x: 0, y, width: side, height },
    });
    const marks = top === undefined ? [] : [box('evidence', top + 2, side - 1)];
    if (asked > 0) marks.push(box('earlier', rows - 1 - asked, asked));
    return {
      documents: [],
      between: '',
      picture: pictureReading(tokens, { rows, columns: side, scan: 'rows' }, [
        ...marks,
        box('question', rows - 1, 1),
      ]),
      question: 'What does the picture show whose mark is the last row?',
      answer: namesOf[pictures][label]!,
      notes: [],
    };
  },
});
