/**
 * The training step that `npm run bench -- step` times: a pre-norm Transformer classifier, forward,
 * backward, clipping by the global norm, and AdamW on flat vectors. `torch_step.py` is its twin.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { Program } from '../engine/engine.ts';

export interface StepShape {
  layers: number;
  width: number;
  heads: number;
  length: number;
  batch: number;
  vocabulary: number;
  classes: number;
}

/** DESIGN's reference step. */
export const referenceStep: StepShape = {
  layers: 2,
  width: 64,
  heads: 4,
  length: 512,
  batch: 16,
  vocabulary: 32,
  classes: 10,
};

type Named = Record<string, Tensor>;

/** Names and shapes of the parameters, in the order of the flat vector. */
export function parameterShapes(s: StepShape): [string, number[]][] {
  const d = s.width;
  const block = (i: number): [string, number[]][] => [
    [`block${i}.norm1.scale`, [d]],
    [`block${i}.norm1.shift`, [d]],
    [`block${i}.query`, [d, d]],
    [`block${i}.key`, [d, d]],
    [`block${i}.value`, [d, d]],
    [`block${i}.output`, [d, d]],
    [`block${i}.norm2.scale`, [d]],
    [`block${i}.norm2.shift`, [d]],
    [`block${i}.up`, [d, 4 * d]],
    [`block${i}.upBias`, [4 * d]],
    [`block${i}.down`, [4 * d, d]],
    [`block${i}.downBias`, [d]],
  ];
  return [
    ['embedding', [s.vocabulary, d]],
    ['positions', [s.length, d]],
    ...Array.from({ length: s.layers }, (_, i) => block(i)).flat(),
    ['norm.scale', [d]],
    ['norm.shift', [d]],
    ['head', [d, s.classes]],
    ['headBias', [s.classes]],
  ];
}

export function parameterCount(s: StepShape): number {
  return parameterShapes(s).reduce((sum, [, shape]) => sum + tf.util.sizeFromShape(shape), 0);
}

function layerNorm(x: Tensor, scale: Tensor, shift: Tensor): Tensor {
  const centred = x.sub(x.mean(-1, true));
  const variance = centred.square().mean(-1, true);
  return centred.mul(variance.add(1e-5).rsqrt()).mul(scale).add(shift);
}

/** The tanh form of GELU. */
function gelu(x: Tensor): Tensor {
  const inner = x.add(x.square().mul(x).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
  return x.mul(0.5).mul(inner.tanh().add(1));
}

function attention(x: Tensor, p: Named, prefix: string, s: StepShape): Tensor {
  const headWidth = s.width / s.heads;
  const project = (name: string) =>
    tf
      .matMul(x.reshape([s.batch * s.length, s.width]), p[`${prefix}${name}`]!)
      .reshape([s.batch, s.length, s.heads, headWidth])
      .transpose([0, 2, 1, 3]); // [B, H, L, dh]
  const query = project('query').mul(1 / Math.sqrt(headWidth));
  const weights = tf.softmax(tf.matMul(query, project('key'), false, true)); // [B, H, L, L]
  const mixed = tf.matMul(weights, project('value')).transpose([0, 2, 1, 3]);
  return tf
    .matMul(mixed.reshape([s.batch * s.length, s.width]), p[`${prefix}output`]!)
    .reshape([s.batch, s.length, s.width]);
}

/** tokens [B, L] -> logits [B, classes]. */
export function forward(tokens: Tensor, p: Named, s: StepShape): Tensor {
  let x: Tensor = tf.gather(p['embedding']!, tokens as tf.Tensor1D).add(p['positions']!);
  for (let i = 0; i < s.layers; i++) {
    const block = `block${i}.`;
    const normed = layerNorm(x, p[`${block}norm1.scale`]!, p[`${block}norm1.shift`]!);
    x = x.add(attention(normed, p, block, s));
    const hidden = layerNorm(x, p[`${block}norm2.scale`]!, p[`${block}norm2.shift`]!)
      .reshape([s.batch * s.length, s.width])
      .matMul(p[`${block}up`]!)
      .add(p[`${block}upBias`]!);
    const fed = gelu(hidden).matMul(p[`${block}down`]!).add(p[`${block}downBias`]!);
    x = x.add(fed.reshape([s.batch, s.length, s.width]));
  }
  const pooled = layerNorm(x, p['norm.scale']!, p['norm.shift']!).mean(1); // [B, d]
  return pooled.matMul(p['head']!).add(p['headBias']!);
}

/** The whole training step on flat vectors. */
export function stepProgram(s: StepShape): Program {
  const shapes = parameterShapes(s);
  const size = parameterCount(s);
  const vector = { shape: [size], dtype: 'float32' as const };
  const scalar = { shape: [], dtype: 'float32' as const };
  return {
    name: 'transformer-step',
    inputs: {
      parameters: vector,
      moment1: vector,
      moment2: vector,
      tokens: { shape: [s.batch, s.length], dtype: 'int32' },
      labels: { shape: [s.batch], dtype: 'int32' },
      learningRate: scalar,
      correction1: scalar,
      correction2: scalar,
    },
    build(inputs) {
      const { parameters, moment1, moment2, tokens, labels } = inputs as Record<string, Tensor>;
      const { learningRate, correction1, correction2 } = inputs as Record<string, Tensor>;
      let offset = 0;
      const tensors = shapes.map(([, shape]) => {
        const length = tf.util.sizeFromShape(shape);
        const tensor = parameters!.slice([offset], [length]).reshape(shape);
        offset += length;
        return tensor;
      });
      const { value: loss, grads } = tf.valueAndGrads((...values: Tensor[]) => {
        const named = Object.fromEntries(shapes.map(([name], i) => [name, values[i]!]));
        const logits = forward(tokens!, named, s);
        const target = tf.oneHot(labels!, s.classes).toFloat();
        return tf.neg(tf.sum(target.mul(tf.logSoftmax(logits)))).div(s.batch) as tf.Scalar;
      })(tensors);
      const gradient = tf.concat(grads.map((grad) => grad.flatten()));
      const gradientNorm = gradient.square().sum().sqrt();
      const clipped = gradient.mul(tf.minimum(1, tf.div(1, gradientNorm.add(1e-6))));
      const m = moment1!.mul(0.9).add(clipped.mul(0.1));
      const v = moment2!.mul(0.999).add(clipped.square().mul(0.001));
      const update = m.div(correction1!).div(v.div(correction2!).sqrt().add(1e-8));
      const decayed = parameters!.mul(tf.sub(1, learningRate!.mul(0.01)));
      return {
        parameters: decayed.sub(update.mul(learningRate!)),
        moment1: m,
        moment2: v,
        loss,
        gradientNorm,
      };
    },
  };
}
