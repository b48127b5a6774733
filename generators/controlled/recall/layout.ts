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
 * Token ids: 0 padding, 1 separator, then values, keys, noise.
 */
import { int, sample, shuffle, type Random } from '../../../core/random.ts';
import { UsageError } from '../../../core/errors.ts';
import type { Evaluation } from '../../task.ts';
import type { Group } from '../controlled.ts';
import { placesIn, type Bin } from '../places.ts';

export interface RecallOptions {
  /** Tokens per sequence, L. */
  length: number;
  /** Values and classes, k; also slots per set. */
  values: number;
  /** Sets per sequence. */
  sets: number;
  /** Size of the vocabulary of keys. */
  keys: number;
  /** Size of the vocabulary of noise. */
  noise: number;
  /** Separators on either side of a value, g. */
  gap: number;
  /** Questions before the last one. */
  asked: number;
}

export const separator = 1;
export const firstValue = 2;

/** First ids of keys and of noise. */
export const idsOf = ({ values, keys }: Pick<RecallOptions, 'values' | 'keys'>) => ({
  firstKey: firstValue + values,
  firstNoise: firstValue + values + keys,
});

/** Tokens of a slot, s. */
export const slotOf = ({ gap }: Pick<RecallOptions, 'gap'>) => 2 * gap + 2;

/** Tokens at the end that hold questions, the last one included. */
export const tailOf = ({ asked }: Pick<RecallOptions, 'asked'>) => asked + 1;

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
  const { length, values: k, sets, noise, gap } = options;
  const { firstKey, firstNoise } = idsOf(options);
  const tokens = new Uint16Array(length);
  const tail = length - tailOf(options);
  for (let i = 0; i < tail; i++) tokens[i] = firstNoise + int(random, noise);

  const places = placesOfSets([asked, ...others], k, slotOf(options), random);
  const keys = sample(random, options.keys, sets * k);
  // Slot i has value (turns[i] + e) mod k in state e if it is one of the first k, the asked set.
  const turns: number[] = [];
  for (let set = 0; set < sets; set++)
    turns.push(
      ...shuffle(
        Array.from({ length: k }, (_, i) => i),
        random,
      ),
    );
  const positions = places.map((place) => length - 1 - place);
  positions.forEach((value, slot) => {
    tokens.fill(separator, value - gap, value + gap + 1);
    tokens[value - gap - 1] = firstKey + keys[slot]!;
    tokens[value] = firstValue + turns[slot]!;
  });
  const earlier = Array.from({ length: options.asked }, () => int(random, sets * k));
  earlier.forEach((slot, i) => (tokens[tail + i] = firstKey + keys[slot]!));

  const valueOf = (slot: number, state: number) =>
    slot < k ? (turns[slot]! + state) % k : turns[slot]!;
  return {
    places: places.slice(0, k),
    row(state, question) {
      for (let slot = 0; slot < k; slot++)
        tokens[positions[slot]!] = firstValue + valueOf(slot, state);
      tokens[length - 1] = firstKey + keys[question]!;
      return {
        tokens,
        label: valueOf(question, state),
        answers: earlier.map((slot) => valueOf(slot, state)),
      };
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

/** Positions of the slots' values by key token, from the tokens alone; undefined if a key occurs twice. */
export function slotsOf(
  tokens: ArrayLike<number>,
  options: RecallOptions,
): Map<number, number> | undefined {
  const { firstKey, firstNoise } = idsOf(options);
  const found = new Map<number, number>();
  for (let i = 0; i < options.length - tailOf(options); i++) {
    const token = tokens[i]!;
    if (token < firstKey || token >= firstNoise) continue;
    if (found.has(token)) return undefined;
    found.set(token, i + options.gap + 1);
  }
  return found;
}

/** What the tokens say: each question's key is looked up, and the value beside it read. */
export function evaluate(
  tokens: ArrayLike<number>,
  options: RecallOptions,
): Evaluation | undefined {
  const { length, values } = options;
  const slots = slotsOf(tokens, options);
  const answer = (position: number) => {
    const value = tokens[slots?.get(tokens[position]!) ?? length]! - firstValue;
    return value >= 0 && value < values ? value : undefined;
  };
  const label = answer(length - 1);
  const answers: number[] = [];
  let repeats = 0;
  for (let position = length - tailOf(options); position < length - 1; position++) {
    answers.push(answer(position) ?? -1);
    if (tokens[position] === tokens[length - 1]) repeats++;
  }
  if (label === undefined || answers.includes(-1)) return undefined;
  return { label, answers, repeats, place: length - 1 - slots!.get(tokens[length - 1]!)! };
}
