/**
 * Associative recall with a certified distance (the diagnostic of Arora et al. 2023, "Zoology",
 * and Poli et al. 2024, "MAD", made into a task whose distance is proved).
 *
 * A sequence of L tokens holds key-value pairs among noise; its last token, the query, repeats one
 * of the keys, and the answer is that key's value. The keys of a sequence are different; the k
 * values are the classes. `recallLayouts.ts` has the two ways of placing the pairs:
 *
 * - `scattered`, the default: pairs anywhere, siblings differ in the queried value alone. It is
 *   learned in stages (which values occur, then which one the key goes with), so small models
 *   learn it in a few hundred steps.
 * - `block`: all pairs in one block, keys and values `gap` separators apart, siblings shift the
 *   values over the pairs. It adds the order certificate(gap + 1): no statistic of short windows
 *   tells anything, so nothing can be learned before everything is, and training is much harder.
 *
 * Distance. Siblings first differ, seen from the end, at position L - 1 - D: the last D tokens are
 * identical, the query among them. A read-out that depends on R positions to its left (n layers of
 * ±w: R = n·w) sees a difference exactly when D <= R.
 *
 * Only D changes along the grid: length, number of pairs, of noise tokens and of separators, and
 * vocabularies keep their distributions. In a block so does the queried pair's place among the
 * others; where pairs are scattered, the farther the queried one is, the more of the others follow.
 */
import { z } from 'zod';
import { exampleStream } from '../../../core/random.ts';
import { symbolPieces } from '../../reading.ts';
import type { TaskDefinition } from '../../task.ts';
import { exampleCounts, groupCount, placeOf } from '../groups.ts';
import { block, firstValue, idsOf, scattered, separator, spanOf } from './layouts.ts';

const options = z
  .strictObject({
    /** Tokens a sequence, L. */
    length: z
      .int()
      .min(8)
      .max(1 << 20),
    /** Where the pairs stand. */
    layout: z.enum(['scattered', 'block']),
    /** Different values, and classes, k. */
    values: z.int().min(2).max(64),
    /** Key-value pairs a sequence; as many as values where the layout is `block`. */
    pairs: z.int().min(2).max(64),
    /** Size of the vocabulary of keys. */
    keys: z.int().min(2).max(16_384),
    /** Size of the vocabulary of noise. */
    noise: z.int().min(2).max(16_384),
    /** Tokens between a key and its value; in a block the order certificate holds to gap + 1. */
    gap: z.int().min(0).max(64),
    /** Ascending; empty for 4, 8, 16, ... and the largest possible. */
    distances: z.array(z.int().positive()).max(64),
    /** Sibling groups for each distance. */
    train: groupCount,
    val: groupCount,
    test: groupCount,
  })
  .superRefine((chosen, context) => {
    const wrong = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message });
    const { length, layout, values, pairs, keys, gap, distances } = chosen;
    const smallest = smallestOf(chosen);
    const largest = largestOf(chosen);
    const needed = 2 * pairs * (gap + 2);
    if (layout === 'block' && pairs !== values)
      wrong('pairs', `expected as many as values (${values}) in a block`);
    else if (keys < pairs) wrong('keys', `expected at least as many keys as pairs (${pairs})`);
    else if (largest < smallest)
      wrong(
        'length',
        `expected at least ${smallest + spanOf(chosen)} for ${pairs} pairs, gap ${gap}`,
      );
    else if (layout === 'scattered' && length < needed)
      wrong(
        'length',
        `expected at least ${needed}, room to scatter ${pairs} pairs with gap ${gap}`,
      );
    else if (distances.some((d, i) => d < smallest || d > largest || d <= (distances[i - 1] ?? 0)))
      wrong(
        'distances',
        `expected ascending numbers from ${smallest} to ${largest}, got ${distances.join(', ')}`,
      );
    else if (choices(chosen) < 2 * Math.log2(groupsOf(chosen)) + 40)
      wrong('length', 'expected more noise: these options leave too few different sequences');
  });

type Options = z.output<typeof options>;

/** In a block, the last value's separators stand clear of the query. */
const smallestOf = ({ layout, gap }: Options) => (layout === 'block' ? gap + 1 : 1);
const largestOf = (chosen: Options) => chosen.length - spanOf(chosen);

/** Bits of choice in the noise of a group: two groups agree with probability 2^-bits at most. */
function choices(chosen: Options): number {
  const { length, layout, pairs, gap, noise } = chosen;
  const others = layout === 'block' ? pairs * (2 * gap + 2) : 2 * pairs;
  return (length - others - 1) * Math.log2(noise);
}

const groupsOf = (chosen: Options) =>
  gridOf(chosen).length * (chosen.train + chosen.val + chosen.test);

function gridOf(chosen: Options): number[] {
  if (chosen.distances.length > 0) return chosen.distances;
  const largest = largestOf(chosen);
  const grid: number[] = [];
  // A last step of less than a half would add a point that says nothing new.
  for (let d = Math.max(4, smallestOf(chosen)); d * 1.5 <= largest; d *= 2) grid.push(d);
  return [...grid, largest];
}

const tiers = {
  smoke: { length: 64, values: 4, pairs: 4, train: 200, val: 8, test: 16 },
  lite: { length: 256, values: 8, pairs: 6, train: 343, val: 16, test: 64 },
  lra: { length: 4096, values: 8, pairs: 6, train: 1000, val: 50, test: 100 },
};
const common = { layout: 'scattered', keys: 8, noise: 16, gap: 0, distances: [] } as const;

export const recall: TaskDefinition<typeof options> = {
  name: 'recall',
  title: 'Recall',
  kind: 'controlled',
  summary: 'The value of the queried key, among several key-value pairs, a known distance away.',
  version: 1,
  options,
  tiers: {
    smoke: { ...common, ...tiers.smoke, distances: [] },
    lite: { ...common, ...tiers.lite, distances: [] },
    lra: { ...common, ...tiers.lra, distances: [] },
  },

  shape(chosen) {
    const distances = gridOf(chosen);
    return {
      length: chosen.length,
      vocabulary: idsOf(chosen).firstNoise + chosen.noise,
      classes: chosen.values,
      documents: 1,
      input: 'tokens',
      readout: 'query',
      padded: false,
      distances,
      siblings: chosen.values,
      order: chosen.layout === 'block' ? chosen.gap + 1 : 0,
      maskRatio: 0.15,
      counts: exampleCounts(chosen, distances.length, chosen.values),
      extras: {},
    };
  },

  async open(chosen, seed) {
    const grid = gridOf(chosen);
    const layout = chosen.layout === 'block' ? block : scattered;

    return {
      example(split, index) {
        const place = placeOf(chosen, grid, chosen.values, split, index);
        const { inSplit, sibling, group, distance } = place;
        const random = exampleStream(seed, 'recall', split, inSplit);
        return { ...layout(chosen, distance, random)(sibling), group, distance };
      },
    };
  },

  read({ tokens, label }, chosen) {
    const { firstKey, firstNoise } = idsOf(chosen);
    const last = chosen.length - 1;
    const asked = tokens[last]!;
    const decides = Array.from(tokens).indexOf(asked) + chosen.gap + 1;
    const pieces = symbolPieces(tokens, (token, position) => {
      if (token >= firstNoise) return { text: '·', kind: 'noise' };
      if (token === separator) return { text: '–', kind: 'separator' };
      if (token >= firstKey)
        return { text: `key${token - firstKey}`, kind: position === last ? 'question' : 'key' };
      const kind = position === decides ? 'evidence' : 'value';
      return { text: `value${token - firstValue}`, kind };
    });
    return {
      documents: [pieces],
      between: ' ',
      picture: null,
      question: `Which value does key${asked - firstKey} have?`,
      answer: `value${label}`,
      notes: [],
    };
  },
};
