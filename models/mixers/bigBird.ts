/**
 * BigBird (Zaheer et al. 2020, https://arxiv.org/abs/2007.14062), block by block as its authors run
 * it: a block of tokens attends to itself and its two neighbours, to a few blocks drawn at random,
 * and to the first and the last block, which are global: they attend to all tokens too.
 *
 * The random blocks of a block are drawn without replacement from those that it does not see
 * anyway, once for an architecture: they are the same in all layers, heads and runs.
 */
import { z } from 'zod';
import { stream } from '../../core/random.ts';
import { attentionParameters, checkHeads, mergeHeads } from '../attention/attention.ts';
import { blockAttention, projectHeads, withSeeingEnds } from '../attention/block.ts';
import { fullAttention } from '../attention/full.ts';
import { additive, checkRotary, positionsWithoutAlibi } from '../attention/positions.ts';
import { buildMixer, type MixerDefinition } from '../mixer.ts';

const options = z.strictObject({
  /** Tokens per block. */
  block: z.int().min(1).default(16),
  /** Random blocks that a block attends to, where the sequence has as many that are left. */
  random: z.int().min(0).default(3),
  /** Attention heads; divides the width. */
  heads: z.int().min(1).default(4),
  positions: positionsWithoutAlibi.default('learned'),
});

export const bigBird: MixerDefinition<typeof options> = {
  name: 'bigbird',
  title: 'BigBird',
  family: 'efficient attention',
  year: 2020,
  paper: {
    title: 'Big Bird: Transformers for Longer Sequences',
    url: 'https://arxiv.org/abs/2007.14062',
  },
  causal: false,
  cost: 'L·block',
  notes: [
    'Random blocks are the same in all heads and layers; the authors draw them per head. Blocks have 16 tokens (option block), theirs 64.',
  ],
  stretches: () =>
    'Its global and random blocks are drawn for a length, so others are seen in a longer sequence.',
  options,
  create(shape, { block, random, heads, positions }) {
    const { length, width } = shape;
    checkHeads(heads, width);
    checkRotary(positions, width / heads);
    const size = Math.min(block, length);
    const count = Math.ceil(length / size);
    const ends = { first: size, last: count > 1 ? length - (count - 1) * size : 0 };
    const pattern = { size, neighbours: 1, ends, others: randomBlocks(count, random) };
    return buildMixer({
      parameters: attentionParameters(shape),
      reach: Infinity,
      positions: additive(positions),
      stateSize: 2 * length * width,
      apply(x, p, { mask, lastOnly }) {
        if (lastOnly) return fullAttention(x, p, { heads, positions }, { mask, lastOnly });
        const all = projectHeads(x, p, heads, positions);
        const sparse = blockAttention(all, pattern, [0], mask);
        return mergeHeads(withSeeingEnds(sparse, all, ends, mask), p);
      },
    });
  },
};

/**
 * For each of `count` blocks at most `wanted` others that are neither neighbours nor global, the
 * same number for each, filled up with −1. The global blocks see all and need none.
 */
export function randomBlocks(count: number, wanted: number): number[][] {
  const random = stream(`bigbird/${count}/${wanted}`);
  const lists = Array.from({ length: count }, (_, block) => {
    const left = Array.from({ length: count - 2 }, (_, i) => i + 1).filter(
      (other) => Math.abs(other - block) > 1,
    );
    const isGlobal = block === 0 || block === count - 1;
    const drawn = isGlobal ? 0 : Math.min(wanted, left.length);
    for (let i = 0; i < drawn; i++) {
      const j = i + Math.floor(random() * (left.length - i));
      [left[i], left[j]] = [left[j]!, left[i]!];
    }
    return left.slice(0, drawn);
  });
  const longest = Math.max(...lists.map(({ length }) => length));
  return lists.map((list) => [...list, ...new Array<number>(longest - list.length).fill(-1)]);
}
