/**
 * Synthesizer (Tay et al. 2020, https://arxiv.org/abs/2005.00743): attention whose weights come from
 * no comparison of queries with keys, bidirectional:
 *
 *   o_h = softmax(S_h) v_h
 *
 * `random`: S_h = R_h T_hᵀ is a parameter, in the paper's factorised form, R and T [L, rank].
 * `dense`: each token's row of S_h is a function of that token alone,
 * S_hi = ReLU(x_i W_h + b_h) V_h + c_h with V_h [dh, L]. The factors start normal with a variance that gives scores the variance 1.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { attend, checkHeads, mergeHeads, padding, splitHeads } from '../attention/attention.ts';
import { addedPositions, additive } from '../attention/positions.ts';
import { buildMixer, type MixerDefinition, type MixerInput } from '../mixer.ts';
import { dense, denseColumns } from '../ops/dense.ts';
import { normal } from '../ops/initialise.ts';
import { usedPositions } from '../ops/readout.ts';
import { dims } from '../ops/tensors.ts';
import { bias, intoResidual, matrix, type Parameter, type Tensors } from '../parameters.ts';

const options = z.strictObject({
  kind: z.enum(['random', 'dense']).default('dense'),
  /** Rank of a random matrix of scores. */
  rank: z.int().min(1).default(8),
  /** Attention heads; divides the width. */
  heads: z.int().min(1).default(4),
  positions: addedPositions.default('learned'),
});

export const synthesizer: MixerDefinition<typeof options> = {
  name: 'synthesizer',
  title: 'Synthesizer',
  family: 'efficient attention',
  year: 2020,
  paper: {
    title: 'Synthesizer: Rethinking Self-Attention in Transformer Models',
    url: 'https://arxiv.org/abs/2005.00743',
  },
  causal: false,
  cost: 'L²',
  notes: [
    'The default is the dense kind with a second matrix per head; the Long Range Arena’s is the factorised random one (option kind).',
  ],
  options,
  create(shape, { kind, rank, heads, positions }) {
    const { length, width } = shape;
    checkHeads(heads, width);
    const channels = width / heads;
    const table = (shape: number[], std: number): Parameter => ({
      shape,
      initialise: normal(std),
      perPosition: true,
    });
    const projections = {
      value: matrix(width, width),
      valueBias: bias(width),
      output: intoResidual(width, shape),
      outputBias: bias(width),
    };
    const facts = {
      reach: Infinity,
      positions: additive(positions),
      stateSize: length * width,
    };
    if (kind === 'random') {
      const factor = () => table([heads, length, rank], rank ** -0.25);
      return buildMixer({
        parameters: { rows: factor(), columns: factor(), ...projections },
        ...facts,
        apply: (x, p, input) => mergeHeads(byTable(x, p, heads, input), p),
      });
    }
    return buildMixer({
      parameters: {
        hidden: matrix(width, width),
        hiddenBias: bias(width),
        scores: table([heads, channels, length], 1 / Math.sqrt(channels)),
        scoresBias: { ...table([heads, 1, length], 0), decay: false },
        ...projections,
      },
      ...facts,
      apply: (x, p, input) => mergeHeads(byToken(x, p, heads, input), p),
    });
  },
};

/** Scores from the table alone: x [B, L, d] -> [B, H, Q, dh]. */
function byTable(
  x: Tensor,
  p: Tensors<'rows' | 'columns' | 'value' | 'valueBias'>,
  heads: number,
  { mask, lastOnly }: MixerInput,
): Tensor {
  const [batch, length, width] = dims(x, 3);
  const channels = width / heads;
  const rank = p.rows.shape[2]!;
  const q = lastOnly ? tf.slice(p.rows, [0, length - 1, 0], [heads, 1, rank]) : p.rows;
  const v = splitHeads(dense(x, p.value, p.valueBias), heads); // [B, H, L, dh]
  if (mask) {
    const every = (t: Tensor) => tf.mul(t, tf.ones([batch, 1, 1, 1]));
    return attend({
      q: every(q),
      k: every(p.columns),
      v,
      keyBias: absent(mask, heads, [length, 1]),
    });
  }
  // All sequences of the batch share their weights, so they count as further channels of one sequence.
  const together = tf.reshape(tf.transpose(v, [1, 2, 0, 3]), [heads, length, batch * channels]);
  const o = attend({ q, k: p.columns, v: together }); // [H, Q, B·dh]
  return tf.transpose(tf.reshape(o, [heads, q.shape[1]!, batch, channels]), [2, 0, 1, 3]);
}

/** A row of scores from each token: x [B, L, d] -> [B, H, Q, dh]. */
function byToken(
  x: Tensor,
  p: Tensors<'hidden' | 'hiddenBias' | 'scores' | 'scoresBias' | 'value' | 'valueBias'>,
  heads: number,
  { mask, lastOnly }: MixerInput,
): Tensor {
  const [batch, length, width] = dims(x, 3);
  const tokens = usedPositions(x, lastOnly);
  const hidden = splitHeads(tf.relu(dense(tokens, p.hidden, p.hiddenBias)), heads); // [B, H, Q, dh]
  const values = denseColumns(x, p.value, p.valueBias); // [B, d, L]
  return attend({
    q: tf.concat([hidden, tf.ones([batch, heads, tokens.shape[1]!, 1])], 3),
    k: tf.mul(tf.concat([p.scores, p.scoresBias], 1), tf.ones([batch, 1, 1, 1])), // [B, H, dh + 1, L]
    v: tf.reshape(values, [batch, heads, width / heads, length]),
    channelsFirst: true,
    keyBias: mask && absent(mask, heads, [1, length]),
  });
}

/** mask [B, L] -> bias of keys [B, H, ...shape]. */
function absent(mask: Tensor, heads: number, shape: [number, number]): Tensor {
  const bias = tf.mul(tf.sub(1, mask), padding);
  return tf.mul(tf.reshape(bias, [mask.shape[0], 1, ...shape]), tf.ones([1, heads, 1, 1]));
}
