/**
 * Complex numbers as pairs of real tensors, for state-space models: no engine of this package has
 * complex types or their gradients.
 *
 * Sines and cosines are made of products. WGSL promises its own to 2⁻¹¹ only, and nothing for large
 * angles, which is too little for a kernel whose phases turn hundreds of times.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { split, withGradient } from './tensors.ts';

export interface Complex {
  re: Tensor;
  im: Tensor;
}

/** a · b */
export function product(a: Complex, b: Complex): Complex {
  return {
    re: tf.sub(tf.mul(a.re, b.re), tf.mul(a.im, b.im)),
    im: tf.add(tf.mul(a.re, b.im), tf.mul(a.im, b.re)),
  };
}

/** e^z */
export function exponential({ re, im }: Complex): Complex {
  const size = tf.exp(re);
  const turn = rotation(im);
  return { re: tf.mul(size, turn.re), im: tf.mul(size, turn.im) };
}

/** e^z − 1 without subtracting nearly equal numbers: (e^x − 1) cos y − 2 sin²(y/2) + i e^x sin y. */
export function exponentialLessOne({ re, im }: Complex): Complex {
  const { re: cos, im: sin } = rotation(tf.mul(im, 0.5));
  const versine = tf.mul(tf.mul(sin, sin), 2); // 1 − cos y
  return {
    re: tf.sub(tf.mul(tf.expm1(re), tf.sub(1, versine)), versine),
    im: tf.mul(tf.exp(re), tf.mul(tf.mul(sin, cos), 2)),
  };
}

/** cos θ + i sin θ, to about 3e-7, for a tensor of angles of one axis or more and |θ| up to 10⁵. */
export function rotation(angle: Tensor): Complex {
  const [re, im] = split(cosineAndSine(angle), 2, 0);
  return { re, im };
}

/** 2π in two parts, of which the first has so few bits that whole multiples of it are exact. */
const turnHigh = 6.28125;
const turnLow = 2 * Math.PI - turnHigh;

/** θ of any shape -> cosines, then sines, along the first axis. */
const cosineAndSine = withGradient(
  (angle: Tensor) => {
    const turns = tf.floor(tf.add(tf.mul(angle, 1 / (2 * Math.PI)), 0.5));
    const rest = tf.sub(tf.sub(angle, tf.mul(turns, turnHigh)), tf.mul(turns, turnLow));
    const quarter = tf.mul(rest, 0.25); // within ±π/4
    const square = tf.mul(quarter, quarter);
    let cos = series(square, [1 / 2, 1 / 12, 1 / 30, 1 / 56, 1 / 90]);
    let sin = tf.mul(quarter, series(square, [1 / 6, 1 / 20, 1 / 42, 1 / 72]));
    for (let doubling = 0; doubling < 2; doubling++) {
      const doubled = tf.mul(tf.mul(sin, cos), 2);
      cos = tf.sub(1, tf.mul(tf.mul(sin, sin), 2));
      sin = doubled;
    }
    const both = tf.concat([cos, sin], 0);
    return { value: both, saved: [both] };
  },
  (dy, both) => {
    const [cos, sin] = split(both, 2, 0);
    const [dCos, dSin] = split(dy, 2, 0);
    return [tf.sub(tf.mul(dSin, cos), tf.mul(dCos, sin))];
  },
);

/** 1 − c₁ x (1 − c₂ x (1 − …)) */
function series(x: Tensor, ratios: number[]): Tensor {
  return ratios.reduceRight<Tensor>(
    (rest, ratio) => tf.sub(1, tf.mul(tf.mul(x, ratio), rest)),
    tf.scalar(1),
  );
}
