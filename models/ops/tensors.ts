/**
 * tfjs with types that know the number of axes and of parts, and functions with gradients of their own.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

/** A list of `Length` items. */
export type Tuple<
  Item,
  Length extends number,
  Items extends Item[] = [],
> = Items['length'] extends Length ? Items : Tuple<Item, Length, [...Items, Item]>;

/** Sizes of a tensor of `rank` axes. @throws Error where it has another number of axes */
export function dims<Rank extends number>(x: Tensor, rank: Rank): Tuple<number, Rank> {
  return exactly(x.shape, rank, 'axes');
}

/** A tensor in `count` equal parts along an axis. */
export function split<Count extends number>(
  x: Tensor,
  count: Count,
  axis: number,
): Tuple<Tensor, Count> {
  return exactly(tf.split(x, count, axis), count, 'parts');
}

/** A tensor in parts of given sizes along an axis. */
export function splitSizes<const Sizes extends readonly number[]>(
  x: Tensor,
  sizes: Sizes,
  axis: number,
): { -readonly [At in keyof Sizes]: Tensor } {
  return tf.split(x, [...sizes], axis) as { -readonly [At in keyof Sizes]: Tensor };
}

/** The `count` entries along the first axis, which they lose. */
export function unstack<Count extends number>(x: Tensor, count: Count): Tuple<Tensor, Count> {
  return exactly(tf.unstack(x), count, 'entries');
}

function exactly<Item, Length extends number>(
  items: readonly Item[],
  length: Length,
  what: string,
): Tuple<Item, Length> {
  if (items.length !== length) {
    throw new Error(`A tensor has ${items.length} ${what}, expected ${length}.`);
  }
  return items as Tuple<Item, Length>;
}

/** A tensor with `before` and `after` more places along an axis, which hold `value`. */
export function pad(x: Tensor, axis: number, before: number, after: number, value = 0): Tensor {
  const sides = x.shape.map((_, at): [number, number] => (at === axis ? [before, after] : [0, 0]));
  return tf.pad(x, sides, value);
}

/**
 * A differentiable function from its value and its gradient, where the automatic gradient would make
 * more passes over memory than needed, or be wrong.
 *
 * @param forward gives the value and the tensors that the gradient needs. Tensors may not reach
 *   `backward` in any other way: intermediate ones are disposed of by then.
 * @param backward gives one gradient for each input, in order, of that input's shape.
 */
export function withGradient<Inputs extends Tensor[], Saved extends Tensor[]>(
  forward: (...inputs: Inputs) => { value: Tensor; saved: [...Saved] },
  backward: (dy: Tensor, ...saved: Saved) => { [At in keyof Inputs]: Tensor },
): (...inputs: Inputs) => Tensor {
  const differentiable = tf.customGrad((...given) => {
    const save = given.pop() as (tensors: Tensor[]) => void;
    const { value, saved } = forward(...(given as Inputs));
    save(saved);
    return { value, gradFunc: (dy: Tensor, kept: Tensor[]) => backward(dy, ...(kept as Saved)) };
  });
  return (...inputs) => differentiable(...inputs);
}
