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
import type { Readout } from '../../core/vocabulary.ts';
import { OptionError } from '../../core/errors.ts';
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { z } from 'zod';
import { dense } from '../ops/dense.ts';
import { embed, embeddingParameters, embeddingStd } from './embedding.ts';
import { feedForward, feedForwardParameters } from './feedForward.ts';
import { classify, classifierParameters, headParameters } from './heads.ts';
import { normal } from '../ops/initialise.ts';
import type { AdditivePositions, Mixer, MixerDefinition, Parameter, Parameters } from '../mixer.ts';
import { layerNorm, normParameters } from '../ops/norm.ts';
import { sinusoidalTable } from '../attention/positions.ts';
import { lastPosition, meanPosition, positionsOf } from '../ops/readout.ts';
import { shiftParameters, shiftReach, shiftTokens } from './shift.ts';
import { countMatched, countParameters, matchFeedForward, type Size } from './size.ts';

/** What a model needs to know of its task; a task's shape has all of it. */
export interface ModelShape {
  /** Tokens a sequence; of each document, where there are two. */
  length: number;
  /** 2 where a pair of documents is judged; 1 when absent. */
  documents?: 1 | 2;
  /** Whether ids stand for grey levels, id − 1; they are tokens without an order when absent. */
  input?: 'tokens' | 'levels';
  /** Ids run from 0 to vocabulary - 1; 0 is padding. */
  vocabulary: number;
  classes: number;
  /** `pool`: mean over the tokens that are no padding. `query`: the last position. */
  readout: Readout;
  /** Whether sequences may be shorter than `length`. */
  padded: boolean;
}

export interface Model {
  /** Embedding, blocks and final norm: what pretraining hands over to training. */
  parameters: Parameter[];
  classifierParameters: Parameter[];
  tokenHeadParameters: Parameter[];
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
  classify(tokens: Tensor, parameters: Parameters): Tensor;
  /**
   * Answers to several questions per sequence, in one pass through the body: tokens as for `classify`
   * -> logits [B, positions.length, classes], each read out at one of `positions`, ascending places
   * in the sequence from 0; in each document, where there are two. At the last position alone it is
   * `classify`.
   *
   * @throws Error where the read-out is not `query`, or a position is not in the sequence
   */
  classifyAt(tokens: Tensor, parameters: Parameters, positions: readonly number[]): Tensor;
  /**
   * tokens [B, L] int32 -> logits [B, L, vocabulary]; two documents [B, 2·L] are two sequences,
   * [2·B, L, vocabulary]. Needs the body's and the token head's parameters.
   */
  predictTokens(tokens: Tensor, parameters: Parameters): Tensor;
}

/** Amplitude of sinusoidal positions: about what the embedding grows to, since they cannot grow. */
const sinusoidalAmplitude = 0.2;

/** @throws OptionError when an option is out of range or the size cannot be matched. */
export function createModel<Options extends z.ZodObject>(
  definition: MixerDefinition<Options>,
  options: z.output<Options>,
  shape: ModelShape,
  size: Size,
): Model {
  const { length, vocabulary, documents = 1 } = shape;
  const { layers, width } = size;
  const classifier = classifierParameters(shape, width);
  const body = (hidden: number) => bodyParameters(mixer, shape, size, hidden);
  const { mixer, hidden } = naming(definition.name, () => {
    const mixer = definition.create({ length, width, layers }, options);
    const fixed = countMatched([...bodyParameters(mixer, shape, size, 0), ...classifier]);
    return { mixer, hidden: matchFeedForward(fixed, size) };
  });

  /** Final normalised channels, of every position [B, L, d] or of the wanted ones [B, A, d]. */
  const encode = (
    tokens: Tensor,
    mask: Tensor | undefined,
    p: Parameters,
    wanted?: readonly number[],
  ): Tensor => {
    const norm = (x: Tensor, name: string) => layerNorm(x, p[`${name}.gain`]!, p[`${name}.bias`]!);
    let x = shiftTokens(embed(tokens, shape, p), p);
    const positions = additivePositions(mixer.positions, length, width, p);
    if (positions) x = tf.add(x, positions);
    for (let n = 0; n < layers; n++) {
      const block = `block${n}`;
      // After the last mixer, only the positions that are read out are needed.
      const kept = n === layers - 1 ? wanted : undefined;
      const lastOnly = kept?.length === 1 && kept[0] === length - 1;
      const mixed = mixer.apply(norm(x, `${block}.norm1`), within(p, `${block}.mixer.`), {
        mask,
        lastOnly,
      });
      if (lastOnly) x = tf.add(lastPosition(x), lastPosition(mixed));
      else if (kept) x = positionsOf(tf.add(x, mixed), kept);
      else x = tf.add(x, mixed);
      x = tf.add(x, feedForward(norm(x, `${block}.norm2`), p, `${block}.feedForward`));
    }
    return norm(x, 'norm');
  };

  /** [B, documents · L] -> one sequence a row. */
  const sequences = (tokens: Tensor): Tensor =>
    documents === 1 ? tokens : tf.reshape(tokens, [-1, length]);

  const maskOf = (tokens: Tensor): Tensor | undefined =>
    shape.padded ? tf.cast(tf.notEqual(tokens, tf.scalar(0, 'int32')), 'float32') : undefined;

  const all = [...body(hidden), ...classifier];
  const parameterCount = countMatched(all);
  return {
    parameters: body(hidden),
    classifierParameters: classifier,
    tokenHeadParameters: headParameters('tokenHead', width, vocabulary),
    parameterCount,
    positionParameterCount: countParameters(all) - parameterCount,
    feedForward: hidden,
    stateSize: layers * mixer.stateSize,
    reach: (mixer.reachOf?.(layers) ?? layers * mixer.reach) + shiftReach(size),
    causal: definition.causal,
    maskToken: vocabulary,
    classify(given, p) {
      const tokens = sequences(given);
      const mask = maskOf(tokens);
      const read =
        shape.readout === 'query'
          ? encode(tokens, mask, p, [length - 1])
          : meanPosition(encode(tokens, mask, p), mask); // [documents · B, 1, d]
      return classify(tf.squeeze(read, [1]), documents, p);
    },
    classifyAt(given, p, positions) {
      checkPositions(positions, shape);
      const tokens = sequences(given);
      const read = encode(tokens, maskOf(tokens), p, positions); // [documents · B, A, d]
      const count = positions.length;
      // One read-out per row, the documents of an example next to each other, as `classify` takes them.
      const pairs = tf.reshape(read, [-1, documents, count, width]);
      const rows = tf.reshape(tf.transpose(pairs, [0, 2, 1, 3]), [-1, width]);
      return tf.reshape(classify(rows, documents, p), [-1, count, shape.classes]);
    },
    predictTokens(given, p) {
      const tokens = sequences(given);
      const x = encode(tokens, maskOf(tokens), p);
      return dense(x, p['tokenHead.weight']!, p['tokenHead.bias']);
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

/** Puts the model's name in front of what is wrong with its options or size. */
function naming<T>(model: string, create: () => T): T {
  try {
    return create();
  } catch (error) {
    if (error instanceof OptionError) throw new OptionError(`model ${model}: ${error.message}`);
    throw error;
  }
}

function bodyParameters(mixer: Mixer, shape: ModelShape, size: Size, hidden: number): Parameter[] {
  const { layers, width } = size;
  const positions: Parameter = {
    name: 'positions',
    shape: [shape.length, width],
    initialise: normal(embeddingStd),
    perPosition: true,
  };
  const block = (n: number): Parameter[] => [
    ...normParameters(`block${n}.norm1`, width),
    ...mixer.parameters.map((p) => ({ ...p, name: `block${n}.mixer.${p.name}` })),
    ...normParameters(`block${n}.norm2`, width),
    ...feedForwardParameters(`block${n}.feedForward`, width, hidden, 1 / Math.sqrt(2 * layers)),
  ];
  return [
    ...embeddingParameters(shape, width),
    ...shiftParameters(size),
    ...(mixer.positions === 'learned' ? [positions] : []),
    ...Array.from({ length: layers }, (_, n) => block(n)).flat(),
    ...normParameters('norm', width),
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
