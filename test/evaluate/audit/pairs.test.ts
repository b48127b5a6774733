/** What two documents share, papers by identity, and copies across splits. */
import { describe, expect, it } from 'vitest';
import { overlapsOf } from '../../../evaluate/audit/duplicates.ts';
import { accuracyOf, Examples } from '../../../evaluate/audit/examples.ts';
import { paperFacts, pairOracles } from '../../../evaluate/audit/pairOracle.ts';
import { int, stream } from '../../../core/random.ts';
import { examplesFrom } from './support.ts';

const length = 80;
const random = stream('test/pairs');
const text = () => Array.from({ length }, () => 1 + int(random, 200));

/** Pairs that share a stretch where the label is 1; papers with even numbers cite. */
function pairs(count: number, papers: number) {
  const labels = Array.from({ length: count }, () => int(random, 2));
  const rows = labels.map((label) => {
    const [first, second] = [text(), text()];
    if (label === 1) second.splice(5, 20, ...first.slice(40, 60));
    return [...first, ...second];
  });
  const numbers = labels.flatMap((label) => [
    2 * int(random, papers) + 1 - label,
    2 * papers + int(random, papers),
  ]);
  const shape = { length, documents: 2, extras: { papers: 2 } } as const;
  return examplesFrom(rows, labels, shape, { papers: numbers });
}

describe('pairs', () => {
  const [train, val, test] = [pairs(300, 10), pairs(100, 10), pairs(100, 10)];
  const oracles = pairOracles(train.shape);
  const accuracy = async (name: string) => {
    const fitted = await oracles.find((oracle) => oracle.name === name)!.fit(train, val);
    return accuracyOf(await fitted.predict(test), test);
  };

  it('are told by shared n-grams, and by papers that are known from training', async () => {
    expect(await accuracy('shared-4-grams')).toBe(1);
    expect(await accuracy('shared-n-grams')).toBe(1);
    expect(await accuracy('paper-identity')).toBeGreaterThan(0.95);
    expect(await accuracy('shared-1-grams')).toBeLessThan(0.95);
  });

  it('papers whose other pairs are in training are known by the label that they lack', async () => {
    const reversed = (examples: Examples) => {
      const { labels } = examples.split;
      return new Examples({ ...examples.split, labels: labels.map((y) => 1 - y) }, examples.shape);
    };
    const identity = oracles.find(({ name }) => name === 'paper-identity')!;
    const fitted = await identity.fit(train, reversed(val));
    const other = reversed(test);
    expect(accuracyOf(await fitted.predict(other), other)).toBeGreaterThan(0.95);
    expect(fitted.chosen).toMatch(/reversed/);
  });

  it('papers are counted', () => {
    const shape = { length: 2, documents: 2, extras: { papers: 2 } } as const;
    const of = (papers: number[]) =>
      examplesFrom(
        Array.from({ length: papers.length / 2 }, () => [1, 1, 1, 1]),
        Array.from({ length: papers.length / 2 }, () => 0),
        shape,
        { papers },
      );
    expect(Object.values(paperFacts(of([1, 2, 3, 4]), of([1, 9, 2, 3, 7, 8])))).toEqual([
      6, 3, 1, 1, 1,
    ]);
  });
});

describe('copies', () => {
  const rows = Array.from({ length: 60 }, text);
  const labels = rows.map((_, i) => i % 2);
  const train = examplesFrom(rows, labels, { length });
  const changed = (row: number[], places: number) =>
    row.map((token, i) => (i < places ? (token % 200) + 1 : token));

  it('are found, exact and nearly so, and nothing else', () => {
    const own = Array.from({ length: 20 }, text);
    const test = examplesFrom(
      [rows[3]!, rows[4]!, changed(rows[7]!, 2), changed(rows[8]!, 40), ...own],
      [1, 1, 1, 0, ...own.map(() => 0)],
      { length },
    );
    const val = examplesFrom(Array.from({ length: 5 }, text), [0, 0, 0, 0, 0], { length });
    const [inTrain, valInTrain, inVal] = overlapsOf(train, val, test);
    // Rows 3, 4 and 7 have labels 1, 0 and 1.
    expect(inTrain).toMatchObject({ of: 'test', in: 'train', count: 24, exact: 2, near: 3 });
    expect(inTrain!.sameLabel).toBeCloseTo(2 / 3);
    expect(valInTrain).toMatchObject({ of: 'val', exact: 0, near: 0 });
    expect(inVal).toMatchObject({ of: 'test', in: 'val', exact: 0, near: 0 });
  });

  it('are found document by document in pairs', () => {
    const shape = { length, documents: 2 } as const;
    const [a, b, c] = [text(), text(), text()];
    const trainPairs = examplesFrom([[...a, ...b]], [0], shape);
    const testPairs = examplesFrom([[...c, ...a]], [0], shape);
    const found = overlapsOf(trainPairs, trainPairs, testPairs);
    expect(found.filter(({ of, in: inside }) => of === 'test' && inside === 'train')).toMatchObject(
      [
        { unit: 'example', count: 1, exact: 0 },
        { unit: 'document', count: 2, exact: 1 },
      ],
    );
  });
});
