/**
 * Associative recall with a certified distance (the diagnostic of Arora et al. 2023, "Zoology",
 * and Poli et al. 2024, "MAD", made into a task whose distance is proved).
 *
 * Layout of a sequence of L tokens:
 *
 *     noise ... noise  [key | sep^g | value | sep^g] x k  noise ... noise  query
 *
 * The k keys are different and drawn from a key vocabulary; the k values are the k value tokens in
 * random order, so a value is a class; the query repeats one of the keys, each position in the
 * block equally often; `sep` is one constant token and g the option `gap`. The k siblings of a
 * group are the k cyclic shifts of the values over the pairs: the queried key gets each value once
 * and nothing else changes.
 *
 * Distance. Siblings differ in every value and only there, so the nearest differing token is the
 * last value, put at position L - 1 - D: the last D tokens are identical, the query among them.
 * A read-out that depends on R positions to its left (n layers of ±w: R = n·w) sees a difference
 * exactly when D <= R. The queried pair itself may stand up to (k - 1)(2g + 2) tokens before the
 * last one; between D and that a model sees a part of the values.
 *
 * Order certificate(g + 1). Every value has g separators on either side, inside its pair on the
 * left and on the right alike, and D > g keeps the last of them clear of the query. So a window of
 * at most g + 1 tokens that holds a value holds only separators besides it, and over the values of
 * the block these windows are, for every offset, the k value tokens each once: the same multiset
 * in every sibling. Windows without a value are the same tokens in every sibling. This includes
 * windows cut by the ends of the sequence, since a key and g separators precede the first value.
 * With g + 2 tokens a window may hold a key and its value, so more cannot hold.
 *
 * Only D changes along the grid: length, block, number of noise tokens, vocabularies and the
 * queried position keep their distributions; noise moves from before the block to behind it.
 */
import { styleText } from 'node:util';
import { z } from 'zod';
import { exampleStream, int, sample, shuffle } from '../random.ts';
import { splits, type SplitName, type TaskDefinition } from '../task.ts';

const separator = 1;
const firstValue = 2;

/** Tokens from the first key to the last value. */
const span = ({ values, gap }: { values: number; gap: number }) => values * (2 * gap + 2) - gap;

const options = z
  .strictObject({
    /** Tokens a sequence, L. */
    length: z
      .int()
      .min(8)
      .max(1 << 20),
    /** Key-value pairs a sequence, and classes, k. */
    values: z.int().min(2).max(64),
    /** Size of the vocabulary of keys. */
    keys: z.int().min(2).max(16_384),
    /** Size of the vocabulary of the noise between block and query. */
    noise: z.int().min(2).max(16_384),
    /** Separators behind every key and every value; the order certificate holds to gap + 1. */
    gap: z.int().min(0).max(64),
    /** Ascending; empty for 4, 8, 16, ... and the largest possible. */
    distances: z.array(z.int().positive()).max(64),
    /** Sibling groups for each distance. */
    train: z.int().positive().max(1_000_000),
    val: z.int().positive().max(1_000_000),
    test: z.int().positive().max(1_000_000),
  })
  .superRefine((chosen, context) => {
    const wrong = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message });
    const { length, values, keys, gap, distances } = chosen;
    const smallest = gap + 1;
    const largest = length - span(chosen);
    if (keys < values) wrong('keys', `expected at least as many keys as values (${values})`);
    if (largest < smallest)
      wrong(
        'length',
        `expected at least ${smallest + span(chosen)} for ${values} pairs, gap ${gap}`,
      );
    else if (distances.some((d, i) => d < smallest || d > largest || d <= (distances[i - 1] ?? 0)))
      wrong('distances', `expected ascending numbers from ${smallest} to ${largest}`);
    else if (choices(chosen) < 2 * Math.log2(groupsOf(chosen)) + 40)
      wrong('length', 'expected more noise: these options leave too few different sequences');
  });

type Options = z.output<typeof options>;

/** Bits of choice in the noise of a group: two groups agree with probability 2^-bits at most. */
const choices = (chosen: Options) =>
  (chosen.length - span(chosen) - chosen.gap - 1) * Math.log2(chosen.noise);

const groupsOf = (chosen: Options) =>
  gridOf(chosen).length * (chosen.train + chosen.val + chosen.test);

function gridOf(chosen: Options): number[] {
  if (chosen.distances.length > 0) return chosen.distances;
  const largest = chosen.length - span(chosen);
  const grid: number[] = [];
  // A last step of less than a half would add a point that says nothing new.
  for (let d = Math.max(4, chosen.gap + 1); d * 1.5 <= largest; d *= 2) grid.push(d);
  return [...grid, largest];
}

/** Group number of a split's first group; groups count on from train over val to test. */
function firstGroup(chosen: Options, split: SplitName): number {
  const before = splits.slice(0, splits.indexOf(split));
  return before.reduce((sum, name) => sum + chosen[name], 0) * gridOf(chosen).length;
}

const tiers = {
  smoke: { length: 64, values: 4, train: 40, val: 8, test: 16 },
  lite: { length: 256, values: 8, train: 343, val: 32, test: 64 },
  lra: { length: 4096, values: 8, train: 1000, val: 50, test: 100 },
};
const common = { keys: 32, noise: 16, gap: 1, distances: [] };

export const recall: TaskDefinition<typeof options> = {
  name: 'recall',
  title: 'Recall',
  kind: 'controlled',
  summary: 'The value of the queried key, among several key-value pairs a known distance away.',
  version: 1,
  options,
  tiers: {
    smoke: { ...common, ...tiers.smoke },
    lite: { ...common, ...tiers.lite },
    lra: { ...common, ...tiers.lra },
  },

  shape(chosen) {
    const distances = gridOf(chosen);
    const examples = distances.length * chosen.values;
    return {
      length: chosen.length,
      vocabulary: firstValue + chosen.values + chosen.keys + chosen.noise,
      classes: chosen.values,
      readout: 'query',
      padded: false,
      distances,
      siblings: chosen.values,
      order: chosen.gap + 1,
      maskRatio: 0.15,
      counts: {
        train: chosen.train * examples,
        val: chosen.val * examples,
        test: chosen.test * examples,
      },
    };
  },

  async open(chosen, seed) {
    const { length, values: k, gap } = chosen;
    const firstKey = firstValue + k;
    const firstNoise = firstKey + chosen.keys;
    const grid = gridOf(chosen);
    const step = 2 * gap + 2;

    return {
      example(split, index) {
        const inSplit = Math.floor(index / k);
        const sibling = index % k;
        const random = exampleStream(seed, 'recall', split, inSplit);
        const distance = grid[inSplit % grid.length]!;
        const block = length - distance - span(chosen);

        const tokens = new Uint16Array(length);
        for (let i = 0; i < length; i++) tokens[i] = firstNoise + int(random, chosen.noise);
        tokens.fill(separator, block, block + k * step);
        const keys = sample(random, chosen.keys, k);
        const values = shuffle([...keys.keys()], random);
        const queried = int(random, k);
        for (let pair = 0; pair < k; pair++) {
          tokens[block + pair * step] = firstKey + keys[pair]!;
          tokens[block + pair * step + gap + 1] = firstValue + values[(pair + sibling) % k]!;
        }
        tokens[length - 1] = firstKey + keys[queried]!;
        return {
          tokens,
          label: values[(queried + sibling) % k]!,
          group: firstGroup(chosen, split) + inSplit,
          distance,
        };
      },
    };
  },

  show({ tokens, label, distance }, chosen) {
    const firstKey = firstValue + chosen.values;
    const firstNoise = firstKey + chosen.keys;
    const query = tokens[chosen.length - 1]!;
    const block = chosen.length - distance - span(chosen);
    const end = block + chosen.values * (2 * chosen.gap + 2);
    const word = (token: number) =>
      token === separator
        ? '.'
        : token < firstKey
          ? `v${token - firstValue}`
          : token < firstNoise
            ? `k${token - firstKey}`
            : `n${token - firstNoise}`;
    const words = Array.from({ length: end - block }, (_, i) => {
      const token = tokens[block + i]!;
      const evidence = token === query || token === firstValue + label;
      return evidence ? styleText(['bold', 'yellow'], word(token)) : word(token);
    });
    return [
      `${block} noise tokens`,
      words.join(' '),
      `${chosen.length - 1 - end} noise tokens`,
      `query ${styleText(['bold', 'yellow'], word(query))}, answer v${label}`,
    ].join('\n');
  },
};
