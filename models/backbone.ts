/**
 * The backbone that all mixers share, so that models differ in nothing else:
 *
 *   x = embedding[tokens] (+ positions)
 *   N times:  x = x + mixer(norm(x));  x = x + feedForward(norm(x))
 *   classify: head(read-out(norm(x)))          predictTokens: tokenHead(norm(x))
 *
 * Pre-norm, as in the long-range literature since S4 and self-pretraining (Amos et al. 2024,
 * https://arxiv.org/abs/2310.02980). The embedding has one id more than the task: the mask token
 * of masked pretraining, there in every regime, so that parameter counts do not depend on it.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { z } from 'zod';
import { dense } from './dense.ts';
import { feedForward, feedForwardParameters } from './feedForward.ts';
import { fanIn, normal, zeros } from './initialise.ts';
import type { AdditivePositions, Mixer, MixerDefinition, Parameter, Parameters } from './mixer.ts';
import { layerNorm, normParameters } from './norm.ts';
import { sinusoidalTable } from './positions.ts';
import { lastPosition, meanPosition } from './readout.ts';
import { countParameters, matchFeedForward, type Size } from './size.ts';

/** What a model needs to know of its task; a task's shape has all of it. */
export interface ModelShape {
  /** Tokens a sequence. */
  length: number;
  /** Ids run from 0 to vocabulary - 1; 0 is padding. */
  vocabulary: number;
  classes: number;
  /** `pool`: mean over the tokens that are no padding. `query`: the last position. */
  readout: 'pool' | 'query';
  /** Whether sequences may be shorter than `length`. */
  padded: boolean;
}

export interface Model {
  /** Embedding, blocks and final norm: what pretraining hands over to training. */
  parameters: Parameter[];
  classifierParameters: Parameter[];
  tokenHeadParameters: Parameter[];
  /** Count of the body and the classifier, the number that is matched. */
  parameterCount: number;
  feedForward: number;
  /** Sum over the blocks. */
  stateSize: number;
  /** Tokens to either side that one position can depend on through all blocks; Infinity for all. */
  reach: number;
  causal: boolean;
  /** Id that masked pretraining puts in place of a token. */
  maskToken: number;
  /** tokens [B, L] int32 -> logits [B, classes]. Needs the body's and the classifier's parameters. */
  classify(tokens: Tensor, parameters: Parameters): Tensor;
  /** tokens [B, L] int32 -> logits [B, L, vocabulary]. Needs the body's and the token head's. */
  predictTokens(tokens: Tensor, parameters: Parameters): Tensor;
}

/**
 * Standard deviation of the embedding and of learned positions at the start. As small as in BERT and
 * GPT, so that from the first step on what a mixer brings from other positions weighs more in the
 * residual stream than the token itself.
 */
const embeddingStd = 0.02;

/** Amplitude of sinusoidal positions: about what the embedding grows to, since they cannot grow. */
const sinusoidalAmplitude = 0.2;

/** @throws RangeError when an option is out of range or the size cannot be matched. */
export function createModel<Options extends z.ZodObject>(
  definition: MixerDefinition<Options>,
  options: z.output<Options>,
  shape: ModelShape,
  size: Size,
): Model {
  const { length, vocabulary, classes } = shape;
  const { layers, width } = size;
  const classifier = headParameters('classifier', width, classes);
  const body = (hidden: number) => bodyParameters(mixer, shape, size, hidden);
  const { mixer, hidden } = naming(definition.name, () => {
    const mixer = definition.create({ length, width, layers }, options);
    const fixed = countParameters([...bodyParameters(mixer, shape, size, 0), ...classifier]);
    return { mixer, hidden: matchFeedForward(fixed, size) };
  });

  /** Final normalised channels, of every position [B, L, d] or of the last [B, 1, d]. */
  const encode = (tokens: Tensor, p: Parameters, mask?: Tensor, lastOnly = false): Tensor => {
    const norm = (x: Tensor, name: string) => layerNorm(x, p[`${name}.gain`]!, p[`${name}.bias`]!);
    let x = tf.gather(p.embedding!, tokens);
    const positions = additivePositions(mixer.positions, length, width, p);
    if (positions) x = tf.add(x, positions);
    for (let n = 0; n < layers; n++) {
      const block = `block${n}`;
      const input = { mask, lastOnly: lastOnly && n === layers - 1 };
      const select = input.lastOnly ? lastPosition : (x: Tensor) => x;
      const mixed = mixer.apply(norm(x, `${block}.norm1`), within(p, `${block}.mixer.`), input);
      x = tf.add(select(x), select(mixed));
      x = tf.add(x, feedForward(norm(x, `${block}.norm2`), p, `${block}.feedForward`));
    }
    return norm(x, 'norm');
  };

  const maskOf = (tokens: Tensor): Tensor | undefined =>
    shape.padded ? tf.cast(tf.notEqual(tokens, tf.scalar(0, 'int32')), 'float32') : undefined;

  return {
    parameters: body(hidden),
    classifierParameters: classifier,
    tokenHeadParameters: headParameters('tokenHead', width, vocabulary),
    parameterCount: countParameters([...body(hidden), ...classifier]),
    feedForward: hidden,
    stateSize: layers * mixer.stateSize,
    reach: layers * mixer.reach,
    causal: definition.causal,
    maskToken: vocabulary,
    classify(tokens, p) {
      const mask = maskOf(tokens);
      const read =
        shape.readout === 'query'
          ? encode(tokens, p, mask, true)
          : meanPosition(encode(tokens, p, mask), mask); // [B, 1, d]
      return dense(tf.squeeze(read, [1]), p['classifier.weight']!, p['classifier.bias']!);
    },
    predictTokens(tokens, p) {
      const x = encode(tokens, p, maskOf(tokens));
      return dense(x, p['tokenHead.weight']!, p['tokenHead.bias']!);
    },
  };
}

/** Puts the model's name in front of what is wrong with its options or size. */
function naming<T>(model: string, create: () => T): T {
  try {
    return create();
  } catch (error) {
    if (error instanceof RangeError) throw new RangeError(`model ${model}: ${error.message}`);
    throw error;
  }
}

function bodyParameters(
  mixer: Mixer,
  { length, vocabulary }: ModelShape,
  { layers, width }: Size,
  hidden: number,
): Parameter[] {
  const positions: Parameter = {
    name: 'positions',
    shape: [length, width],
    initialise: normal(embeddingStd),
  };
  const block = (n: number): Parameter[] => [
    ...normParameters(`block${n}.norm1`, width),
    ...mixer.parameters.map((p) => ({ ...p, name: `block${n}.mixer.${p.name}` })),
    ...normParameters(`block${n}.norm2`, width),
    ...feedForwardParameters(`block${n}.feedForward`, width, hidden, 1 / Math.sqrt(2 * layers)),
  ];
  return [
    { name: 'embedding', shape: [vocabulary + 1, width], initialise: normal(embeddingStd) },
    ...(mixer.positions === 'learned' ? [positions] : []),
    ...Array.from({ length: layers }, (_, n) => block(n)).flat(),
    ...normParameters('norm', width),
  ];
}

function headParameters(name: string, width: number, outputs: number): Parameter[] {
  return [
    { name: `${name}.weight`, shape: [width, outputs], initialise: fanIn(width) },
    { name: `${name}.bias`, shape: [outputs], initialise: zeros, decay: false },
  ];
}

/** [L, d], or nothing. */
function additivePositions(
  kind: AdditivePositions | undefined,
  length: number,
  width: number,
  p: Parameters,
): Tensor | undefined {
  if (kind === 'learned') return p.positions!;
  if (kind === 'sinusoidal') {
    const table = tf.tensor2d(sinusoidalTable(length, width), [length, width]);
    return tf.mul(table, sinusoidalAmplitude);
  }
  return undefined;
}

/** The parameters under a prefix, without it. */
function within(p: Parameters, prefix: string): Parameters {
  return Object.fromEntries(
    Object.entries(p)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );
}
