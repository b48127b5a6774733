/**
 * The damped exponential moving average of MEGA, in several dimensions per channel (Ma et al. 2023,
 * https://arxiv.org/abs/2209.10655), as a convolution kernel:
 *
 *   h_t = α ∘ β x_t + (1 − α ∘ δ) ∘ h_{t−1},   y_t = ηᵀ h_t / √n
 *   K_t = Σ_n η_n α_n β_n (1 − α_n δ_n)^t / √n,   α and δ in (0, 1)
 *
 * The powers are taken in two levels, t = M·a + b, as for state spaces: one matrix product and about
 * 2√L exponentials per dimension.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { normal, type Initialiser } from '../ops/initialise.ts';
import { dims } from '../ops/tensors.ts';
import type { TensorsOf } from '../parameters.ts';

/** `alpha` and `delta` before the sigmoid, `beta` and `eta`: each [directions, width, dimensions]. */
export function movingAverageParameters(width: number, dimensions: number, directions: number) {
  const shape = [directions, width, dimensions];
  const alternating: Initialiser = (size, random) =>
    normal(0.02)(size, random).map((value, i) => value + ((i % dimensions) % 2 === 0 ? 1 : -1));
  return {
    alpha: { shape, initialise: normal(0.2), decay: false },
    delta: { shape, initialise: normal(0.2), decay: false },
    beta: { shape, initialise: alternating },
    eta: { shape, initialise: normal(1) },
  };
}

export type MovingAverageTensors = TensorsOf<ReturnType<typeof movingAverageParameters>>;

/** K_0 … K_{L−1} of every direction: [directions, width, L]. */
export function movingAverageKernels(p: MovingAverageTensors, length: number): Tensor {
  const [directions, width, dimensions] = dims(p.alpha, 3);
  const alpha = tf.sigmoid(p.alpha);
  const weight = tf.mul(tf.mul(p.eta, p.beta), tf.mul(alpha, Math.sqrt(1 / dimensions)));
  const logDecay = tf.log1p(tf.neg(tf.mul(alpha, tf.sigmoid(p.delta))));
  const inner = Math.ceil(Math.sqrt(length));
  const outer = Math.ceil(length / inner);
  const powers = (count: number, unit: number) => {
    const steps = tf.tensor1d(Array.from({ length: count }, (_, t) => unit * t));
    return tf.exp(tf.mul(tf.expandDims(logDecay, 3), steps)); // [directions, width, n, count]
  };
  const coarse = tf.mul(powers(outer, inner), tf.expandDims(weight, 3));
  const kernels = tf.matMul(coarse, powers(inner, 1), true); // [directions, width, outer, inner]
  const whole = tf.reshape(kernels, [directions, width, outer * inner]);
  return tf.slice(whole, [0, 0, 0], [directions, width, length]);
}
