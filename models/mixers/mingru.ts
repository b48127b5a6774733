/**
 * minGRU (Feng et al. 2024, "Were RNNs All We Needed?", https://arxiv.org/abs/2410.01201): a GRU
 * whose gate and candidate see the token alone, so that the recurrence is linear and a scan does it:
 *
 *   h_t = (1 − z_t) ∘ h_{t−1} + z_t ∘ h̃_t,   z_t = σ(x_t W_z + b_z),   h̃_t = g(x_t W_h + b_h)
 *   y_t = h_t W_o + b_o
 *
 * with expansion · d channels. g keeps the candidate positive, g(x) = x + 1/2 where x ≥ 0 and σ(x)
 * elsewhere, as in the paper's version in log space, or is the identity, as in its plain version. The
 * scan of `scan.ts` needs no logarithms for either.
 *
 * Matrices start with the variance of their inputs kept. The gate's bias starts at 0, as in the paper,
 * so that a state has a half-life of one token. With `memory: 'length'`, half-lives start from one token
 * to the whole length, b_z = −log u for u uniform in [1, L − 1] (Tallec and Ollivier 2018,
 * https://arxiv.org/abs/1804.11188): a start fitted to the task, which no other mixer has.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { dense } from '../ops/dense.ts';
import { zeros, type Initialiser } from '../ops/initialise.ts';
import { usedPositions } from '../ops/readout.ts';
import { scan } from '../ops/scan.ts';
import { split } from '../ops/tensors.ts';
import { bias, intoResidual, matrix } from '../parameters.ts';

const options = z.strictObject({
  /** Channels of the state over channels of a token. */
  expansion: z.int().min(1).default(2),
  candidate: z.enum(['positive', 'linear']).default('positive'),
  /** How long states last at the start: one token as in the paper, or up to the whole length. */
  memory: z.enum(['length', 'token']).default('token'),
});

export const mingru: MixerDefinition<typeof options> = {
  name: 'mingru',
  title: 'minGRU',
  family: 'recurrence',
  year: 2024,
  paper: { title: 'Were RNNs All We Needed?', url: 'https://arxiv.org/abs/2410.01201' },
  causal: true,
  cost: 'L',
  notes: [
    'Gate and candidate have biases, which the paper’s formula leaves out. With memory=length, gates start fitted to the task’s length, which is not the paper’s start and which no other model has.',
  ],
  options,
  create(shape, { expansion, candidate, memory }) {
    const { length, width } = shape;
    const inner = expansion * width;
    return buildMixer({
      parameters: {
        input: matrix(width, 2 * inner),
        gateBias: {
          shape: [inner],
          initialise: memory === 'token' ? zeros : lasting(length),
          decay: false,
        },
        candidateBias: bias(inner),
        output: intoResidual(inner, shape),
        outputBias: bias(width),
      },
      reach: Infinity,
      stateSize: inner,
      apply(x, p, { lastOnly }) {
        const both = dense(x, p.input, tf.concat([p.gateBias, p.candidateBias])); // [B, L, 2·inner]
        const [gate, content] = split(both, 2, 2);
        const proposed = candidate === 'positive' ? positive(content) : content;
        const h = scan(tf.sigmoid(tf.neg(gate)), tf.mul(tf.sigmoid(gate), proposed));
        return dense(usedPositions(h, lastOnly), p.output, p.outputBias);
      },
    });
  },
};

/** Biases of gates that are open for one token in up to L − 1. */
const lasting =
  (length: number): Initialiser =>
  (size, random) =>
    Float32Array.from({ length: size }, () => -Math.log(1 + Math.max(0, length - 2) * random()));

/** x + 1/2 where x ≥ 0, σ(x) elsewhere. */
function positive(x: Tensor): Tensor {
  return tf.add(tf.relu(x), tf.sigmoid(tf.neg(tf.relu(tf.neg(x)))));
}
