/**
 * The two layouts of recall: where the pairs stand, and what differs between siblings.
 *
 * Token ids: 0 padding, 1 separator, then values, keys, noise.
 */
import { int, sample, shuffle, type Random } from '../../../core/random.ts';

export interface RecallOptions {
  length: number;
  layout: 'scattered' | 'block';
  values: number;
  pairs: number;
  keys: number;
  noise: number;
  gap: number;
}

/** A sibling group at one distance: its members, by number. */
export type MakeSibling = (sibling: number) => { tokens: Uint16Array; label: number };

export const separator = 1;
export const firstValue = 2;

/** First ids of keys and of noise. */
export const idsOf = ({ values, keys }: Pick<RecallOptions, 'values' | 'keys'>) => ({
  firstKey: firstValue + values,
  firstNoise: firstValue + values + keys,
});

/** Tokens from the first one that a pair needs to the nearest value: the distance has the rest. */
export function spanOf({ layout, pairs, gap }: RecallOptions): number {
  return layout === 'block' ? pairs * (2 * gap + 2) - gap : gap + 2;
}

/**
 * `scattered`: the queried value stands at position L - 1 - D, its key gap + 1 tokens before it;
 * the other pairs stand anywhere else, each place equally often, with values of their own; between
 * a key and its value, as everywhere, is noise. Siblings differ in the queried value alone, so D is
 * its distance exactly. What a sequence contains gives the value away in part (it is one of those
 * that occur), so there is no order certificate.
 */
export function scattered(options: RecallOptions, distance: number, random: Random): MakeSibling {
  const { length, values, pairs, gap } = options;
  const { firstKey } = idsOf(options);
  const tokens = noiseOf(options, random);
  const keys = sample(random, options.keys, pairs);
  const queried = length - 1 - distance;
  const taken = new Set([length - 1, queried, queried - gap - 1]);
  tokens[length - 1] = tokens[queried - gap - 1] = firstKey + keys[0]!;
  for (const key of keys.slice(1)) {
    let place: number;
    do place = int(random, length - 2 - gap);
    while (taken.has(place) || taken.has(place + gap + 1));
    taken.add(place).add(place + gap + 1);
    tokens[place] = firstKey + key;
    tokens[place + gap + 1] = firstValue + int(random, values);
  }
  return (sibling) => {
    const member = tokens.slice();
    member[queried] = firstValue + sibling;
    return { tokens: member, label: sibling };
  };
}

/**
 * `block`: k pairs, one for each value, in one block `[key | sep^g | value | sep^g] x k` whose last
 * value stands at position L - 1 - D. The k siblings are the k cyclic shifts of the values over the
 * pairs: the queried key gets each value once and nothing else changes. The queried pair is any of
 * them equally often, and may stand up to (k - 1)(2g + 2) tokens before the last one.
 *
 * Order certificate(g + 1). Every value has g separators on either side, inside its pair on the
 * left and on the right alike, and D > g keeps the last of them clear of the query. So a window of
 * at most g + 1 tokens that holds a value holds only separators besides it, and over the values of
 * the block these windows are, for every offset, the k value tokens each once: the same multiset
 * in every sibling. Windows without a value are the same tokens in every sibling. This includes
 * windows cut by the ends of the sequence, since a key and g separators precede the first value.
 * With g + 2 tokens a window may hold a key and its value, so more cannot hold.
 */
export function block(options: RecallOptions, distance: number, random: Random): MakeSibling {
  const { length, values: k, gap } = options;
  const { firstKey } = idsOf(options);
  const step = 2 * gap + 2;
  const start = length - distance - spanOf(options);
  const tokens = noiseOf(options, random);
  tokens.fill(separator, start, start + k * step);
  const keys = sample(random, options.keys, k);
  const values = shuffle([...keys.keys()], random);
  const queried = int(random, k);
  keys.forEach((key, pair) => (tokens[start + pair * step] = firstKey + key));
  tokens[length - 1] = firstKey + keys[queried]!;
  return (sibling) => {
    const member = tokens.slice();
    for (let pair = 0; pair < k; pair++)
      member[start + pair * step + gap + 1] = firstValue + values[(pair + sibling) % k]!;
    return { tokens: member, label: values[(queried + sibling) % k]! };
  };
}

function noiseOf({ length, values, keys, noise }: RecallOptions, random: Random): Uint16Array {
  const { firstNoise } = idsOf({ values, keys });
  const tokens = new Uint16Array(length);
  for (let i = 0; i < length; i++) tokens[i] = firstNoise + int(random, noise);
  return tokens;
}
