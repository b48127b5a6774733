/**
 * What a phase minimises: its parameters, its programs, and the data of each step.
 *
 *   tokens   self-pretraining on inputs: masked modelling for bidirectional models, next tokens for
 *            causal ones
 *   labels   cross-entropy of the answers to all questions of a sequence
 *   joint    both, on half a batch each, so that a step has as many tokens as of either alone
 */
import { findTask } from '../../generators/registry.ts';
import type { Dataset } from '../../generators/store/dataset.ts';
import type { Split } from '../../generators/store/split.ts';
import type { RunSpec } from '../../leaderboards/records/schema.ts';
import { stream } from '../../core/random.ts';
import type { Model } from '../../models/backbone/backbone.ts';
import { UsageError } from '../../core/errors.ts';
import type { Values } from '../engine/engine.ts';
import { gatherRows, maskTokens, orderOf, shiftTokens } from './batches.ts';
import type { Layout } from './flat.ts';
import type { StepPrograms } from './microBatches.ts';
import {
  classifierLayout,
  jointGradientProgram,
  jointLayout,
  jointProgram,
  pretrainGradientProgram,
  pretrainingLayout,
  pretrainProgram,
  trainGradientProgram,
  trainProgram,
} from './programs.ts';

export interface Objective extends StepPrograms {
  layout: Layout;
  /** Rows of a step: examples of each part. */
  rows: number;
  /** The data of step 0, 1, ... */
  feeds(step: number): Record<string, Values>;
}

export interface ObjectiveRequest {
  spec: RunSpec;
  model: Model;
  dataset: Dataset;
  train: Split;
}

export const seedName = ({ seed }: Pick<RunSpec, 'seed'>) => `run/${seed}`;

/** Tokens an example, all its documents together. */
export const tokensOf = ({ shape }: Dataset['meta']) => shape.documents * shape.length;

export function tokensObjective({ spec, model, dataset, train }: ObjectiveRequest): Objective {
  const { protocol } = spec;
  const length = tokensOf(dataset.meta);
  return {
    layout: pretrainingLayout(model),
    optimiser: protocol,
    rows: protocol.batch,
    whole: (batch) => pretrainProgram(model, { batch, length }, protocol),
    gradient: (batch) => pretrainGradientProgram(model, { batch, length }),
    feeds: tokenFeeds({ spec, model, dataset, train }, protocol.batch, 'pretrain'),
  };
}

export function labelsObjective({ spec, model, dataset, train }: ObjectiveRequest): Objective {
  const { protocol } = spec;
  const shape = { length: tokensOf(dataset.meta), positions: positionsOf(dataset.meta) };
  return {
    layout: classifierLayout(model),
    optimiser: protocol,
    rows: protocol.batch,
    whole: (batch) => trainProgram(model, { ...shape, batch }, protocol),
    gradient: (batch) => trainGradientProgram(model, { ...shape, batch }),
    feeds: labelFeeds({ spec, dataset, train }, protocol.batch),
  };
}

/** @throws UsageError where a batch cannot be halved */
export function jointObjective({ spec, model, dataset, train }: ObjectiveRequest): Objective {
  const { protocol } = spec;
  if (protocol.batch % 2 !== 0)
    throw new UsageError(
      `protocol.batch is ${protocol.batch}, but joint training needs an even one.`,
    );
  const rows = protocol.batch / 2;
  const shape = { length: tokensOf(dataset.meta), positions: positionsOf(dataset.meta) };
  const labels = labelFeeds({ spec, dataset, train }, rows);
  const tokens = tokenFeeds({ spec, model, dataset, train }, rows, 'denoise');
  return {
    layout: jointLayout(model),
    optimiser: protocol,
    rows,
    whole: (batch) => jointProgram(model, { ...shape, batch }, protocol),
    gradient: (batch) => jointGradientProgram(model, { ...shape, batch }),
    feeds(step) {
      const { tokens: hidden, targets, weights } = tokens(step);
      return { ...labels(step), hidden: hidden!, targets: targets!, tokenWeights: weights! };
    },
  };
}

/** Where the questions of a sequence are answered; undefined if there are no earlier ones. */
export function positionsOf({ shape }: Dataset['meta']): number[] | undefined {
  const asked = shape.table?.asked ?? [];
  return asked.length > 0 ? [...asked, shape.length - 1] : undefined;
}

/** Which examples are in the batch of step 0, 1, ... of a stream of epochs. */
function batches(spec: RunSpec, train: Split, rows: number, name: string) {
  const order = orderOf(train.count, `${seedName(spec)}/${name}`);
  return (step: number) => Array.from({ length: rows }, (_, b) => order(step * rows + b));
}

function tokenFeeds(
  { spec, model, dataset, train }: ObjectiveRequest,
  rows: number,
  name: string,
): (step: number) => Record<string, Values> {
  const length = tokensOf(dataset.meta);
  const indices = batches(spec, train, rows, name);
  const mask = name === 'pretrain' ? 'mask' : `${name}/mask`;
  return (step) => {
    const tokens = gatherRows(train.inputs, length, indices(step));
    return {
      ...(model.causal
        ? shiftTokens(tokens, dataset.meta.shape.length)
        : maskTokens(tokens, {
            ratio: spec.protocol.maskRatio,
            maskId: model.maskToken,
            name: `${seedName(spec)}/${mask}/${step}`,
          })),
    };
  };
}

function labelFeeds(
  { spec, dataset, train }: Pick<ObjectiveRequest, 'spec' | 'dataset' | 'train'>,
  rows: number,
): (step: number) => Record<string, Values> {
  const length = tokensOf(dataset.meta);
  const indices = batches(spec, train, rows, 'train');
  const augment = spec.regime === 'augmented' ? augmentOf(dataset, train) : undefined;
  return (step) => {
    const chosen = indices(step);
    const tokens = gatherRows(train.inputs, length, chosen);
    if (augment) {
      chosen.forEach((index, b) => {
        const random = stream(`${seedName(spec)}/augment/${step}/${b}`);
        tokens.set(augment(index, random), b * length);
      });
    }
    return { tokens, labels: labelsOf(train, chosen) };
  };
}

/** The answers to all questions of some examples [B, questions], the last question's at the end of a row. */
function labelsOf(train: Split, rows: readonly number[]): Int32Array {
  const asked = train.answers.length / train.count;
  const labels = new Int32Array(rows.length * (asked + 1));
  rows.forEach((row, b) => {
    const start = b * (asked + 1);
    for (let a = 0; a < asked; a++) labels[start + a] = train.answers[row * asked + a]!;
    labels[start + asked] = train.labels[row]!;
  });
  return labels;
}

/** @throws UsageError where the task has no augmentation */
function augmentOf({ meta }: Dataset, train: Split) {
  const definition = findTask(meta.task);
  if (!definition.augment)
    throw new UsageError(`${meta.task} has no augmentation, so not the regime augmented.`);
  const options = definition.options.parse(meta.options);
  const length = tokensOf(meta);
  return (index: number, random: () => number): ArrayLike<number> => {
    const rowOf = <T extends Split['inputs'] | Int32Array>(values: T): T => {
      const width = values.length / train.count;
      return values.subarray(index * width, (index + 1) * width) as T;
    };
    const example = {
      tokens: rowOf(train.inputs),
      label: train.labels[index]!,
      group: train.groups[index]!,
      member: train.members[index]!,
      distance: train.distances[index]!,
      answers: rowOf(train.answers),
      extras: Object.fromEntries(
        Object.entries(train.extras).map(([name, values]) => [name, rowOf(values)]),
      ),
    };
    const made = definition.augment!(example, options, random);
    if (made.length !== length)
      throw new RangeError(
        `augment of ${meta.task} gave ${made.length} tokens, expected ${length}`,
      );
    return made;
  };
}
