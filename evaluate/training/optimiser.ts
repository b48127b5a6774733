/**
 * AdamW (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101) with clipping by the global
 * norm, on flat vectors. `schedule.ts` has the learning rate of each step.
 */
import type { Tensor } from '@tensorflow/tfjs';
import tf from '@tensorflow/tfjs';
import type { Layout } from './flat.ts';
import { perElement } from './flat.ts';

const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

export interface State {
  parameters: Tensor; // [P]
  moment1: Tensor; // [P]
  moment2: Tensor; // [P]
}

/** Values that change from step to step, fed as tensors of shape [1]. */
export interface StepScale {
  learningRate: Tensor;
  /** 1 / (1 - beta1^t) and 1 / (1 - beta2^t), the bias corrections at step t. */
  correction1: Tensor;
  correction2: Tensor;
}

/** One update; `gradient` is [P]. Honours each parameter's own learning-rate factor and weight decay. */
export function adamw(
  state: State,
  gradient: Tensor,
  scale: StepScale,
  layout: Layout,
  { clip, weightDecay }: { clip: number; weightDecay: number },
): State & { gradientNorm: Tensor } {
  const gradientNorm = gradient.square().sum().sqrt();
  const clipped = gradient.mul(tf.minimum(1, tf.div(clip, gradientNorm.add(1e-6))));
  const moment1 = state.moment1.mul(beta1).add(clipped.mul(1 - beta1));
  const moment2 = state.moment2.mul(beta2).add(clipped.square().mul(1 - beta2));
  const direction = moment1
    .mul(scale.correction1)
    .div(moment2.mul(scale.correction2).sqrt().add(epsilon));
  const decay = tf.tensor1d(perElement(layout, ({ decay }) => (decay === false ? 0 : weightDecay)));
  let update = direction.add(state.parameters.mul(decay)).mul(scale.learningRate);
  if (layout.parameters.some(({ learningRate }) => learningRate !== undefined)) {
    update = update.mul(tf.tensor1d(perElement(layout, ({ learningRate }) => learningRate ?? 1)));
  }
  return { parameters: state.parameters.sub(update), moment1, moment2, gradientNorm };
}

/** Feeds of {@link StepScale} for step 0, 1, ... at its learning rate. */
export function scaleAt(step: number, learningRate: number): Record<keyof StepScale, Float32Array> {
  return {
    learningRate: Float32Array.of(learningRate),
    correction1: Float32Array.of(1 / (1 - beta1 ** (step + 1))),
    correction2: Float32Array.of(1 / (1 - beta2 ** (step + 1))),
  };
}
