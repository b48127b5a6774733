/**
 * Which split each of many examples was seen in, in 17 bytes an entry: a hash table with open
 * addressing over the first 128 bits of their sha256. Two different ones of a million examples
 * agree in these with a probability of 10^-27.
 */
import { hash } from 'node:crypto';

export class Digests {
  private readonly words: Uint32Array; // [capacity, 4]
  /** Number of the split + 1, or 0 where the place is free. */
  private readonly marks: Uint8Array;

  /** @param most entries that are going to come. */
  constructor(most: number) {
    const capacity = 2 ** Math.ceil(Math.log2(1.5 * most + 2));
    this.words = new Uint32Array(4 * capacity);
    this.marks = new Uint8Array(capacity);
  }

  /** Notes an example of a split, 0 to 254, unless it was seen before. @returns where it was. */
  seen(example: NodeJS.ArrayBufferView, split: number): number | undefined {
    const digest = hash('sha256', example, 'buffer');
    const word = (i: number) => digest.readUInt32LE(4 * i);
    const mask = this.marks.length - 1;
    for (let at = word(0) & mask; ; at = (at + 1) & mask) {
      if (this.marks[at] === 0) {
        this.marks[at] = split + 1;
        for (let i = 0; i < 4; i++) this.words[4 * at + i] = word(i);
        return undefined;
      }
      let same = true;
      for (let i = 0; i < 4; i++) same &&= this.words[4 * at + i] === word(i);
      if (same) return this.marks[at]! - 1;
    }
  }
}
