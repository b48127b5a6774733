import { describe, expect, it } from 'vitest';
import { stream } from '../../../../core/random.ts';
import {
  drawShortWords,
  drawWords,
  startOf,
  type Word,
} from '../../../../generators/controlled/pathfinder/words.ts';

/** Where each end starts: curves are put through the stations from the top, one swap after the other. */
function startsOf(word: Word): number[] {
  const lanes = [0, 1, 2];
  for (const kind of word)
    if (kind !== undefined) [lanes[kind], lanes[kind + 1]] = [lanes[kind + 1]!, lanes[kind]!];
  return lanes;
}

describe('words', () => {
  it('of a group have the same stations, and lead to the three cyclic shifts', () => {
    const seen = new Set<string>();
    for (let n = 0; n < 200; n++) {
      const words = drawWords(stream(`words ${n}`));
      for (const word of words) {
        expect([...word].sort()).toEqual([0, 0, 1, 1]);
        seen.add(word.join(''));
      }
      const starts = words.map((word) => startsOf(word).join(''));
      expect(starts.toSorted()).toEqual(['012', '120', '201']);
    }
    // The six words of two a and two b, all of them.
    expect(seen.size).toBe(6);
  });

  it('are read from the bottom up', () => {
    for (let n = 0; n < 50; n++)
      for (const word of [...drawWords(stream(`${n}`)), ...drawShortWords(stream(`${n}`))])
        expect([0, 1, 2].map((end) => startOf(end, word))).toEqual(startsOf(word));
  });

  it('of easier groups have two stations at the same places, and lead to the same shifts', () => {
    for (let n = 0; n < 50; n++) {
      const words = drawShortWords(stream(`${n}`));
      const absent = words.map((word) => word.map((kind) => kind === undefined).join());
      expect(new Set(absent).size).toBe(1);
      expect(words[0]!.filter((kind) => kind === undefined)).toHaveLength(2);
      expect(words.map((word) => startsOf(word).join('')).sort()).toEqual(['012', '120', '201']);
    }
  });

  it('of two curves would be told by the number of crossings', () => {
    // With one kind of crossing, all words of as many stations lead to the same place.
    for (const count of [0, 1, 2, 3])
      expect(startOf(0, new Array<0>(count).fill(0))).toBe(count % 2);
  });
});
