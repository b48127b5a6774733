/**
 * A group of `retrieval-distance`: a full table of four states of the evidence and four questions.
 *
 * A set is four roles with two pairs of different keys. Both documents hold the same roles and the same keys;
 * which role has which key may differ. Roles 1 and 2 exchange keys if a bit of the document is set,
 * roles 3 and 4 if another is:
 *
 *     document 1: bits (a, a)        document 2: bits (c, 1 - c)
 *
 * The state is (a, c); the question names a role, in the last token of both documents; the label says
 * whether that role has the same key in both. Roles 1 and 2 have if a = c, roles 3 and 4 if not. So
 * - each state has two roles with the same key and two without: whoever does not read the question is
 *   right in exactly half of each row of the table;
 * - given one document and the question, the other document's bit makes both labels equally likely: so
 *   it does for whoever sees fewer than D tokens of either document, since both agree there;
 * - keys only change places, and so do all windows of at most `gap + 1` tokens that touch them, since
 *   separators stand on both sides of each key: a bag of such windows is the same in all states.
 *
 * Where keys have several tokens, roles 1 and 2 have keys that are each other's reverse, so do roles 3
 * and 4: whoever reads the tokens of a key but not their order is right in exactly half of the table, too.
 *
 * A slot is `[role | sep^gap | key | sep^gap]`. Slots stand among noise, at places of each document's
 * own; the asked set's in the bin, further sets' in other bins. Earlier questions are drawn from the
 * roles of all sets, with replacement, and are the same in all rows.
 *
 * Token ids: 0 padding, 1 separator, then roles, tokens of keys, noise.
 */
import { int, sample, type Random } from '../../../core/random.ts';
import type { SplitName } from '../../task.ts';
import type { Group } from '../controlled.ts';
import { placesOfSets, type Bin } from '../places.ts';

export interface RetrievalOptions {
  /** Tokens of each document, L. */
  length: number;
  /** Sets of four roles. */
  sets: number;
  /** Size of the vocabularies of roles, of key tokens, of noise. */
  roles: number;
  alphabet: number;
  noise: number;
  /** Tokens of a key. */
  keyLength: number;
  /** Separators before and after a key. */
  gap: number;
  /** Questions before the last one. */
  asked: number;
  /** Share of training rows that are easier. */
  helpers: number;
}

/** Tokens of a key, as numbers from 0. */
export type Key = readonly number[];

export const separator = 1;
export const firstRole = 2;
/** Roles of a set: the questions of a group. */
export const rolesPerSet = 4;
/** States of the evidence. */
export const states = 4;

/** First ids of key tokens and of noise. */
export const idsOf = ({ roles, alphabet }: Pick<RetrievalOptions, 'roles' | 'alphabet'>) => ({
  firstKeyToken: firstRole + roles,
  firstNoise: firstRole + roles + alphabet,
});

export const slotSize = ({ keyLength, gap }: Pick<RetrievalOptions, 'keyLength' | 'gap'>) =>
  1 + 2 * gap + keyLength;

/** A key that is not its own reverse, unless it is a single token. */
function drawKey({ alphabet, keyLength }: RetrievalOptions, random: Random): Key {
  for (;;) {
    const key = Array.from({ length: keyLength }, () => int(random, alphabet));
    if (keyLength === 1 || key.join() !== key.toReversed().join()) return key;
  }
}

/**
 * Pairs of different keys. No key of several tokens is another one or its reverse, except that the
 * second of a pair is the reverse of the first where pairs are `reversed`. Keys of one token may be in
 * several pairs.
 * @param first the first key of the first pair, if it is given
 */
function drawPairs(
  options: RetrievalOptions,
  count: number,
  isReversed: boolean,
  random: Random,
  first?: Key,
): [Key, Key][] {
  const taken = new Set<string>();
  const fresh = (given?: Key): Key => {
    for (;;) {
      const key = given ?? drawKey(options, random);
      if (taken.has(key.join())) continue;
      for (const each of [key, key.toReversed()]) taken.add(each.join());
      return key;
    }
  };
  return Array.from({ length: count }, (_, n) => {
    if (options.keyLength === 1) taken.clear();
    const key = fresh(n === 0 ? first : undefined);
    return [key, isReversed ? key.toReversed() : fresh()];
  });
}

/**
 * How the keys of a document depend on its bit: as certified, one key under all roles, or one key under
 * all roles that is the same in all such groups, whatever the bit.
 */
type Kind = 'roles' | 'everywhere' | 'common';

/** The key of documents of the kind `common`. */
const commonKey = ({ keyLength }: RetrievalOptions): Key => [
  ...new Array<number>(keyLength - 1).fill(0),
  1,
];

/**
 * Kinds of the two documents of a training group that is easier. A parity of three facts is hard to
 * learn from nothing, so these groups have one set, keys that are told apart without the order of
 * their tokens, and most leave out one or two of the facts. Each step is as frequent as any other, and
 * each document as often the easier one:
 *
 * - which key is in the other document, a given one or another?
 * - does the other document have the given key under the asked role?
 * - do both documents have the same key, whatever the role?
 * - does one document have the other's key under the asked role?
 * - do both documents have the same key under the asked role?
 */
function easierKinds(random: Random): [Kind, Kind] {
  const [step, isFirst] = [int(random, 5), int(random, 2) === 0];
  if (step === 4) return ['roles', 'roles'];
  const easier = step < 2 ? 'common' : 'everywhere';
  const other = step % 2 === 0 ? 'everywhere' : 'roles';
  return isFirst ? [easier, other] : [other, easier];
}

/**
 * A group: `row(e, j)` is the pair of documents in state e with question j.
 * @param bins bins of the asked set and of the further ones.
 */
export function makeGroup(
  options: RetrievalOptions,
  bins: readonly Bin[],
  random: Random,
  split: SplitName,
): Group {
  const { length, roles: vocabulary, noise, gap, asked } = options;
  const { firstKeyToken, firstNoise } = idsOf(options);
  const isEasier = split === 'train' && random() < options.helpers;
  const kinds: [Kind, Kind] = isEasier ? easierKinds(random) : ['roles', 'roles'];
  // A key under all roles would stand in nearer bins as well: easier groups have the asked set alone.
  const sets = isEasier ? 1 : options.sets;
  const slots = rolesPerSet * sets;
  const roles = sample(random, vocabulary, slots);
  const given = kinds.includes('common') ? commonKey(options) : undefined;
  const isReversed = !isEasier && options.keyLength > 1;
  const pairs = drawPairs(options, 2 * sets, isReversed, random, given);
  const flips = [int(random, 2), int(random, 2)] as const;
  const further = Array.from({ length: sets }, () => [int(random, 2), int(random, 2)] as const);
  const places = [0, 1].map(() =>
    placesOfSets(
      { bins: bins.slice(0, sets), count: rolesPerSet, apart: slotSize(options) },
      random,
    ).flat(),
  ) as [number[], number[]];
  const questions = Array.from({ length: asked }, () => int(random, slots));

  /** The bit of a document for a set of slots; the state decides that of the asked set, set 0. */
  const bit = (document: number, set: number, state: number) =>
    set === 0 ? ((state >> document) & 1) ^ flips[document]! : further[set]![document]!;
  const keyOf = (document: number, slot: number, state: number): Key => {
    if (kinds[document] === 'common') return pairs[0]![0];
    if (kinds[document] === 'everywhere') return pairs[0]![bit(document, 0, state)]!;
    const set = Math.floor(slot / rolesPerSet);
    const within = slot % rolesPerSet;
    const half = within >> 1;
    // The one key of the other document is of the first pair: all roles have keys of that pair here.
    const pair = kinds[1 - document] === 'roles' ? pairs[2 * set + half]! : pairs[0]!;
    const other = document === 1 ? half : 0;
    return pair[(within & 1) ^ bit(document, set, state) ^ other]!;
  };
  /** Labels of the roles of all slots, in each state. */
  const same = Array.from({ length: states }, (_, state) =>
    roles.map((_, slot) => {
      const [one, other] = [keyOf(0, slot, state), keyOf(1, slot, state)];
      return Number(one.every((k, i) => k === other[i]));
    }),
  );

  const tokens = new Uint16Array(2 * length);
  const write = (document: number, slot: number, state: number) => {
    const last = (document + 1) * length - 1 - places[document]![slot]!;
    const key = keyOf(document, slot, state);
    key.forEach((k, i) => (tokens[last - key.length + 1 + i] = firstKeyToken + k));
  };
  for (let i = 0; i < tokens.length; i++) tokens[i] = firstNoise + int(random, noise);
  for (const document of [0, 1]) {
    const end = (document + 1) * length - 1;
    places[document]!.forEach((place, slot) => {
      const start = end - place - options.keyLength - gap;
      tokens.fill(separator, start, start + slotSize(options));
      tokens[start] = firstRole + roles[slot]!;
      write(document, slot, 0);
    });
    questions.forEach((slot, i) => (tokens[end - asked + i] = firstRole + roles[slot]!));
  }

  return {
    /** The farther of the two documents' distances to the last token of the asked key. */
    places: Array.from({ length: rolesPerSet }, (_, j) => Math.max(places[0][j]!, places[1][j]!)),
    row(state: number, question: number) {
      for (const document of [0, 1]) {
        // Only keys of the asked set depend on the state.
        for (let slot = 0; slot < rolesPerSet; slot++) write(document, slot, state);
        tokens[(document + 1) * length - 1] = firstRole + roles[question]!;
      }
      return {
        tokens,
        label: same[state]![question]!,
        answers: questions.map((slot) => same[state]![slot]!),
      };
    },
  };
}
