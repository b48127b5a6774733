/**
 * Named streams of random numbers: Baagøe's Alea, through seedrandom.
 *
 * A stream is known by its name alone, so whatever draws from `seed/task/split/index` gives the
 * same example in any order, in any process and on any machine. Nothing else may be random here.
 */
import seedrandom from 'seedrandom';

/** Uniform numbers in [0, 1), multiples of 2^-32. */
export type Random = () => number;

/**
 * Numbers that every stream throws away at its start: the first three are simple functions of the
 * hashed name, and over names that differ in their last digits only they are not quite uniform.
 */
const discarded = 8;

/** The stream of that name, at its beginning. */
export function stream(name: string): Random {
  const random = seedrandom.alea(name);
  for (let i = 0; i < discarded; i++) random();
  return random;
}

/** The stream that makes example (or sibling group) `index` of a split. */
export function exampleStream(seed: number, task: string, split: string, index: number): Random {
  return stream(`${seed}/${task}/${split}/${index}`);
}

/** Uniform integer from 0 to bound - 1; bound at most 2^32. */
export function int(random: Random, bound: number): number {
  return Math.floor(random() * bound);
}

/** Standard normal number (Box and Muller); draws two uniform ones. */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}

type Items<T> = { readonly length: number; [index: number]: T };

/** Puts the items into a uniformly random order, in place (Fisher and Yates). */
export function shuffle<T, A extends Items<T>>(items: A, random: Random): A {
  for (let last = items.length - 1; last > 0; last--) {
    const other = int(random, last + 1);
    const kept = items[last]!;
    items[last] = items[other]!;
    items[other] = kept;
  }
  return items;
}

/** `count` different integers from 0 to bound - 1, in random order. */
export function sample(random: Random, bound: number, count: number): number[] {
  const pool = Array.from({ length: bound }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const other = i + int(random, bound - i);
    const kept = pool[i]!;
    pool[i] = pool[other]!;
    pool[other] = kept;
  }
  return pool.slice(0, count);
}
