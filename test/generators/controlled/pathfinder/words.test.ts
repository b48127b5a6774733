import { describe, expect, it } from 'vitest';
import { stream } from '../../../../core/random.ts';
import {
  crossing,
  drawSingles,
  drawWords,
  startOf,
  type Word,
} from '../../../../generators/controlled/pathfinder/words.ts';

/** Where each end starts: curves are put through the stations from the top, one swap after the other. */
function startsOf(word: Word): number[] {
  const lanes = [0, 1, 2];
  for (const kind of word) {
    if (kind === undefined) continue;
    const [left, right] = crossing[kind];
    [lanes[left], lanes[right]] = [lanes[right]!, lanes[left]!];
  }
  return lanes;
}

describe('words', () => {
  it('of four stations lead to the three cyclic shifts, by the same stations', () => {
    const seen = new Set<string>();
    for (let n = 0; n < 200; n++) {
      const words = drawWords(stream(`words ${n}`), 4);
      for (const word of words) {
        expect([...word].sort()).toEqual([0, 0, 1, 1]);
        seen.add(word.join(''));
      }
      expect(words.map((word) => startsOf(word).join('')).sort()).toEqual(['012', '120', '201']);
    }
    // The six words of two a and two b, all of them.
    expect(seen.size).toBe(6);
  });

  it('of three stations lead where their middle one leads', () => {
    const seen = new Set<string>();
    for (let n = 0; n < 200; n++) {
      const words = drawWords(stream(`words ${n}`), 3);
      for (const word of words) {
        expect([...word].sort()).toEqual([0, 1, 2]);
        expect(startsOf(word)).toEqual(startsOf([word[1]]));
        seen.add(word.join(''));
      }
      expect(words.map((word) => startsOf(word).join('')).sort()).toEqual(['021', '102', '210']);
    }
    expect(seen.size).toBe(6);
  });

  it.each([3, 4] as const)('of %i stations are read from the bottom up', (stations) => {
    for (let n = 0; n < 50; n++)
      for (const draw of [drawWords, drawSingles])
        for (const word of draw(stream(`${n}`), stations))
          expect([0, 1, 2].map((end) => startOf(end, word))).toEqual(startsOf(word));
  });

  it('of easier groups have one station, at the same place', () => {
    for (let n = 0; n < 50; n++) {
      const words = drawSingles(stream(`${n}`), n % 2 === 0 ? 3 : 4);
      const absent = words.map((word) => word.map((kind) => kind === undefined).join());
      expect(new Set(absent).size).toBe(1);
      expect(words[0]!.filter((kind) => kind !== undefined)).toHaveLength(1);
      expect(words.map((word) => startsOf(word).join('')).sort()).toEqual(['021', '102', '210']);
    }
  });

  it('of two curves would be told by the number of crossings', () => {
    // With one kind of crossing, all words of as many stations lead to the same place.
    for (const count of [0, 1, 2, 3])
      expect(startOf(0, new Array<0>(count).fill(0))).toBe(count % 2);
  });
});
