/**
 * The ladder of cheap predictors, from one that sees nothing to those that see all but the order, and the
 * oracles of the tasks that have some.
 */
import { argmax } from '../../core/math.ts';
import { attackersFor } from './attackers.ts';
import { fitNeighbours } from './neighbour.ts';
import { fitNetwork } from './network.ts';
import type { Examples, Predictor, Shape } from './examples.ts';
import {
  bagFeatures,
  rangeFeatures,
  rawWindow,
  segments,
  tokenCounts,
  windowFeatures,
} from './features.ts';
import { fitLinear } from './linear.ts';
import { listopsOracles } from './listopsOracle.ts';
import { pairOracles } from './pairOracle.ts';

/** Largest window of which a network reads every token. */
const mostRaw = 256;
const widths = [1, 2, 3, 4, 5];

/** 1, 4, 16, ... below the length. */
export function windowsFor(length: number): number[] {
  const sizes = [];
  for (let size = 1; size < length; size *= 4) sizes.push(size);
  return sizes;
}

const tokens = (size: number) => (size === 1 ? 'token' : `${size} tokens`);

export function ladderFor(task: string, shape: Shape): Predictor[] {
  const windows = windowsFor(shape.length);
  return [
    majority(),
    ...windows.map((size) => windowPredictor(shape, 'first', size)),
    ...windows.map((size) => windowPredictor(shape, 'last', size)),
    ...windows
      .filter((size) => size > 1 && size <= mostRaw)
      .flatMap((size) => [rawPredictor(shape, 'first', size), rawPredictor(shape, 'last', size)]),
    lengthPredictor(shape),
    {
      name: 'counts-network',
      family: 'counts',
      title: 'How often each token occurs, a small network',
      covered: () => shape.order >= 1,
      fit: (train, val) => fitNetwork(tokenCounts(shape), train, val),
    },
    {
      name: 'counts-nearest',
      family: 'counts',
      title: 'How often each token occurs, nearest neighbours in training',
      covered: () => shape.order >= 1,
      fit: fitNeighbours,
    },
    ...widths.map((w) => bagPredictor(shape, w, false)),
    ...widths.map((w) => bagPredictor(shape, w, true)),
    ...attackersFor(shape),
    ...oraclesFor(task, shape),
  ];
}

function majority(): Predictor {
  return {
    name: 'majority',
    family: 'constant',
    title: 'Nothing: always the most frequent class of training',
    covered: () => true,
    fit(train) {
      const counts = new Int32Array(train.shape.classes);
      for (const label of train.split.labels) counts[label]!++;
      const label = argmax(counts);
      return {
        predict: (examples) => new Uint8Array(examples.count).fill(label),
        chosen: `class ${label}`,
      };
    },
  };
}

/**
 * The last W tokens are the same in all evidence states from distance W on, and the first ones are the
 * same for all questions if they end before the question.
 */
const coveredWindow = (shape: Shape, side: 'first' | 'last', size: number) => (distance: number) =>
  side === 'last'
    ? shape.readout === 'query' && size <= distance
    : shape.table !== undefined &&
      shape.table.question > 0 &&
      size <= shape.length - shape.table.question;

function windowPredictor(shape: Shape, side: 'first' | 'last', size: number): Predictor {
  return {
    name: `${side}-${size}`,
    family: side,
    title: `The ${side} ${tokens(size)}, n-grams, linear`,
    size,
    covered: coveredWindow(shape, side, size),
    fit: (train, val) => fitLinear(windowFeatures(train, side, size), train, val),
  };
}

function rawPredictor(shape: Shape, side: 'first' | 'last', size: number): Predictor {
  return {
    name: `${side}-${size}-network`,
    family: side,
    title: `The ${side} ${tokens(size)}, a small network`,
    size,
    covered: coveredWindow(shape, side, size),
    fit: (train, val) => fitNetwork(rawWindow(shape, side, size), train, val),
  };
}

function lengthPredictor(shape: Shape): Predictor {
  const { documents, padded } = shape;
  const read = ({ lengths }: Examples, row: number) =>
    lengths.subarray(row * documents, (row + 1) * documents);
  return {
    name: 'length',
    family: 'length',
    title: 'The length, linear in ranges',
    covered: () => !padded,
    fit: (train, val) => fitLinear(rangeFeatures(train, documents, read), train, val),
  };
}

function bagPredictor(shape: Shape, w: number, positioned: boolean): Predictor {
  return {
    name: positioned ? `placed-bag-${w}` : `bag-${w}`,
    family: 'bag',
    title: `Counts of ${w}-grams${positioned ? ` in each of ${segments} parts` : ''}, linear`,
    size: w,
    covered: () => !positioned && w <= shape.order,
    fit: (train, val) => fitLinear(bagFeatures(train, w, positioned), train, val),
  };
}

function oraclesFor(task: string, shape: Shape): Predictor[] {
  const oracles: Predictor[] = [];
  if (task === 'listops') oracles.push(...listopsOracles(windowsFor(shape.length)));
  if (shape.documents === 2) oracles.push(...pairOracles(shape));
  if (shape.extras.markers === 4) oracles.push(markerDistance());
  return oracles;
}

/** Pathfinder: how far the two dots are from one another in the picture. */
function markerDistance(): Predictor {
  const read = ({ split }: Examples, row: number) => {
    const [row1, column1, row2, column2] = split.extras.markers!.subarray(4 * row, 4 * row + 4);
    return [Math.hypot(row1! - row2!, column1! - column2!)];
  };
  return {
    name: 'marker-distance',
    family: 'oracle',
    title: 'How far apart the two dots are, linear in ranges',
    covered: () => false,
    fit: (train, val) => fitLinear(rangeFeatures(train, 1, read), train, val),
  };
}
