/**
 * The sequences of recall: slots `[key sep^g value sep^g]` among noise, then a tail of questions.
 *
 * A set is k slots in one bin of distances that have each of the k values once. State e of a group
 * turns the values of the asked set by e: the slot with value σ_i has (σ_i + e) mod k. Question j is
 * the key of the set's j-th slot, as the last token; the other sets stay as they are.
 *
 * - reach: for a fixed question only values of the asked set differ, all of them at D or beyond, and
 *   the asked one takes each value once.
 * - question: for a fixed state only the last token differs, and the k asked slots have each value once.
 * - order(g + 1): a window of at most g + 1 tokens that holds a value holds only separators besides
 *   it, since g of them stand on either side of it. Over the values of the set these windows are, for
 *   every offset, the k values each once: the same in every state. All other windows are equal.
 *   With g + 2 tokens a window holds a key and its value, and fetching it by the key is the skill.
 *
 * With a signal some pairs stand twice (`copies.ts`). They have other keys than all sets and are the same
 * in all rows of a group, so what was said above holds. In a group of the part `signal` the last slot
 * before the questions is the second copy of the pair that is asked about: question j is the key in that
 * slot, and its value is to be predicted. With the sequence cut off behind that value and the value
 * hidden, the same certificates hold, distances counted from there; what follows is the same in all rows.
 */
import { int, sample, shuffle, type Random } from '../../../core/random.ts';
import { UsageError } from '../../../core/errors.ts';
import type { Group } from '../controlled.ts';
import { placeCopies, slotAt } from '../copies.ts';
import { placesIn, type Bin } from '../places.ts';
import { bodyOf, hiddenOf } from './echoes.ts';
import {
  firstValue,
  idsOf,
  keyCount,
  separator,
  slotOf,
  tailOf,
  type RecallOptions,
} from './vocabulary.ts';

/**
 * Makes a group.
 * @param asked bin of the set that is asked about last.
 * @param others bins of the other sets.
 */
export function makeGroup(
  options: RecallOptions,
  asked: Bin,
  others: readonly Bin[],
  random: Random,
): Group {
  const { length } = options;
  const { tokens, keys, places, valueOf, turn } = makeTable(
    ...([options, [asked, ...others], length - 1, [], random] as const),
  );
  return {
    places,
    row(state, question) {
      const answers = turn(state);
      tokens[length - 1] = keys[question]!;
      return { tokens, label: valueOf(question, state), answers };
    },
  };
}

/** Makes a group of the part `signal`; the bins count from the hidden value. */
export function makeSignalGroup(
  options: RecallOptions,
  asked: Bin,
  others: readonly Bin[],
  random: Random,
): Group {
  const { length, sets, values: k, gap } = options;
  const hidden = hiddenOf(options);
  const { tokens, keys, places, valueOf, turn } = makeTable(
    ...([options, [asked, ...others], hidden, [hidden], random] as const),
  );
  tokens[length - 1] = keys[int(random, sets * k)]!;
  tokens.fill(separator, hidden - gap, hidden + gap + 1);
  return {
    places,
    row(state, question) {
      const answers = turn(state);
      const label = valueOf(question, state);
      tokens[hidden - gap - 1] = keys[question]!;
      tokens[hidden] = firstValue + label;
      return { tokens, label, answers };
    },
  };
}

/**
 * A sequence without its last question, whose asked set can be turned.
 * @param bins of the sets, that of the asked one first, as distances from `end`.
 * @param kept positions of values whose slots must stay free.
 */
function makeTable(
  options: RecallOptions,
  bins: readonly Bin[],
  end: number,
  kept: readonly number[],
  random: Random,
) {
  const { length, values: k, sets, noise, gap, echo } = options;
  const { firstKey, firstNoise } = idsOf(options);
  const tokens = new Uint16Array(length);
  const tail = length - tailOf(options);
  for (let i = 0; i < tail; i++) tokens[i] = firstNoise + int(random, noise);

  const places = placesOfSets(bins, k, slotOf(options), random);
  // A slot that is kept free is the second copy of one of the sets' pairs.
  const pairs = echo ? echo.pairs - kept.length : 0;
  const keys = sample(random, keyCount(options), sets * k + pairs);
  // Slot i has value (turns[i] + e) mod k in state e if it is one of the first k, the asked set.
  const turns: number[] = [];
  for (let set = 0; set < sets; set++)
    turns.push(
      ...shuffle(
        Array.from({ length: k }, (_, i) => i),
        random,
      ),
    );
  const positions = places.map((place) => end - place);
  const putSlot = (at: number, key: number, value: number) => {
    tokens.fill(separator, at - gap, at + gap + 1);
    tokens[at - gap - 1] = firstKey + key;
    tokens[at] = firstValue + value;
  };
  positions.forEach((at, slot) => putSlot(at, keys[slot]!, turns[slot]!));
  const earlier = Array.from({ length: options.asked }, () => int(random, sets * k));
  earlier.forEach((slot, i) => (tokens[tail + i] = firstKey + keys[slot]!));

  if (echo && pairs > 0) {
    const body = bodyOf(options);
    const taken = [...positions, ...kept].map((at) => slotAt(body, at));
    placeCopies(body, echo, pairs, taken, random).forEach((copies, i) => {
      const value = int(random, k);
      for (const at of copies) putSlot(at, keys[sets * k + i]!, value);
    });
  }

  const valueOf = (slot: number, state: number) =>
    slot < k ? (turns[slot]! + state) % k : turns[slot]!;
  return {
    tokens,
    /** Tokens of the keys of all sets, those of the asked one first. */
    keys: keys.slice(0, sets * k).map((key) => firstKey + key),
    places: places.slice(0, k),
    valueOf,
    /** Puts the asked set into a state. @returns the answers to the earlier questions. */
    turn(state: number): number[] {
      for (let slot = 0; slot < k; slot++)
        tokens[positions[slot]!] = firstValue + valueOf(slot, state);
      return earlier.map((slot) => valueOf(slot, state));
    },
  };
}

/** Draws of all places before we say that they do not fit: bins overlap by a half at most. */
const tries = 50_000;

/**
 * Places of the values of each set in turn, `k` per set, no two nearer than `apart`: all such choices
 * equally likely. They are drawn until those of different bins keep clear of each other.
 * @throws UsageError if none is found.
 */
function placesOfSets(bins: readonly Bin[], k: number, apart: number, random: Random): number[] {
  // Sets of one bin are drawn as one, and dealt out afterwards.
  const byEdge = Map.groupBy(bins, ({ from }) => from);
  const distinct = [...byEdge.values()].sort(([a], [b]) => a!.from - b!.from);
  for (let i = 0; i < tries; i++) {
    const drawn = new Map<number, number[]>();
    let fits = true;
    for (const [bin, ...more] of distinct) {
      const places = placesIn(bin!, k * (1 + more.length), apart, random);
      fits = [...drawn.values()].every((others) => keepClear(others, places, apart));
      if (!fits) break;
      drawn.set(bin!.from, places);
    }
    if (!fits) continue;
    for (const places of drawn.values()) shuffle(places, random);
    return bins.flatMap(({ from }) => drawn.get(from)!.splice(0, k));
  }
  throw new UsageError(
    `${bins.length} sets of ${k} pairs found no room at distances ${distinct.map(([bin]) => `${bin!.from} to ${bin!.to - 1}`).join(', ')}: ask for fewer sets, or for distances that are farther apart.`,
  );
}

/** Whether no place of `a` is nearer than `apart` to one of `b`. */
function keepClear(a: number[], b: number[], apart: number): boolean {
  return a.every((x) => b.every((y) => Math.abs(x - y) >= apart));
}
