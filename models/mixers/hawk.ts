/**
 * Hawk: the recurrent block of Griffin without its local attention, with the real-gated linear
 * recurrent unit (RG-LRU; De et al. 2024, https://arxiv.org/abs/2402.19427), causal:
 *
 *   y = (GELU(x W_1 + b_1) ∘ RG-LRU(conv(x W_2 + b_2))) W_o + b_o
 *
 *   r_t = σ(u_t W_a + b_a),   i_t = σ(u_t W_i + b_i),   a_t = a^(c r_t),   a = σ(Λ),   c = 8
 *   h_t = a_t ∘ h_{t−1} + √(1 − a_t²) ∘ (i_t ∘ u_t)
 *
 * where conv is causal, four tokens wide, with a kernel for every channel, and W_a and W_i are
 * block-diagonal. The block has expansion · d channels, 4/3 in the paper. Griffin has local attention
 * in every third block; the paper calls the model without it Hawk.
 *
 * As in the released code (recurrentgemma), a starts uniform on the ring between 0.9 and 0.999 and the
 * kernels of conv with standard deviation 0.05; other matrices keep the variance of their inputs, and
 * biases start at 0. The released code does not scale the first token by √(1 − a²); the paper's formula,
 * which this mixer follows, scales every token.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { denseGelu, overRoot2 } from '../ops/activations.ts';
import { dense } from '../ops/dense.ts';
import { fanIn, normal, zeros, type Initialiser } from '../ops/initialise.ts';
import { usedPositions } from '../ops/readout.ts';
import { scan } from '../ops/scan.ts';
import { shortConvolve, shortKernel } from '../ops/shortConvolution.ts';
import { dims, split } from '../ops/tensors.ts';
import { bias, intoResidual, matrix, type Tensors } from '../parameters.ts';

const options = z.strictObject({
  /** Channels of the recurrence over channels of a token, rounded to a multiple of `blocks`. */
  expansion: z
    .number()
    .positive()
    .max(8)
    .default(4 / 3),
  /** Blocks on the diagonal of the gates' matrices. */
  blocks: z.int().min(1).default(4),
});

const taps = 4;
const sharpness = 8; // c

export const hawk: MixerDefinition<typeof options> = {
  name: 'hawk',
  title: 'Hawk (RG-LRU)',
  family: 'recurrence',
  year: 2024,
  paper: {
    title:
      'Griffin: Mixing Gated Linear Recurrences with Local Attention for Efficient Language Models',
    url: 'https://arxiv.org/abs/2402.19427',
  },
  causal: true,
  cost: 'L',
  notes: [
    'Griffin puts local attention in every third block; this is the paper’s model without it, Hawk.',
    'The released code does not scale the first token by √(1 − a²); the paper’s formula, followed here, scales every token.',
    'Gates have 4 blocks (option blocks), the released models as many as heads, 10 and more; GELU is exact, theirs the tanh form.',
  ],
  options,
  create(shape, { expansion, blocks }) {
    const { width } = shape;
    const side = Math.max(1, Math.round((expansion * width) / blocks));
    const inner = blocks * side;
    return buildMixer({
      parameters: {
        input: matrix(width, 2 * inner),
        inputBias: bias(2 * inner),
        convolution: { ...shortKernel(taps, inner), initialise: normal(0.05) },
        convolutionBias: bias(inner),
        gates: { shape: [blocks, side, 2 * side], initialise: fanIn(side) },
        gatesBias: { shape: [blocks, 1, 2 * side], initialise: zeros, decay: false },
        rate: { shape: [inner], initialise: rates, decay: false },
        output: intoResidual(inner, shape),
        outputBias: bias(width),
      },
      reach: Infinity,
      stateSize: taps * inner, // the unit's state and the three tokens before, of the convolution
      apply(x, p, { lastOnly }) {
        const columns = (first: number): [Tensor, Tensor] => [
          tf.slice(p.input, [0, first], [width, inner]),
          tf.slice(p.inputBias, [first], [inner]),
        ];
        const [gateWeight, gateBias] = columns(0);
        const branch = dense(x, ...columns(inner)); // [B, L, D]
        const u = tf.add(shortConvolve(branch, p.convolution, taps - 1), p.convolutionBias);
        const h = usedPositions(recurrentUnit(u, p, blocks), lastOnly);
        const gate = denseGelu(usedPositions(x, lastOnly), gateWeight, gateBias);
        return dense(tf.mul(gate, h), overRoot2(p.output), p.outputBias);
      },
    });
  },
};

/** The RG-LRU: u [B, L, D] -> h [B, L, D]. */
function recurrentUnit(
  u: Tensor,
  p: Tensors<'gates' | 'gatesBias' | 'rate'>,
  blocks: number,
): Tensor {
  const [batch, length, inner] = dims(u, 3);
  const side = inner / blocks;
  const rows = tf.transpose(tf.reshape(u, [batch * length, blocks, side]), [1, 0, 2]);
  const gates = tf.sigmoid(tf.add(tf.matMul(rows, p.gates), p.gatesBias)); // [blocks, B·L, 2·side]
  const inOrder = (gate: Tensor) =>
    tf.reshape(tf.transpose(gate, [1, 0, 2]), [batch, length, inner]);
  const [forget, enter] = split(gates, 2, 2);
  const [r, i] = [inOrder(forget), inOrder(enter)];
  // −ln σ(Λ) by logarithm and exponential: where a is near 1, its slope σ(−Λ) is as small as the
  // rounding of the sigmoid on some engines.
  const forgetting = tf.log1p(tf.exp(tf.neg(p.rate)));
  const logA = tf.mul(r, tf.mul(forgetting, -sharpness));
  // Away from 0, where the root has no slope: a gate that is shut to the last bit would give 0 · ∞.
  const room = tf.clipByValue(tf.neg(tf.expm1(tf.mul(logA, 2))), 1e-12, 1); // 1 − a²
  return scan(tf.exp(logA), tf.mul(tf.sqrt(room), tf.mul(i, u)));
}

/** Λ with a = σ(Λ) uniform by area on the ring between the radii 0.9 and 0.999. */
const rates: Initialiser = (size, random) =>
  Float32Array.from({ length: size }, () => {
    const a = Math.sqrt(0.9 ** 2 + (0.999 ** 2 - 0.9 ** 2) * random());
    return Math.log(a / (1 - a));
  });
