/**
 * Image of the Long Range Arena (Tay et al. 2021, https://arxiv.org/abs/2011.04006): what a CIFAR-10
 * picture shows, read pixel by pixel. 32 x 32 grey levels, row by row, 1,024 tokens; a token is a
 * level + 1.
 *
 * What is LRA's: the conversion to grey with its rounding, the test split (the archive's test batch;
 * at fewer than 10,000 examples a subset of it drawn by the seed), 45,000 training and 5,000
 * validation pictures at tier lra, drawn from the five training batches. What is not: which 5,000
 * those are. LRA takes the last tenth in TensorFlow Datasets' order; here the seed draws them. Training
 * and validation leave out pictures that equal, in grey, a test picture or an earlier one.
 *
 * `scan` is the order in which the pixels are read; LRA's is `rows`. With `side: 16`, as at tier
 * lite, a picture is made smaller by means over squares of four pixels: 256 tokens.
 */
import { z } from 'zod';
import { DataError } from '../../../core/errors.ts';

import { shuffle, stream } from '../../../core/random.ts';
import { scanOrder, scans } from '../../pictures/scan.ts';
import {
  classNames,
  identifyPictures,
  pixels,
  readPictures,
  side as cifarSide,
  type Pictures,
} from '../../sources/cifar.ts';
import { defaultSources } from '../../sources/folder.ts';
import { moved } from '../../pictures/transforms.ts';
import { pictureReading } from '../../reading.ts';
import { type SplitName, type TaskDefinition } from '../../task.ts';
import { imageFiles } from './files.ts';
import { inventPicture } from './invented.ts';

const count = z.int().positive().max(1_000_000);
const options = z.strictObject({
  /** Order in which the pixels are read. */
  scan: z.enum(scans),
  /** Pixels a side; LRA's is 32. */
  side: z.union([z.literal(16), z.literal(32)]),
  train: count,
  val: count,
  test: count,
});

export const image: TaskDefinition<typeof options> = {
  name: 'image',
  title: 'Image',
  kind: 'standard',
  summary: 'What a small grey picture shows, read pixel by pixel.',
  version: 2,
  options,
  tiers: {
    smoke: { scan: 'rows', side: 32, train: 400, val: 100, test: 100 },
    lite: { scan: 'rows', side: 16, train: 2_000, val: 1_000, test: 2_000 },
    lra: { scan: 'rows', side: 32, train: 45_000, val: 5_000, test: 10_000 },
  },

  shape({ scan, side, train, val, test }) {
    return {
      length: side * side,
      vocabulary: 257,
      classes: classNames.length,
      documents: 1,
      input: 'levels',
      picture: { rows: side, columns: side, scan },
      readout: 'pool',
      padded: false,
      distances: [],
      siblings: 1,
      order: 0,
      maskRatio: 0.5,
      counts: { train, val, test },
      extras: {},
    };
  },

  realData: { isRead: () => true, identify: identifyPictures, invent: inventPicture },

  async open(chosen, seed, sources = defaultSources()) {
    const found = await readPictures(sources);
    const { side } = chosen;
    const order = scanOrder(chosen.scan, side, side);
    const learning = shuffle(withoutRepeats(found), stream(`${seed}/image/train`));
    const testing = shuffle([...found.test.labels.keys()], stream(`${seed}/image/test`));
    const { train, val, test } = chosen;
    requireEnough('train and val together', val + train, learning.length);
    requireEnough('test', test, testing.length);
    const places: Record<SplitName, [pictures: Pictures, indices: number[], group: number]> = {
      train: [found.train, learning.slice(val), 0],
      val: [found.train, learning, train],
      test: [found.test, testing, train + val],
    };
    return {
      source: found.source,
      example(split, index) {
        const [{ levels, labels }, indices, firstGroup] = places[split];
        const picture = indices[index]!;
        const whole = levels.subarray(picture * pixels, (picture + 1) * pixels);
        const shown = side === cifarSide ? whole : halved(whole);
        const tokens = Uint16Array.from(order, (pixel) => shown[pixel]! + 1);
        return { tokens, label: labels[picture]!, group: firstGroup + index, distance: 0 };
      },
    };
  },

  /** Mirrored or not, and moved by up to an eighth of the side. */
  augment({ tokens }, { scan, side }, random) {
    return moved(tokens, { rows: side, columns: side, scan }, side / 8, random);
  },

  read({ tokens, label }, { scan, side }) {
    return {
      documents: [],
      between: '',
      picture: pictureReading(tokens, { rows: side, columns: side, scan }),
      question: 'What does the picture show?',
      answer: classNames[label]!,
      notes: [],
    };
  },

  lra: imageFiles,
};

/** Halves the side: each pixel is the mean of four, rounded half up. */
function halved(levels: Uint8Array): Uint8Array {
  const half = cifarSide / 2;
  return Uint8Array.from({ length: half * half }, (_, i) => {
    const first = 2 * (Math.floor(i / half) * cifarSide + (i % half));
    const [above, below] = [first, first + cifarSide];
    return (levels[above]! + levels[above + 1]! + levels[below]! + levels[below + 1]! + 2) >> 2;
  });
}

/** Training pictures that equal no test picture and no earlier training picture. */
function withoutRepeats({ train, test }: { train: Pictures; test: Pictures }): number[] {
  const textOf = ({ levels }: Pictures, n: number) =>
    Buffer.from(levels.buffer, levels.byteOffset + n * pixels, pixels).toString('latin1');
  const seen = new Set(Array.from(test.labels.keys(), (n) => textOf(test, n)));
  return [...train.labels.keys()].filter((n) => {
    const text = textOf(train, n);
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}

function requireEnough(what: string, needed: number, found: number): void {
  if (found >= needed) return;
  throw new DataError(
    `The source has ${found} different pictures for ${what}, but ${needed} are asked for; ask for fewer, as with --set train=${Math.max(1, Math.floor(0.9 * found))} --set val=${Math.max(1, Math.floor(0.1 * found))}, or get the whole archive.`,
  );
}
