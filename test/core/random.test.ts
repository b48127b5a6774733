import { describe, expect, it } from 'vitest';
import { exampleStream, int, normal, sample, shuffle, stream } from '../../core/random.ts';
import { chiSquareLimit, histogram } from '../generators/support.ts';

const take = (count: number, next: () => number) => Array.from({ length: count }, next);

/** Chi-square of counts against equal shares. */
function uneven(counts: number[]): number {
  const expected = counts.reduce((a, b) => a + b, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('streams', () => {
  it('depend on their name only', () => {
    expect(take(5, stream('1/recall/train/7'))).toEqual(
      take(5, exampleStream(1, 'recall', 'train', 7)),
    );
    expect(take(5, stream('a'))).not.toEqual(take(5, stream('b')));
  });

  it('keep their numbers from version to version', () => {
    expect(take(3, stream('1/recall/train/0'))).toMatchInlineSnapshot(`
      [
        0.7617820233572274,
        0.7977549913339317,
        0.6743373109493405,
      ]
    `);
  });

  it('are uniform over names that differ in the last digits, from the first number on', () => {
    for (const draw of [0, 1, 2]) {
      const firsts = take(100_000, () => 0).map((_, i) => {
        const random = exampleStream(1, 'recall', 'train', i);
        for (let skipped = 0; skipped < draw; skipped++) random();
        return int(random, 100);
      });
      expect(uneven(histogram(firsts, 100))).toBeLessThan(chiSquareLimit(99));
      const pairs = firsts
        .slice(1)
        .map((x, i) => Math.floor(x / 10) * 10 + Math.floor(firsts[i]! / 10));
      expect(uneven(histogram(pairs, 100))).toBeLessThan(chiSquareLimit(99));
    }
  });
});

describe('draws', () => {
  it('shuffle into every order equally often', () => {
    const random = stream('shuffle');
    const orders = take(24_000, () => {
      const [a, b, c] = shuffle([0, 1, 2, 3], random);
      return a * 16 + b * 4 + c;
    });
    const counts = histogram(orders, 64).filter((count) => count > 0);
    expect(counts).toHaveLength(24);
    expect(uneven(counts)).toBeLessThan(chiSquareLimit(23));
  });

  it('sample different numbers, each equally often', () => {
    const random = stream('sample');
    const drawn = take(10_000, () => 0).map(() => sample(random, 10, 3));
    expect(drawn.every((numbers) => new Set(numbers).size === 3)).toBe(true);
    expect(uneven(histogram(drawn.flat(), 10))).toBeLessThan(chiSquareLimit(9));
  });

  it('are normal with mean 0 and variance 1', () => {
    const random = stream('normal');
    const drawn = take(100_000, () => normal(random));
    const mean = drawn.reduce((a, b) => a + b, 0) / drawn.length;
    const variance = drawn.reduce((a, b) => a + b * b, 0) / drawn.length;
    const beyond = drawn.filter((x) => Math.abs(x) > 1.959964).length / drawn.length;
    expect(mean).toBeCloseTo(0, 1.5);
    expect(variance).toBeCloseTo(1, 1.5);
    expect(beyond).toBeCloseTo(0.05, 2);
  });
});
