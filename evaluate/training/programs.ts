/**
 * The three programs of a run: a training step on labels, a step of self-pretraining on tokens,
 * and prediction. Each is compiled once and run many times.
 */
import type { Tensor } from '@tensorflow/tfjs';
import tf from '@tensorflow/tfjs';
import type { Model } from '../../models/backbone.ts';
import type { Parameters } from '../../models/mixer.ts';
import type { Program, TensorSpec } from '../engine/engine.ts';
import type { Layout } from './flat.ts';
import { layoutOf, named, split } from './flat.ts';
import { classLoss, tokenLoss } from './losses.ts';
import type { StepScale } from './optimiser.ts';
import { adamw } from './optimiser.ts';

export interface BatchShape {
  batch: number;
  /** Tokens an example, all its documents together. */
  length: number;
}

export const classifierLayout = (model: Model): Layout =>
  layoutOf([...model.parameters, ...model.classifierParameters]);

export const pretrainingLayout = (model: Model): Layout =>
  layoutOf([...model.parameters, ...model.tokenHeadParameters]);

const int = (...shape: number[]): TensorSpec => ({ shape, dtype: 'int32' });
const float = (...shape: number[]): TensorSpec => ({ shape, dtype: 'float32' });

type Optimiser = { clip: number; weightDecay: number };

/** A step: data in, updated state, loss and gradient norm out. */
function stepProgram(
  name: string,
  layout: Layout,
  data: Record<string, TensorSpec>,
  loss: (parameters: Parameters, inputs: Record<string, Tensor>) => Tensor,
  optimiser: Optimiser,
): Program {
  const flat = float(layout.total);
  return {
    name,
    inputs: {
      parameters: flat,
      moment1: flat,
      moment2: flat,
      learningRate: float(1),
      correction1: float(1),
      correction2: float(1),
      ...data,
    },
    build(inputs) {
      const pieces = split(inputs.parameters!, layout);
      const { value, grads } = tf.valueAndGrads((...tensors: Tensor[]) =>
        loss(named(tensors, layout), inputs).asScalar(),
      )(pieces);
      const gradient = tf.concat(grads.map((g) => g.reshape([-1])));
      const { gradientNorm, ...state } = adamw(
        { parameters: inputs.parameters!, moment1: inputs.moment1!, moment2: inputs.moment2! },
        gradient,
        inputs as unknown as StepScale,
        layout,
        optimiser,
      );
      return { ...state, loss: value, gradientNorm };
    },
  };
}

/** Training step on labels: feeds `tokens` [B, L] and `labels` [B]. */
export function trainProgram(model: Model, { batch, length }: BatchShape, optimiser: Optimiser) {
  return stepProgram(
    'train',
    classifierLayout(model),
    { tokens: int(batch, length), labels: int(batch) },
    (p, { tokens, labels }) => classLoss(model.classify(tokens!, p), labels!),
    optimiser,
  );
}

/** Step of self-pretraining: feeds `tokens` [B, L], `targets` [B, L], `weights` [B, L]. */
export function pretrainProgram(model: Model, { batch, length }: BatchShape, optimiser: Optimiser) {
  return stepProgram(
    'pretrain',
    pretrainingLayout(model),
    { tokens: int(batch, length), targets: int(batch, length), weights: float(batch, length) },
    (p, { tokens, targets, weights }) =>
      tokenLoss(model.predictTokens(tokens!, p), targets!, weights!),
    optimiser,
  );
}

/** Prediction: feeds `parameters` and `tokens`, gives `logits` [B, classes]. */
export function predictProgram(model: Model, { batch, length }: BatchShape): Program {
  const layout = classifierLayout(model);
  return {
    name: 'predict',
    inputs: { parameters: float(layout.total), tokens: int(batch, length) },
    build: ({ parameters, tokens }) => ({
      logits: model.classify(tokens!, named(split(parameters!, layout), layout)),
    }),
  };
}
