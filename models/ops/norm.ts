/**
 * Layer normalisation (Ba, Kiros, Hinton 2016, https://arxiv.org/abs/1607.06450):
 *
 *   y = gain · (x − mean) / √(variance + ε) + bias, over the last axis.
 *
 * With x̂ the normalised input and g = gain · dy, the gradient is
 *   dx = (g − mean(g) − x̂ · mean(g · x̂)) / √(variance + ε):
 * fewer passes over memory than the automatic gradient of the formula makes.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { bias, type Parameters, type Tensors } from '../parameters.ts';
import { ones } from './initialise.ts';
import { withGradient } from './tensors.ts';

const epsilon = 1e-5;

/** Parameters of one norm of `width` channels. */
export const normParameters = (width: number): Parameters<'gain' | 'bias'> => ({
  gain: { shape: [width], initialise: ones, decay: false },
  bias: bias(width),
});

/** x [N, d], gain [d], bias [d] -> [N, d]. */
const normalise = withGradient(
  (x: Tensor, gain: Tensor, bias: Tensor) => {
    const centred = tf.sub(x, tf.mean(x, -1, true)); // [N, d]
    const rate = tf.rsqrt(tf.add(tf.mean(tf.mul(centred, centred), -1, true), epsilon)); // [N, 1]
    const normalised = tf.mul(centred, rate);
    return {
      value: tf.add(tf.mul(normalised, gain), bias),
      saved: [normalised, rate, gain],
    };
  },
  (dy, normalised, rate, gain) => {
    const g = tf.mul(dy, gain);
    const along = tf.mean(tf.mul(g, normalised), -1, true); // [N, 1]
    const dx = tf.mul(tf.sub(tf.sub(g, tf.mean(g, -1, true)), tf.mul(normalised, along)), rate);
    return [dx, tf.sum(tf.mul(dy, normalised), 0), tf.sum(dy, 0)];
  },
);

/** x [..., d], gain and bias [d] -> [..., d]. */
export function layerNorm(x: Tensor, { gain, bias }: Tensors<'gain' | 'bias'>): Tensor {
  return tf.reshape(normalise(tf.reshape(x, [-1, gain.size]), gain, bias), x.shape);
}
