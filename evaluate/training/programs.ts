/**
 * The programs of a run: a training step on labels, on tokens (self-pretraining) or on both, and
 * prediction; and the parts of a step in micro-batches, the gradient of some examples and the update.
 * Each is compiled once and run many times.
 */
import type { Tensor } from '@tensorflow/tfjs';
import tf from '@tensorflow/tfjs';
import type { Model } from '../../models/backbone/backbone.ts';
import type { TensorRecord } from '../../models/parameters.ts';
import type { Program, TensorSpec } from '../engine/engine.ts';
import type { Layout } from './flat.ts';
import { layoutOf, named, split } from './flat.ts';
import { classLoss, tokenLoss, weightedCrossEntropy } from './losses.ts';
import type { StepScale } from './optimiser.ts';
import { adamw } from './optimiser.ts';

export interface BatchShape {
  batch: number;
  /** Tokens an example, all its documents together. */
  length: number;
}

/** A batch with labels. */
export interface LabelShape extends BatchShape {
  /**
   * Places at which the questions of a sequence are answered, of each document where there are two, the
   * last question's at the end. Absent where there is one question, or none but the whole sequence.
   */
  positions?: readonly number[] | undefined;
}

const questionsOf = ({ positions }: LabelShape) => positions?.length ?? 1;

export const classifierLayout = (model: Model): Layout =>
  layoutOf([...model.parameters, ...model.classifierParameters]);

export const pretrainingLayout = (model: Model): Layout =>
  layoutOf([...model.parameters, ...model.tokenHeadParameters]);

export const jointLayout = (model: Model): Layout =>
  layoutOf([...model.parameters, ...model.classifierParameters, ...model.tokenHeadParameters]);

const int = (...shape: number[]): TensorSpec => ({ shape, dtype: 'int32' });
const float = (...shape: number[]): TensorSpec => ({ shape, dtype: 'float32' });

type Optimiser = { clip: number; weightDecay: number };

/** A scalar; inputs of other losses are absent. */
type Loss = (parameters: TensorRecord, inputs: Record<string, Tensor>) => Tensor;

/** A step: data in, updated state, loss and gradient norm out. */
function stepProgram(
  name: string,
  layout: Layout,
  data: Record<string, TensorSpec>,
  loss: Loss,
  optimiser: Optimiser,
): Program {
  return {
    name,
    inputs: { ...optimiserInputs(layout), ...data },
    build(inputs) {
      const { value, gradient } = valueAndGradient(layout, loss, inputs);
      return { ...update(inputs, gradient, layout, optimiser), loss: value };
    },
  };
}

/** State and scale of the optimiser. */
function optimiserInputs({ total }: Layout): Record<string, TensorSpec> {
  const flat = float(total);
  return {
    parameters: flat,
    moment1: flat,
    moment2: flat,
    learningRate: float(1),
    correction1: float(1),
    correction2: float(1),
  };
}

function update(
  inputs: Record<string, Tensor>,
  gradient: Tensor,
  layout: Layout,
  optimiser: Optimiser,
) {
  const { parameters, moment1, moment2 } = inputs;
  return adamw(
    { parameters: parameters!, moment1: moment1!, moment2: moment2! },
    gradient,
    inputs as unknown as StepScale,
    layout,
    optimiser,
  );
}

/** The loss, a scalar, and its gradient, flat. */
function valueAndGradient(layout: Layout, loss: Loss, inputs: Record<string, Tensor>) {
  const pieces = split(inputs.parameters!, layout);
  const { value, grads } = tf.valueAndGrads((...tensors: Tensor[]) =>
    loss(named(tensors, layout), inputs).asScalar(),
  )(pieces);
  return { value, gradient: tf.concat(grads.map((g) => g.reshape([-1]))) };
}

/** Adds gradient [P] and loss [1] of some examples of a batch to those of the examples before. */
function gradientProgram(
  name: string,
  layout: Layout,
  data: Record<string, TensorSpec>,
  loss: Loss,
): Program {
  return {
    name,
    inputs: {
      parameters: float(layout.total),
      gradient: float(layout.total),
      loss: float(1),
      ...data,
    },
    build(inputs) {
      const { value, gradient } = valueAndGradient(layout, loss, inputs);
      return {
        gradient: inputs.gradient!.add(gradient),
        loss: inputs.loss!.add(value.reshape([1])),
      };
    },
  };
}

/** The optimiser's step alone, from the `gradient` [P] of a whole batch. */
export function updateProgram(layout: Layout, optimiser: Optimiser): Program {
  return {
    name: 'update',
    inputs: { ...optimiserInputs(layout), gradient: float(layout.total) },
    build: (inputs) => ({ ...update(inputs, inputs.gradient!, layout, optimiser) }),
  };
}

/** `tokens` [B, L], `labels` [B, questions] with the last question's label at the end of each row. */
const labelData = (shape: LabelShape) => ({
  tokens: int(shape.batch, shape.length),
  labels: int(shape.batch, questionsOf(shape)),
});

/** `weights` [B, questions], each 1 / answers of the whole batch. */
const labelWeights = (shape: LabelShape) => float(shape.batch, questionsOf(shape));

/** Mean cross-entropy of all answers; with weights, their weighted sum. */
const labelLoss =
  (model: Model, { positions }: LabelShape): Loss =>
  (p, { tokens, labels, weights }) => {
    const logits = positions ? model.classifyAt(tokens!, p, positions) : model.classify(tokens!, p);
    const rows = logits.reshape([-1, logits.shape.at(-1)!]);
    const answers = labels!.reshape([-1]);
    return weights
      ? weightedCrossEntropy(rows, answers, weights.reshape([-1]))
      : classLoss(rows, answers);
  };

/** Training step on labels: feeds `tokens` [B, L] and `labels` [B, questions]. */
export function trainProgram(model: Model, shape: LabelShape, optimiser: Optimiser) {
  return stepProgram(
    'train',
    classifierLayout(model),
    labelData(shape),
    labelLoss(model, shape),
    optimiser,
  );
}

/**
 * Gradient of a micro-batch on labels: also feeds `weights` [B, questions], by which the losses of all
 * micro-batches sum to the mean of the whole batch.
 */
export function trainGradientProgram(model: Model, shape: LabelShape): Program {
  return gradientProgram(
    'train',
    classifierLayout(model),
    { ...labelData(shape), weights: labelWeights(shape) },
    labelLoss(model, shape),
  );
}

const pretrainingData = ({ batch, length }: BatchShape) => ({
  tokens: int(batch, length),
  targets: int(batch, length),
  weights: float(batch, length),
});

const pretrainingLoss =
  (model: Model): Loss =>
  (p, { tokens, targets, weights }) =>
    tokenLoss(model.predictTokens(tokens!, p), targets!, weights!);

/** Gradient of a micro-batch of self-pretraining; the weights of the whole batch sum to 1. */
export function pretrainGradientProgram(model: Model, shape: BatchShape): Program {
  return gradientProgram(
    'pretrain',
    pretrainingLayout(model),
    pretrainingData(shape),
    pretrainingLoss(model),
  );
}

/** Step of self-pretraining: feeds `tokens` [B, L], `targets` [B, L], `weights` [B, L]. */
export function pretrainProgram(model: Model, shape: BatchShape, optimiser: Optimiser) {
  return stepProgram(
    'pretrain',
    pretrainingLayout(model),
    pretrainingData(shape),
    pretrainingLoss(model),
    optimiser,
  );
}

/** What denoising takes beside labels: `hidden` tokens, `targets` and `tokenWeights`, all [B, L]. */
const denoisingData = ({ batch, length }: BatchShape) => ({
  hidden: int(batch, length),
  targets: int(batch, length),
  tokenWeights: float(batch, length),
});

/** The loss on labels plus the loss on tokens. */
const jointLoss =
  (model: Model, shape: LabelShape): Loss =>
  (p, { hidden, targets, tokenWeights, ...labelled }) =>
    labelLoss(model, shape)(p, labelled).add(
      tokenLoss(model.predictTokens(hidden!, p), targets!, tokenWeights!),
    );

/** Step on labels of some examples and on hidden tokens of as many others. */
export function jointProgram(model: Model, shape: LabelShape, optimiser: Optimiser) {
  return stepProgram(
    'joint',
    jointLayout(model),
    { ...labelData(shape), ...denoisingData(shape) },
    jointLoss(model, shape),
    optimiser,
  );
}

/** Gradient of a micro-batch of {@link jointProgram}. */
export function jointGradientProgram(model: Model, shape: LabelShape): Program {
  return gradientProgram(
    'joint',
    jointLayout(model),
    { ...labelData(shape), weights: labelWeights(shape), ...denoisingData(shape) },
    jointLoss(model, shape),
  );
}

/**
 * Prediction: feeds `parameters` and `tokens`, gives `logits` [B, classes].
 *
 * @param layout of the parameters that are fed, which may be more than the classifier's
 */
export function predictProgram(
  model: Model,
  { batch, length }: BatchShape,
  layout = classifierLayout(model),
): Program {
  return {
    name: 'predict',
    inputs: { parameters: float(layout.total), tokens: int(batch, length) },
    build: ({ parameters, tokens }) => ({
      logits: model.classify(tokens!, named(split(parameters!, layout), layout)),
    }),
  };
}

/** A value that is to be predicted: where it stands, and the ids of the values, one after the other. */
export interface HiddenValue {
  position: number;
  first: number;
  count: number;
}

/**
 * Prediction of a value by a pretrained model: feeds `parameters` and `tokens`, gives `logits`
 * [B, count]. A causal model is read one position before the value.
 */
export function hiddenValueProgram(
  model: Model,
  { batch, length }: BatchShape,
  { position, first, count }: HiddenValue,
): Program {
  const layout = pretrainingLayout(model);
  const at = model.causal ? position - 1 : position;
  return {
    name: 'predict-hidden',
    inputs: { parameters: float(layout.total), tokens: int(batch, length) },
    build({ parameters, tokens }) {
      const all = model.predictTokens(tokens!, named(split(parameters!, layout), layout));
      return { logits: tf.slice(all, [0, at, first], [batch, 1, count]).reshape([batch, count]) };
    },
  };
}
