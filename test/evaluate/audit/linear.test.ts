/** The learners of the audit: what they learn, that they repeat, and that order does not matter to bags. */
import { describe, expect, it } from 'vitest';
import { accuracyOf, type Examples } from '../../../evaluate/audit/examples.ts';
import {
  bagFeatures,
  rawWindow,
  tokenCounts,
  windowFeatures,
} from '../../../evaluate/audit/features.ts';
import { fitLinear } from '../../../evaluate/audit/linear.ts';
import { fitNeighbours } from '../../../evaluate/audit/neighbour.ts';
import { fitNetwork } from '../../../evaluate/audit/network.ts';
import { int, shuffle, stream } from '../../../core/random.ts';
import { examplesFrom } from './support.ts';

const length = 24;
const shape = { length, vocabulary: 12, classes: 3 };

/** Noise of 7 tokens; what `mark` puts in tells the label. */
function marked(
  count: number,
  name: string,
  mark: (row: number[], label: number, draw: (bound: number) => number) => void,
): Examples {
  const random = stream(`test/${name}`);
  const draw = (bound: number) => int(random, bound);
  const labels = Array.from({ length: count }, () => draw(3));
  const rows = labels.map((label) => {
    const row = Array.from({ length: 12 + draw(length - 12) }, () => 1 + draw(7));
    mark(row, label, draw);
    return row;
  });
  return examplesFrom(rows, labels, shape);
}

const bag = (w: number, train: Examples) => bagFeatures(train, w, false);

describe('what is learned', () => {
  // The label is which of three pairs of neighbours occurs; all tokens occur equally often.
  const pairs = (row: number[], label: number, draw: (bound: number) => number) => {
    const [a, b, c] = [
      [8, 9, 10],
      [9, 10, 8],
      [10, 8, 9],
    ][label]!;
    row.splice(draw(row.length - 6), 5, a!, b!, 1 + draw(7), c!, 1 + draw(7));
  };
  const cyclic = ['train', 'val', 'test'].map((name) => marked(600, name, pairs));
  const [train, val, test] = cyclic as [Examples, Examples, Examples];

  it('two tokens side by side are seen by bags of 2-grams and not by counts', () => {
    expect(
      accuracyOf(fitLinear(bag(2, train), train, val).predict(test) as Uint8Array, test),
    ).toBeGreaterThan(0.9);
    const counts = [
      fitLinear(bag(1, train), train, val),
      fitNetwork(tokenCounts(train.shape), train, val),
    ];
    for (const fitted of [...counts, fitNeighbours(train, val)])
      expect(accuracyOf(fitted.predict(test) as Uint8Array, test)).toBeLessThan(0.45);
  });

  it('the same data give the same predictions', () => {
    const again = () => fitLinear(bag(2, train), train, val).predict(test);
    expect(again()).toEqual(again());
    const network = () => fitNetwork(rawWindow(train.shape, 'last', 4), train, val).predict(test);
    expect(network()).toEqual(network());
  });

  it('windows end where padding begins', () => {
    const lastPlaces = ['a', 'b', 'c'].map((name) =>
      marked(400, name, (row, label) => row.splice(-2, 1, 8 + label)),
    ) as [Examples, Examples, Examples];
    const [train, val, test] = lastPlaces;
    const accuracy = (side: 'first' | 'last', size: number) =>
      accuracyOf(
        fitLinear(windowFeatures(train, side, size), train, val).predict(test) as Uint8Array,
        test,
      );
    expect(accuracy('last', 2)).toBe(1);
    expect(accuracy('last', 1)).toBeLessThan(0.5);
    expect(accuracy('first', 4)).toBeLessThan(0.5);
    const network = fitNetwork(rawWindow(train.shape, 'last', 4), train, val);
    expect(accuracyOf(network.predict(test) as Uint8Array, test)).toBeGreaterThan(0.95);
  });
});

describe('equal bags', () => {
  it('get equal answers whatever the order, though weights are anything', () => {
    // Labels are random, so that scores lie close together and rounding would show.
    const [train, val] = ['noise', 'more noise'].map((name) => marked(500, name, () => {}));
    const random = stream('test/orders');
    const rows = Array.from({ length: 200 }, () =>
      Array.from({ length }, () => 1 + int(random, 9)),
    );
    const reordered = rows.map((row) => shuffle([...row], random));
    const labels = rows.map(() => 0);
    const [one, other] = [
      examplesFrom(rows, labels, shape),
      examplesFrom(reordered, labels, shape),
    ];
    const fits = [
      fitLinear(bag(1, train!), train!, val!),
      fitNetwork(tokenCounts(train!.shape), train!, val!),
      fitNeighbours(train!, val!),
    ];
    for (const fitted of fits) {
      expect(new Set(fitted.predict(one) as Uint8Array).size).toBeGreaterThan(1);
      expect(fitted.predict(other)).toEqual(fitted.predict(one));
    }
    // What sees the order does not.
    const ordered = fitLinear(bag(3, train!), train!, val!);
    expect(ordered.predict(other)).not.toEqual(ordered.predict(one));
  });
});
