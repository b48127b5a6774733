/**
 * The backbone that all mixers share, so that models differ in nothing else:
 *
 *   x = embedding;  x_t = x_t + x_{t−1} W  (with `shift`);  x = x (+ positions)
 *   N times:  x = x + mixer(norm(x));  x = x + feedForward(norm(x))
 *   classify: head(read-out(norm(x)))          predictTokens: tokenHead(norm(x))
 *
 * `embedding.ts` has the embedding of tokens and of grey levels, `shift.ts` the step back by one
 * token, `heads.ts` the head of one sequence and of a pair of documents. The two documents of a pair
 * are encoded separately, by the same weights.
 *
 * Pre-norm, as in the long-range literature since S4 and self-pretraining (Amos et al. 2024,
 * https://arxiv.org/abs/2310.02980).
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { z } from 'zod';
import { OptionError } from '../../core/errors.ts';
import { sinusoidalTable } from '../attention/positions.ts';
import {
  reachThrough,
  type AdditivePositions,
  type Mixer,
  type MixerDefinition,
} from '../mixer.ts';
import { dense } from '../ops/dense.ts';
import { normal } from '../ops/initialise.ts';
import { layerNorm, normParameters } from '../ops/norm.ts';
import { lastPosition, meanPosition, positionsOf } from '../ops/readout.ts';
import {
  named,
  tensorsOf,
  type NamedParameter,
  type Parameter,
  type TensorRecord,
} from '../parameters.ts';
import { embed, embeddingParameters, embeddingStd } from './embedding.ts';
import { feedForward, feedForwardParameters } from './feedForward.ts';
import { classifierParameters, classify, headParameters } from './heads.ts';
import type { ModelShape } from './shape.ts';
import { shiftParameter, shiftReach, shiftTokens } from './shift.ts';
import { countMatched, countParameters, matchFeedForward, type Size } from './size.ts';

export interface Model {
  /** Embedding, blocks and final norm: what pretraining hands over to training. */
  parameters: NamedParameter[];
  classifierParameters: NamedParameter[];
  tokenHeadParameters: NamedParameter[];
  /** Count of the body and the classifier without what grows with the length: the matched number. */
  parameterCount: number;
  /** Count of the parameters that grow with the length, such as learned positions. */
  positionParameterCount: number;
  feedForward: number;
  /** Sum over the blocks. */
  stateSize: number;
  /** Tokens to either side that one position can depend on through all blocks; Infinity for all. */
  reach: number;
  causal: boolean;
  /** Id that masked pretraining puts in place of a token. */
  maskToken: number;
  /**
   * tokens [B, L] int32, or [B, 2·L] for two documents -> logits [B, classes]. Needs the body's and
   * the classifier's parameters.
   */
  classify(tokens: Tensor, parameters: TensorRecord): Tensor;
  /**
   * Answers to several questions per sequence, in one pass through the body: tokens as for `classify`
   * -> logits [B, positions.length, classes], each read out at one of `positions`, ascending places
   * in the sequence from 0; in each document, where there are two. At the last position alone it is
   * `classify`.
   *
   * @throws Error where the read-out is not `query`, or a position is not in the sequence
   */
  classifyAt(tokens: Tensor, parameters: TensorRecord, positions: readonly number[]): Tensor;
  /**
   * tokens [B, L] int32 -> logits [B, L, vocabulary]; two documents [B, 2·L] are two sequences,
   * [2·B, L, vocabulary]. Needs the body's and the token head's parameters.
   */
  predictTokens(tokens: Tensor, parameters: TensorRecord): Tensor;
}

/** Amplitude of sinusoidal positions: about the size that the embedding grows to, since they cannot grow. */
const sinusoidalAmplitude = 0.2;

/** @throws OptionError when an option is out of range or the size cannot be matched. */
export function createModel<Options extends z.ZodObject>(
  definition: MixerDefinition<Options>,
  options: z.output<Options>,
  shape: ModelShape,
  size: Size,
): Model {
  const { length, vocabulary, classes, documents = 1 } = shape;
  const { layers, width } = size;
  const heads = {
    classifier: classifierParameters(classes, documents, width),
    tokenHead: headParameters(width, vocabulary),
  };
  const classifierNamed = named(heads.classifier, 'classifier.');
  const { mixer, body } = naming(definition.name, () => {
    const mixer = definition.create({ length, width, layers }, options);
    const fixed = countMatched([...bodyOf(mixer, shape, size, 0).parameters, ...classifierNamed]);
    return { mixer, body: bodyOf(mixer, shape, size, matchFeedForward(fixed, size)) };
  });

  /** Final normalised channels, of every position [B, L, d] or of the wanted ones [B, A, d]. */
  const encode = (
    tokens: Tensor,
    mask: Tensor | undefined,
    given: TensorRecord,
    wanted?: readonly number[],
  ): Tensor => {
    const p = tensorsOf(body.entrance, given);
    let x = shiftTokens(embed(tokens, vocabulary, p), p.shift);
    const positions = p.positions ?? additivePositions(mixer.positions, length, width);
    if (positions) x = tf.add(x, positions);
    for (let n = 0; n < layers; n++) {
      const block = tensorsOf(body.block, given, `block${n}.`);
      // After the last mixer, only the positions that are read out are needed.
      const kept = n === layers - 1 ? wanted : undefined;
      const lastOnly = kept?.length === 1 && kept[0] === length - 1;
      const facts = { mask, lastOnly, stream: x };
      const mixed = mixer.apply(layerNorm(x, block.norm1), block.mixer, facts);
      if (lastOnly) x = tf.add(lastPosition(x), lastPosition(mixed));
      else if (kept) x = positionsOf(tf.add(x, mixed), kept);
      else x = tf.add(x, mixed);
      x = tf.add(x, feedForward(layerNorm(x, block.norm2), block.feedForward));
    }
    return layerNorm(x, tensorsOf(body.exit, given).norm);
  };

  /** [B, documents · L] -> one sequence per row. */
  const sequences = (tokens: Tensor): Tensor =>
    documents === 1 ? tokens : tf.reshape(tokens, [-1, length]);

  const maskOf = (tokens: Tensor): Tensor | undefined =>
    shape.padded ? tf.cast(tf.notEqual(tokens, tf.scalar(0, 'int32')), 'float32') : undefined;

  const all = [...body.parameters, ...classifierNamed];
  const parameterCount = countMatched(all);
  return {
    parameters: body.parameters,
    classifierParameters: classifierNamed,
    tokenHeadParameters: named(heads.tokenHead, 'tokenHead.'),
    parameterCount,
    positionParameterCount: countParameters(all) - parameterCount,
    feedForward: body.hidden,
    stateSize: layers * mixer.stateSize,
    reach: modelReach(mixer, size),
    causal: definition.causal,
    maskToken: vocabulary,
    classify(given, p) {
      const tokens = sequences(given);
      const mask = maskOf(tokens);
      const read =
        shape.readout === 'query'
          ? encode(tokens, mask, p, [length - 1])
          : meanPosition(encode(tokens, mask, p), mask); // [documents · B, 1, d]
      return classify(tf.squeeze(read, [1]), tensorsOf(heads.classifier, p, 'classifier.'));
    },
    classifyAt(given, p, positions) {
      checkPositions(positions, shape);
      const tokens = sequences(given);
      const read = encode(tokens, maskOf(tokens), p, positions); // [documents · B, A, d]
      const count = positions.length;
      // One read-out per row, the documents of an example next to each other, as `classify` takes them.
      const pairs = tf.reshape(read, [-1, documents, count, width]);
      const rows = tf.reshape(tf.transpose(pairs, [0, 2, 1, 3]), [-1, width]);
      const answers = classify(rows, tensorsOf(heads.classifier, p, 'classifier.'));
      return tf.reshape(answers, [-1, count, classes]);
    },
    predictTokens(given, p) {
      const tokens = sequences(given);
      const x = encode(tokens, maskOf(tokens), p);
      const { weight, bias } = tensorsOf(heads.tokenHead, p, 'tokenHead.');
      return dense(x, weight, bias);
    },
  };
}

/** @throws Error unless the positions ascend within the sequence and are where answers are read. */
function checkPositions(positions: readonly number[], { readout, length }: ModelShape): void {
  if (readout !== 'query')
    throw new Error('Only a model with read-out "query" answers at positions.');
  const isPlace = (at: number, i: number) =>
    Number.isInteger(at) && at > (positions[i - 1] ?? -1) && at < length;
  if (positions.length === 0 || !positions.every(isPlace)) {
    throw new Error(
      `Positions ${positions.join(', ')} are not ascending places in a sequence of ${length} tokens.`,
    );
  }
}

/** Puts the model's name in front of errors about its options or size. */
function naming<T>(model: string, create: () => T): T {
  try {
    return create();
  } catch (error) {
    if (error instanceof OptionError) throw new OptionError(`model ${model}: ${error.message}`);
    throw error;
  }
}

/** The parameters of everything but the heads, with `hidden` channels in each feed-forward layer. */
function bodyOf(mixer: Mixer, shape: ModelShape, size: Size, hidden: number) {
  const { layers, width } = size;
  const positions: Parameter = {
    shape: [shape.length, width],
    initialise: normal(embeddingStd),
    perPosition: true,
  };
  const entrance = {
    ...embeddingParameters(shape, width),
    shift: shiftParameter(size),
    positions: mixer.positions === 'learned' ? positions : undefined,
  };
  /** All blocks have the same. */
  const block = {
    norm1: normParameters(width),
    mixer: mixer.parameters,
    norm2: normParameters(width),
    feedForward: feedForwardParameters(hidden, { width, layers }),
  };
  const exit = { norm: normParameters(width) };
  const blocks = Array.from({ length: layers }, (_, n) => named(block, `block${n}.`));
  const parameters = [...named(entrance), ...blocks.flat(), ...named(exit)];
  return { entrance, block, exit, hidden, parameters };
}

/** Tokens to either side that one position can depend on through the whole model; Infinity for all. */
export function modelReach(mixer: Mixer, size: Pick<Size, 'layers' | 'shift'>): number {
  return reachThrough(mixer, size.layers) + shiftReach(size);
}

/** Positions without parameters, [L, d], or nothing. */
function additivePositions(
  kind: AdditivePositions | undefined,
  length: number,
  width: number,
): Tensor | undefined {
  if (kind !== 'sinusoidal') return undefined;
  const table = tf.tensor2d(sinusoidalTable(length, width), [length, width]);
  return tf.mul(table, sinusoidalAmplitude);
}
