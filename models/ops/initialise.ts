/**
 * Initial values of parameters. Every initialiser draws from the stream it is given and from
 * nothing else, so that a seed fixes the whole model.
 */
import type { Random } from '../../core/random.ts';

/** Fills a parameter of `size` values. */
export type Initialiser = (size: number, random: Random) => Float32Array;

/** `size` values, each from one call of `draw`. */
function fill(size: number, draw: (index: number) => number): Float32Array {
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) values[i] = draw(i);
  return values;
}

/** One standard normal number (Box and Muller 1958); the stream advances by two. */
function standardNormal(random: Random): number {
  // 1 - random() lies in (0, 1], so the logarithm is finite.
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export const constant =
  (value: number): Initialiser =>
  (size) =>
    new Float32Array(size).fill(value);

export const zeros = constant(0);
export const ones = constant(1);

/** The same values whatever the stream, repeated until the parameter is full. */
export const values =
  (given: ArrayLike<number>): Initialiser =>
  (size) =>
    fill(size, (i) => given[i % given.length]!);

export const normal =
  (std: number): Initialiser =>
  (size, random) =>
    fill(size, () => std * standardNormal(random));

export const uniform =
  (minimum: number, maximum: number): Initialiser =>
  (size, random) =>
    fill(size, () => minimum + (maximum - minimum) * random());

/** For a matrix [inputs, outputs]: keeps the variance of its input, times `gain` squared. */
export const fanIn = (inputs: number, gain = 1): Initialiser => normal(gain / Math.sqrt(inputs));
