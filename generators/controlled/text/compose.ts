/** Puts a text together: passages at their places, and filler wherever there is room, to the byte. */
import type { Random } from '../../../core/random.ts';
import { fill, type Fillers } from './fillers.ts';
import { tailLength, type TextOptions } from './sizes.ts';

/** What stands at a position. */
export interface Passage {
  at: number;
  text: string;
}

/** A text of these passages, which must not overlap, with room for the questions. */
export function compose(
  chosen: TextOptions,
  passages: readonly Passage[],
  fillers: Fillers,
  random: Random,
): Uint16Array {
  const tokens = new Uint16Array(chosen.length);
  let end = 0;
  const fillTo = (at: number) => {
    for (const piece of fill(at - end, fillers, random)) end = write(tokens, piece, end);
  };
  for (const { at, text } of passages.toSorted((a, b) => a.at - b.at)) {
    fillTo(at);
    end = write(tokens, text, at);
  }
  fillTo(chosen.length - tailLength(chosen));
  return tokens;
}

/** Writes ASCII text as tokens, each a byte + 1. @returns the position after it. */
export function write(tokens: Uint16Array, text: string, at: number): number {
  for (let i = 0; i < text.length; i++) tokens[at + i] = text.charCodeAt(i) + 1;
  return at + text.length;
}
