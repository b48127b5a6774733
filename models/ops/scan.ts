/**
 * Diagonal linear recurrences over a sequence, channel by channel, real or complex:
 *
 *   h_t = a_t ∘ h_{t−1} + b_t,   h_{−1} = 0     (backwards: h_t = a_t ∘ h_{t+1} + b_t, h_L = 0)
 *
 * by a tree (as in Blelloch 1990, "Prefix sums and their applications"): groups of eight tokens are
 * each summed up as one step h -> A h + B, the groups' states follow from the same recurrence over
 * an eighth of the tokens, and then every token's. That is of order L in time and memory, with log₈ L
 * rounds of a few operations. Nothing is divided and no logarithm is taken: only products of factors
 * appear that the recurrence itself has, so that it is as stable as the recurrence, whatever its sign
 * or size, and a factor of 0 forgets everything.
 *
 * The gradient is a recurrence of the same kind the other way round, g_t = dh_t + ā_{t+1} ∘ g_{t+1},
 * with db_t = g_t and da_t = g_t ∘ conj(h_{t−1}); nothing but a and h is kept for it.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { product, type Complex } from './complex.ts';
import { dims, pad, unstack, withGradient } from './tensors.ts';

const groupSize = 8;

export interface ScanOptions {
  /** From the last token to the first. */
  backwards?: boolean;
}

/**
 * @param a [B, L, C], or 1 in place of any axis along which it does not change
 * @param b [B, L, C]
 * @returns h [B, L, C]
 */
export function scan(a: Tensor, b: Tensor, { backwards = false }: ScanOptions = {}): Tensor {
  return withGradient(
    (a: Tensor, b: Tensor) => {
      const [h] = run([a], [b], backwards);
      return { value: h, saved: [a, h] };
    },
    (dh, a, h) => {
      const [g] = run([toNext(a, backwards)], [dh], !backwards);
      const da = tf.mul(g, previous(h, backwards));
      return [sumTo(da, a.shape), g];
    },
  )(a, b);
}

/** The same for complex numbers. */
export function complexScan(
  a: Complex,
  b: Complex,
  { backwards = false }: ScanOptions = {},
): Complex {
  const both = withGradient(
    (ar: Tensor, ai: Tensor, br: Tensor, bi: Tensor) => {
      const h = run([ar, ai], [br, bi], backwards);
      return { value: tf.stack(h), saved: [ar, ai, ...h] };
    },
    (dh, ar, ai, hr, hi) => {
      const next: Pair = [toNext(ar, backwards), tf.neg(toNext(ai, backwards))];
      const g = run(next, unstack(dh, 2), !backwards);
      const before: Pair = [previous(hr, backwards), tf.neg(previous(hi, backwards))];
      const [re, im] = times(g, before);
      return [sumTo(re, ar.shape), sumTo(im, ar.shape), ...g];
    },
  )(a.re, a.im, b.re, b.im);
  const [re, im] = unstack(both, 2);
  return { re, im };
}

/** A real number as one tensor, or a complex one as real and imaginary part. */
type Parts = [Tensor] | Pair;
type Pair = [Tensor, Tensor];

/** Applies a function to each part. */
function each<P extends Parts>(parts: P, apply: (part: Tensor, at: number) => Tensor): P {
  return parts.map(apply) as P;
}

function times<P extends Parts>(x: P, y: P): P {
  const [xr, xi] = x;
  const [yr, yi] = y;
  if (!xi || !yi) return [tf.mul(xr, yr)] as P;
  const { re, im } = product({ re: xr, im: xi }, { re: yr, im: yi });
  return [re, im] as P;
}

/** a ∘ h + b */
const step = <P extends Parts>(a: P, h: P, b: P): P =>
  each(times(a, h), (part, i) => tf.add(part, b[i]!));

function run<P extends Parts>(a: P, b: P, backwards: boolean): P {
  const length = b[0].shape[1]!;
  if (length === 1) return each(b, (part) => tf.clone(part));
  const size = Math.min(groupSize, length);
  const count = Math.ceil(length / size);
  const order = Array.from({ length: size }, (_, t) => (backwards ? size - 1 - t : t));
  const as = inGroups(a, size);
  const bs = inGroups(b, size);

  // The effect of a whole group on the incoming state: factor ∘ state + sum.
  let sum = bs[order[0]!]!;
  let factor = as[order[0]!]!;
  for (const t of order.slice(1)) {
    sum = step(as[t]!, sum, bs[t]!);
    factor = times(as[t]!, factor);
  }

  const states: P[] = [];
  let state: P | undefined;
  if (count > 1) {
    const [B, , , C] = dims(sum[0], 4);
    const summed = (parts: P, groups: number) =>
      each(parts, (part) => tf.reshape(part, [part.shape[0], groups, part.shape[3]!]));
    const ends = run(summed(factor, factor[0].shape[1]!), summed(sum, count), backwards);
    state = each(ends, (part) => tf.reshape(previous(part, backwards), [B, count, 1, C]));
  }
  for (const t of order) {
    state = state ? step(as[t]!, state, bs[t]!) : bs[t]!;
    states[t] = state;
  }
  return each(b, (part, i) => {
    const [B, , C] = dims(part, 3);
    const joined = tf.concat(
      states.map((parts) => parts[i]!),
      2,
    );
    const whole = tf.reshape(joined, [B, count * size, C]);
    return count * size === length ? whole : tf.slice(whole, [0, 0, 0], [B, length, C]);
  });
}

/** [B, L, C] -> the first, second, … token of every group, each [B, n, 1, C]; filled up with zeros. */
function inGroups<P extends Parts>(parts: P, size: number): P[] {
  const [B, length, C] = dims(parts[0], 3);
  if (length === 1) {
    const same = each(parts, (part) => tf.reshape(part, [B, 1, 1, C]));
    return Array.from({ length: size }, () => same);
  }
  const count = Math.ceil(length / size);
  const tokens = parts.map((part) => {
    const fill = count * size - length;
    const filled = fill === 0 ? part : pad(part, 1, 0, fill);
    return tf.split(tf.reshape(filled, [B, count, size, C]), size, 2);
  });
  return Array.from({ length: size }, (_, t) => each(parts, (_, i) => tokens[i]![t]!));
}

/** The state before each token, in the order of the recurrence; 0 before the first. */
function previous(h: Tensor, backwards: boolean): Tensor {
  return shifted(h, !backwards);
}

/** The factor by which each state enters the next one, as the gradient's recurrence needs it. */
function toNext(a: Tensor, backwards: boolean): Tensor {
  return a.shape[1] === 1 ? a : shifted(a, backwards);
}

/** x moved one token later, or earlier, with zeros moving in. */
function shifted(x: Tensor, later: boolean): Tensor {
  const [B, length, C] = dims(x, 3);
  if (length === 1) return tf.zerosLike(x);
  const kept = tf.slice(x, [0, later ? 0 : 1, 0], [B, length - 1, C]);
  return later ? pad(kept, 1, 1, 0) : pad(kept, 1, 0, 1);
}

/** Sums over the axes along which the parameter has one value for all. */
function sumTo(x: Tensor, shape: number[]): Tensor {
  const axes = shape.flatMap((size, axis) => (size === 1 && x.shape[axis] !== 1 ? [axis] : []));
  return axes.length === 0 ? x : tf.sum(x, axes, true);
}
