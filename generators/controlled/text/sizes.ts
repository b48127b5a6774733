/** Options of the texts of `text-distance`, and the lengths and positions that follow from them, in bytes. */
import type { EchoOptions } from '../copies.ts';
import {
  endingLength,
  longestBeginning,
  longestBetween,
  longestWord,
  nameLength,
} from './words.ts';

export interface TextOptions {
  /** Bytes per text, L. */
  length: number;
  /** Sets of two people. */
  sets: number;
  /** Names that people may have. */
  names: number;
  /** Words of each sentiment for each of the five lengths. */
  words: number;
  /** Ways to begin a sentence. */
  wordings: number;
  /** Phrases that may stand between a word and its person; 0: nothing, both are one word. */
  phrases: number;
  /** Questions before the last one. */
  asked: number;
  /** Notes that stand twice; none if absent. */
  echo?: EchoOptions | undefined;
}

/** Bytes of the longest sentence up to its word's last byte, and after it. */
const longestStart = longestBeginning + longestWord;
const longestEnd = ({ phrases }: Pick<TextOptions, 'phrases'>) =>
  longestBetween(phrases) + nameLength + endingLength;
export const longestSentence = (chosen: Pick<TextOptions, 'phrases'>) =>
  longestStart + longestEnd(chosen);

/** What stands before the initials that are asked about. */
export const opening = 'And ';
/** The initial and its question mark. */
export const questionLength = 2;
export const tailLength = ({ asked }: Pick<TextOptions, 'asked'>) =>
  opening.length + (asked + 1) * (questionLength + 1) - 1;

/** Smallest and largest distance of a word's last byte. */
export const nearest = (chosen: Pick<TextOptions, 'asked' | 'phrases'>) =>
  longestEnd(chosen) + tailLength(chosen);
export const farthest = ({ length }: Pick<TextOptions, 'length'>) => length - longestStart;
/** Positions of the question marks of the earlier questions. */
export const askedAt = ({ length, asked }: Pick<TextOptions, 'length' | 'asked'>) =>
  Array.from({ length: asked }, (_, i) => length - 1 - (asked - i) * (questionLength + 1));
