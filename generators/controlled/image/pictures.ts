/**
 * The pictures of `image-distance`: drawn shapes, or CIFAR-10 pictures in grey, made smaller by means
 * over squares. CIFAR-10 pictures of the validation and test examples are others than those of the
 * training examples.
 */
import { DataError } from '../../../core/errors.ts';
import { int, shuffle, stream } from '../../../core/random.ts';
import {
  classNames,
  pixels as cifarPixels,
  readPictures,
  side as cifarSide,
  type Pictures,
} from '../../sources/cifar.ts';
import { splits } from '../../task.ts';
import type { Draw } from './group.ts';
import type { drawShape } from './shapes.ts';

interface Chosen {
  side: number;
  classes: number;
}

/** Drawn pictures, which need no data. */
export const drawn =
  ({ side }: Chosen, draw: typeof drawShape): Draw =>
  (_, label, random) =>
    draw(label, side - 1, side, random);

/**
 * CIFAR-10 pictures made smaller. A tenth of the training pictures, drawn by the seed, is for validation.
 * @throws DataError if the source lacks a class.
 */
export async function cifarPictures(
  { side, classes }: Chosen,
  seed: number,
  sources: string,
): Promise<{ draw: Draw; source: string }> {
  const { train, test, source } = await readPictures(sources);
  const order = shuffle([...train.labels.keys()], stream(`${seed}/image-distance/pictures`));
  const forVal = Math.floor(order.length / 10);
  const pools = {
    train: byClass(train, order.slice(forVal), side),
    val: byClass(train, order.slice(0, forVal), side),
    test: byClass(test, [...test.labels.keys()], side),
  };
  for (const split of splits)
    for (let label = 0; label < classes; label++)
      if (pools[split][label]!.length === 0)
        throw new DataError(
          `The source has no picture of class ${classNames[label]} for ${split}; get the whole archive, or ask for fewer classes.`,
        );
  return {
    source,
    draw(split, label, random) {
      const pool = pools[split][label]!;
      return pool[int(random, pool.length)]!;
    },
  };
}

/** Means over squares. A picture has a row less than columns: what it lacks is cut above and below alike. */
function byClass(pictures: Pictures, chosen: number[], side: number): Uint8Array[][] {
  const square = cifarSide / side;
  const top = square >> 1;
  const pools: Uint8Array[][] = classNames.map(() => []);
  for (const n of chosen) {
    const small = new Uint8Array((side - 1) * side);
    for (let i = 0; i < small.length; i++) {
      const row = top + Math.floor(i / side) * square;
      const first = n * cifarPixels + row * cifarSide + (i % side) * square;
      let sum = 0;
      for (let r = 0; r < square; r++)
        for (let c = 0; c < square; c++) sum += pictures.levels[first + r * cifarSide + c]!;
      small[i] = Math.floor(sum / square ** 2 + 0.5);
    }
    pools[pictures.labels[n]!]!.push(small);
  }
  return pools;
}
