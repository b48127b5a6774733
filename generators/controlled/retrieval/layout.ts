/**
 * A document of Retrieval with a certified distance: where its keys stand.
 *
 * Slots, each `[role | sep^g | key | sep^g]` with a key of several tokens, make one block among
 * noise; the last token names a role, and the document's key is that of this role's slot. Two slots
 * matter: the asked one and the rival. They are any two of the block, and the block stands so that
 * the last token of the later one's key is at position L - 1 - D. The later one is the asked one;
 * where keys are exchanged, it is either, equally often.
 *
 * Token ids: 0 padding, 1 separator, then roles, tokens of keys, noise.
 */
import { int, sample, type Random } from '../../../core/random.ts';

export interface DocumentOptions {
  /** Tokens, L. */
  length: number;
  slots: number;
  /** Size of the vocabularies of roles, of key tokens, of noise. */
  roles: number;
  alphabet: number;
  noise: number;
  /** Tokens of a key. */
  keyLength: number;
  /** Separators before and after a key. */
  gap: number;
  /** Share of pairs whose first key is the common one, besides those by chance. */
  common: number;
}

/** Tokens of a key, as numbers from 0. */
export type Key = readonly number[];

export const separator = 1;
export const firstRole = 2;

/** First ids of key tokens and of noise. */
export const idsOf = ({ roles, alphabet }: Pick<DocumentOptions, 'roles' | 'alphabet'>) => ({
  firstKeyToken: firstRole + roles,
  firstNoise: firstRole + roles + alphabet,
});

export const slotSize = ({ keyLength, gap }: DocumentOptions) => 1 + 2 * gap + keyLength;

/** Distances at which the block fits before the last token, wherever in it the later slot stands. */
export function bounds(options: DocumentOptions): { smallest: number; largest: number } {
  const { length, slots, keyLength, gap } = options;
  const others = (slots - 1) * slotSize(options);
  return {
    smallest: Math.max(gap + 1, others - gap - keyLength),
    largest: length - 1 - others - gap - keyLength,
  };
}

/** Two keys that differ in their last token; half the time one is the other reversed. */
export function rivals(options: DocumentOptions, random: Random): [Key, Key] {
  const { keyLength, common } = options;
  const commonKey = [...new Array<number>(keyLength - 1).fill(0), 1];
  const reversed = int(random, 2) === 1;
  const fixed = random() < common;
  let pair: [Key, Key];
  do {
    const one = fixed ? commonKey : keyOf(options, random);
    pair = [one, reversed ? [...one].reverse() : keyOf(options, random)];
  } while (pair[0].at(-1) === pair[1].at(-1));
  return pair;
}

const keyOf = ({ alphabet, keyLength }: DocumentOptions, random: Random): Key =>
  Array.from({ length: keyLength }, () => int(random, alphabet));

/** A key that is none of those taken. */
export function keyBeside(options: DocumentOptions, taken: readonly Key[], random: Random): Key {
  let key: Key;
  do key = keyOf(options, random);
  while (taken.some((other) => other.every((k, i) => k === key[i])));
  return key;
}

export interface Document {
  tokens: Uint16Array;
  /** Puts a key into the asked slot and another into the rival one. */
  fill(asked: Key, rival: Key): void;
}

/** A document that asks for `role`; its other slots have other roles, and keys that are not `taken`. */
export function documentOf(
  options: DocumentOptions,
  distance: number,
  role: number,
  exchanged: boolean,
  taken: readonly Key[],
  random: Random,
): Document {
  const { length, slots, roles, noise, keyLength, gap } = options;
  const { firstKeyToken, firstNoise } = idsOf(options);
  const size = slotSize(options);
  const tokens = new Uint16Array(length);
  for (let i = 0; i < length; i++) tokens[i] = firstNoise + int(random, noise);
  const [earlier, later] = sample(random, slots, 2).sort((a, b) => a - b) as [number, number];
  const [asked, rival] = exchanged && int(random, 2) === 0 ? [earlier, later] : [later, earlier];
  const start = length - 1 - distance - later * size - gap - keyLength;
  tokens.fill(separator, start, start + slots * size);

  const put = (slot: number, key: Key) => {
    key.forEach((k, i) => (tokens[start + slot * size + gap + 1 + i] = firstKeyToken + k));
  };
  const others = sample(random, roles, slots).filter((other) => other !== role);
  for (let slot = 0; slot < slots; slot++) {
    tokens[start + slot * size] = firstRole + (slot === asked ? role : others.pop()!);
    if (slot === asked || slot === rival) continue;
    put(slot, keyBeside(options, taken, random));
  }
  tokens[length - 1] = firstRole + role;
  return {
    tokens,
    fill(one, other) {
      put(asked, one);
      put(rival, other);
    },
  };
}
