/**
 * Pathfinder of the Long Range Arena (Tay et al. 2021, https://arxiv.org/abs/2011.04006; the task is
 * Linsley et al. 2018, https://arxiv.org/abs/1805.08315): are the two dots on the same dashed curve?
 * The picture is read pixel by pixel; a token is a grey level + 1. `pathfinder` has 32 x 32 pixels,
 * `pathx` 128 x 128 and `pathx-256` 256 x 256, all with LRA's parameters; `snakes.ts` has the
 * algorithm. LRA's levels are 6 paddles a curve (easy), 9 and 14 (hard; the one that is reported).
 *
 * Two curves are always drawn, and the label, a fair coin, decides which end gets the second dot. So
 * only the curves tell the label, with one exception: two ends of one curve are slightly farther apart
 * than ends of two curves (by 0.5 of 13 pixels at 32 pixels). With `markers: matched` a picture is
 * taken only if both candidates for the second dot are equally far from the first one, in whole
 * steps of a 32nd of the side: then, in these steps, the distance of the dots is independent of the
 * label. `original` is LRA's.
 */
import { z } from 'zod';

import { exampleStream, int } from '../../../core/random.ts';
import { positionsOf, scanOrder, scans } from '../../pictures/scan.ts';
import { turned } from '../../pictures/transforms.ts';
import { pictureReading } from '../../reading.ts';
import type { SplitName, TaskDefinition, TierName } from '../../task.ts';
import { pathfinderFiles } from './files.ts';
import { SnakeDrawer, type Ends, type SnakeSettings } from './snakes.ts';

const count = z.int().positive().max(10_000_000);
const options = z.strictObject({
  /** Paddles of each of the two curves. */
  contourLength: z.union([z.literal(6), z.literal(9), z.literal(14)]),
  /** Whether the distance of the dots may depend on the label. */
  markers: z.enum(['original', 'matched']),
  /** Order in which the pixels are read. */
  scan: z.enum(scans),
  train: count,
  val: count,
  test: count,
});

type Options = z.output<typeof options>;

/** LRA's parameters by the side of the picture, without those that follow from the contour length. */
const sizes = {
  32: {
    padding: 1,
    margins: [1],
    seedDistance: 7,
    markerRadius: 1.5,
    paddleLength: 2,
    thickness: 0.5,
    continuity: 1,
    snakeContrast: 2,
    paddleContrast: 0.75,
    distractorPaddles: 20,
  },
  128: {
    padding: 1,
    margins: [2, 3],
    seedDistance: 20,
    markerRadius: 3,
    paddleLength: 5,
    thickness: 1.5,
    continuity: 1.8,
    snakeContrast: 0.9,
    paddleContrast: 1,
    distractorPaddles: 35,
  },
  256: {
    padding: 22,
    margins: [3],
    seedDistance: 27,
    markerRadius: 5,
    paddleLength: 5,
    thickness: 2,
    continuity: 1.8,
    snakeContrast: 1,
    paddleContrast: 1,
    distractorPaddles: 30,
  },
};

export type PathfinderSize = keyof typeof sizes;

/** How the original generator is set for a size and a contour length. */
export function snakeSettings(
  size: PathfinderSize,
  { contourLength }: Pick<Options, 'contourLength'>,
): SnakeSettings {
  const { distractorPaddles, ...settings } = sizes[size];
  const distractorLength = Math.floor(contourLength / 3);
  const distractors = Math.floor(distractorPaddles / distractorLength);
  return { size, ...settings, contourLength, distractorLength, distractors };
}

/** Distance between two of the ends, by their places in the list, in whole steps of a 32nd of the side. */
function stepsApart(ends: Ends, from: number, to: number, size: number): number {
  const [dy, dx] = [ends[from]! - ends[to]!, ends[from + 1]! - ends[to + 1]!];
  return Math.floor((Math.sqrt(dy * dy + dx * dx) * 32) / size);
}

function definition(
  name: string,
  title: string,
  size: PathfinderSize,
  tiers: Record<TierName, Pick<Options, SplitName> & Partial<Options>>,
): TaskDefinition<typeof options> {
  const common = { contourLength: 14, markers: 'original', scan: 'rows' } as const;
  return {
    name,
    title,
    kind: 'standard',
    summary: 'Whether two dots are on the same one of several dashed curves.',
    version: 2,
    options,
    tiers: {
      smoke: { ...common, ...tiers.smoke },
      lite: { ...common, ...tiers.lite },
      lra: { ...common, ...tiers.lra },
    },

    shape({ scan, train, val, test }) {
      return {
        length: size * size,
        vocabulary: 257,
        classes: 2,
        documents: 1,
        input: 'levels',
        picture: { rows: size, columns: size, scan },
        readout: 'pool',
        padded: false,
        distances: [],
        siblings: 1,
        order: 0,
        maskRatio: 0.5,
        counts: { train, val, test },
        // Rows and columns: of the two dots; of both ends of the curve with the first dot, then of
        // the other curve. Half of the gap between paddles.
        extras: { markers: 4, ends: 8, margin: 1 },
      };
    },

    async open(chosen, seed) {
      const drawer = new SnakeDrawer(snakeSettings(size, chosen));
      const position = positionsOf(scanOrder(chosen.scan, size, size));
      const offsets = { train: 0, val: chosen.train, test: chosen.train + chosen.val };
      return {
        example(split, index) {
          const random = exampleStream(seed, name, split, index);
          const label = int(random, 2);
          const picture = drawer.picture(random, (ends) => {
            let first = int(random, 2);
            if (chosen.markers === 'matched') {
              const matches = (curve: number) =>
                stepsApart(ends, 4 * curve, 2, size) === stepsApart(ends, 4 * curve, 6, size);
              if (!matches(first)) first = 1 - first;
              if (!matches(first)) return undefined;
            }
            return [first, label === 1 ? first : 1 - first];
          });
          const { levels, ends, markers, first, margin } = picture;
          const tokens = new Uint16Array(levels.length);
          for (let i = 0; i < levels.length; i++) tokens[position[i]!] = levels[i]! + 1;
          const curve = (which: number) => [...ends.subarray(4 * which, 4 * which + 4)];
          return {
            tokens,
            label,
            group: offsets[split] + index,
            distance: 0,
            extras: { markers, ends: [...curve(first), ...curve(1 - first)], margin: [margin] },
          };
        },
      };
    },

    /** Whether two dots are on one curve is the same however the picture is turned. */
    augment({ tokens }, { scan }, random) {
      return turned(tokens, { rows: size, columns: size, scan }, random);
    },

    read({ tokens, label }, { scan }) {
      return {
        documents: [],
        between: '',
        picture: pictureReading(tokens, { rows: size, columns: size, scan }),
        question: 'Are the two dots on one curve?',
        answer: label === 1 ? 'on one curve' : 'on two curves',
        notes: [],
      };
    },

    lra: pathfinderFiles(size, (chosen) => snakeSettings(size, chosen)),
  };
}

export const pathfinder = definition('pathfinder', 'Pathfinder', 32, {
  smoke: { train: 200, val: 50, test: 50 },
  // The easy level: no model learned the hard one in minutes.
  lite: { contourLength: 6, train: 20_000, val: 1_000, test: 2_000 },
  lra: { train: 160_000, val: 20_000, test: 20_000 },
});

export const pathx = definition('pathx', 'Path-X', 128, {
  smoke: { train: 40, val: 10, test: 10 },
  lite: { train: 4_000, val: 400, test: 1_000 },
  lra: { train: 160_000, val: 20_000, test: 20_000 },
});

export const pathx256 = definition('pathx-256', 'Path-256', 256, {
  smoke: { train: 20, val: 5, test: 5 },
  lite: { train: 1_000, val: 100, test: 400 },
  lra: { train: 160_000, val: 20_000, test: 20_000 },
});
