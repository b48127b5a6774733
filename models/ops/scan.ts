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
import { withGradient } from './gradient.ts';

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
    (...inputs) => {
      const [a, b] = inputs as [Tensor, Tensor];
      const [h] = run([a], [b], backwards) as [Tensor];
      return { value: h, saved: [a, h] };
    },
    (dh, ...saved) => {
      const [a, h] = saved as [Tensor, Tensor];
      const g = run([toNext(a, backwards)], [dh], !backwards) as [Tensor];
      const da = tf.mul(g[0], previous(h, backwards));
      return [sumTo(da, a.shape), g[0]];
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
    (...inputs) => {
      const [ar, ai, br, bi] = inputs as [Tensor, Tensor, Tensor, Tensor];
      const h = run([ar, ai], [br, bi], backwards);
      return { value: tf.stack(h), saved: [ar, ai, ...h] };
    },
    (dh, ...saved) => {
      const [ar, ai, hr, hi] = saved as [Tensor, Tensor, Tensor, Tensor];
      const next = [toNext(ar, backwards), tf.neg(toNext(ai, backwards))];
      const g = run(next, tf.unstack(dh), !backwards);
      const before = [previous(hr, backwards), tf.neg(previous(hi, backwards))];
      const da = times(g, before).map((part) => sumTo(part, ar.shape));
      return [...da, ...g];
    },
  )(a.re, a.im, b.re, b.im);
  const [re, im] = tf.unstack(both) as [Tensor, Tensor];
  return { re, im };
}

/** A real number as one tensor, or a complex one as real and imaginary part. */
type Parts = Tensor[];

function times(x: Parts, y: Parts): Parts {
  if (x.length === 1) return [tf.mul(x[0]!, y[0]!)];
  const { re, im } = product({ re: x[0]!, im: x[1]! }, { re: y[0]!, im: y[1]! });
  return [re, im];
}

/** a ∘ h + b */
const step = (a: Parts, h: Parts, b: Parts): Parts =>
  times(a, h).map((part, i) => tf.add(part, b[i]!));

function run(a: Parts, b: Parts, backwards: boolean): Parts {
  const length = b[0]!.shape[1]!;
  if (length === 1) return b.map((part) => tf.clone(part));
  const size = Math.min(groupSize, length);
  const count = Math.ceil(length / size);
  const order = Array.from({ length: size }, (_, t) => (backwards ? size - 1 - t : t));
  const as = inGroups(a, size);
  const bs = inGroups(b, size);

  // What a whole group does to the state that comes in: factor ∘ state + sum.
  let sum = bs[order[0]!]!;
  let factor = as[order[0]!]!;
  for (const t of order.slice(1)) {
    sum = step(as[t]!, sum, bs[t]!);
    factor = times(as[t]!, factor);
  }

  const states: Parts[] = [];
  let state: Parts | undefined;
  if (count > 1) {
    const [B, , , C] = sum[0]!.shape as [number, number, number, number];
    const summed = (parts: Parts, groups: number) =>
      parts.map((part) => tf.reshape(part, [part.shape[0]!, groups, part.shape[3]!]));
    const ends = run(summed(factor, factor[0]!.shape[1]!), summed(sum, count), backwards);
    state = ends.map((part) => tf.reshape(previous(part, backwards), [B, count, 1, C]));
  }
  for (const t of order) {
    state = state ? step(as[t]!, state, bs[t]!) : bs[t]!;
    states[t] = state;
  }
  return b.map(({ shape }, i) => {
    const [B, , C] = shape as [number, number, number];
    const joined = tf.concat(
      states.map((parts) => parts[i]!),
      2,
    );
    const whole = tf.reshape(joined, [B, count * size, C]);
    return count * size === length ? whole : tf.slice(whole, [0, 0, 0], [B, length, C]);
  });
}

/** [B, L, C] -> the first, second, … token of every group, each [B, n, 1, C]; filled up with zeros. */
function inGroups(parts: Parts, size: number): Parts[] {
  const [B, length, C] = parts[0]!.shape as [number, number, number];
  if (length === 1) {
    const same = parts.map((part) => tf.reshape(part, [B, 1, 1, C]));
    return Array.from({ length: size }, () => same);
  }
  const count = Math.ceil(length / size);
  const split = parts.map((part) => {
    const fill = count * size - length;
    const filled = fill === 0 ? part : tf.pad(part, [[0, 0], [0, fill], [0, 0]]); // prettier-ignore
    return tf.split(tf.reshape(filled, [B, count, size, C]), size, 2);
  });
  return Array.from({ length: size }, (_, t) => split.map((tokens) => tokens[t]!));
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
  const [B, length, C] = x.shape as [number, number, number];
  if (length === 1) return tf.zerosLike(x);
  const kept = tf.slice(x, [0, later ? 0 : 1, 0], [B, length - 1, C]);
  return tf.pad(kept, [[0, 0], later ? [1, 0] : [0, 1], [0, 0]]);
}

/** Sums over the axes along which the parameter has one value for all. */
function sumTo(x: Tensor, shape: number[]): Tensor {
  const axes = shape.flatMap((size, axis) => (size === 1 && x.shape[axis] !== 1 ? [axis] : []));
  return axes.length === 0 ? x : tf.sum(x, axes, true);
}
