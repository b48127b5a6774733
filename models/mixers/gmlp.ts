/**
 * gMLP (Liu et al. 2021, https://arxiv.org/abs/2105.08050): a multi-layer perceptron in which one
 * half of the hidden channels gates the other after a linear map over the positions,
 *
 *   [u v] = GELU(x U + a),   y = (u ∘ (S norm(v) + b)) V + c
 *
 * S is the paper's [L, L] matrix, one for all channels, or, as `toeplitz`, a free convolution with
 * weights of its own for every channel and every distance to both sides, which is how the locality study
 * ran it (Miralles-González et al. 2025, https://arxiv.org/abs/2501.14850: a long convolution with all its
 * parameters free); its kernels learn as other free kernels do, at a tenth of the rate without weight
 * decay. S starts near zero, a sum over the sequence of at most 0.001, and b at one, so that a block
 * starts as a perceptron of each token alone.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { denseGelu, overRoot2 } from '../ops/activations.ts';
import { convolve, convolveLast } from '../ops/convolution.ts';
import { dense } from '../ops/dense.ts';
import { ones, uniform } from '../ops/initialise.ts';
import { layerNorm, normParameters } from '../ops/norm.ts';
import { usedPositions, withoutPadding } from '../ops/readout.ts';
import { dims, split } from '../ops/tensors.ts';
import { bias, intoResidual, learnsAt, matrix, type Tensors } from '../parameters.ts';
import { bothSides } from '../recurrence/convolutionBlock.ts';

const options = z.strictObject({
  spatial: z.enum(['toeplitz', 'full']).default('full'),
  /** Channels of each half, as a multiple of the width. */
  expand: z.int().min(1).max(4).default(1),
});

export const gmlp: MixerDefinition<typeof options> = {
  name: 'gmlp',
  title: 'gMLP',
  family: 'convolution',
  year: 2021,
  paper: { title: 'Pay Attention to MLPs', url: 'https://arxiv.org/abs/2105.08050' },
  causal: false,
  cost: 'L²',
  notes: [
    'Each half of the hidden channels is as wide as a token (option expand); the paper’s are three times as wide. That leaves room for the shared feed-forward layers, which the paper has none of.',
    'With spatial=toeplitz the map over positions is a convolution with weights of its own for every channel, of cost L√L, as the locality study ran it, and not the paper’s matrix.',
  ],
  options,
  create(shape, { spatial, expand }) {
    const { length, width } = shape;
    const half = expand * width;
    const isFull = spatial === 'full';
    const spatialParameters = {
      spatial: {
        shape: isFull ? [length, length] : [2, half, length],
        initialise: uniform(-0.001 / length, 0.001 / length),
        perPosition: true,
        ...(isFull ? {} : learnsAt(0.1)),
      },
      spatialBias: {
        shape: [isFull ? length : half],
        initialise: ones,
        decay: false,
        perPosition: isFull,
      },
    };
    return buildMixer({
      parameters: {
        up: matrix(width, 2 * half),
        upBias: bias(2 * half),
        norm: normParameters(half),
        ...spatialParameters,
        down: intoResidual(half, shape),
        downBias: bias(width),
      },
      reach: Infinity,
      stateSize: length * half,
      apply(x, p, { mask, lastOnly = false }) {
        const hidden = denseGelu(x, p.up, p.upBias); // √2 times GELU
        const [u, v] = split(hidden, 2, 2); // [B, L, half]
        const normal = layerNorm(overRoot2(v), p.norm);
        const real = withoutPadding(normal, mask);
        const gate = isFull ? byMatrix(real, p, lastOnly) : byConvolution(real, p, lastOnly);
        return dense(tf.mul(usedPositions(u, lastOnly), gate), overRoot2(p.down), p.downBias);
      },
    });
  },
};

type SpatialTensors = Tensors<'spatial' | 'spatialBias'>;

/** v [B, L, c] -> S v + b, [B, L, c] or [B, 1, c]. */
function byConvolution(v: Tensor, p: SpatialTensors, lastOnly: boolean): Tensor {
  const { after, before } = bothSides(p.spatial);
  return tf.add(lastOnly ? convolveLast(v, after) : convolve(v, after, before), p.spatialBias);
}

function byMatrix(v: Tensor, p: SpatialTensors, lastOnly: boolean): Tensor {
  const [batch, length, channels] = dims(v, 3);
  const first = lastOnly ? length - 1 : 0;
  const rows = length - first;
  const weights = tf.slice(p.spatial, [first, 0], [rows, length]);
  const columns = tf.reshape(tf.transpose(v, [1, 0, 2]), [length, batch * channels]);
  const mixed = tf.transpose(
    tf.reshape(tf.matMul(weights, columns), [rows, batch, channels]),
    [1, 0, 2],
  );
  return tf.add(mixed, tf.reshape(tf.slice(p.spatialBias, [first], [rows]), [rows, 1]));
}
