/**
 * The heads: from channels to logits.
 *
 * One sequence has a linear head. A pair of documents has the two-layer head of natural language
 * inference that the Long Range Arena's paper describes for retrieval (Tay et al. 2021, §2.1.3),
 * with the read-outs x1 and x2 of the two documents:
 *
 *   logits = GELU([x1, x2, x1 ∘ x2, x1 − x2] W1 + b1) W2 + b2
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { scaledGelu } from '../ops/activations.ts';
import type { ModelShape } from './backbone.ts';
import { dense } from '../ops/dense.ts';
import { fanIn, zeros } from '../ops/initialise.ts';
import type { Parameter, Parameters } from '../mixer.ts';

/** A linear head, `<name>.weight` and `<name>.bias`. */
export function headParameters(name: string, width: number, outputs: number): Parameter[] {
  return [
    { name: `${name}.weight`, shape: [width, outputs], initialise: fanIn(width) },
    { name: `${name}.bias`, shape: [outputs], initialise: zeros, decay: false },
  ];
}

export function classifierParameters(
  { classes, documents = 1 }: Pick<ModelShape, 'classes' | 'documents'>,
  width: number,
): Parameter[] {
  const last = headParameters('classifier', width, classes);
  if (documents === 1) return last;
  return [...headParameters('classifier.pair', 4 * width, width), ...last];
}

/** read [documents · B, d], the documents of an example side by side -> logits [B, classes]. */
export function classify(read: Tensor, documents: 1 | 2, p: Parameters): Tensor {
  const features = documents === 1 ? read : pair(read, p);
  return dense(features, p['classifier.weight']!, p['classifier.bias']!);
}

/** read [2 · B, d] -> [B, d] */
function pair(read: Tensor, p: Parameters): Tensor {
  const [rows, width] = read.shape as [number, number];
  const [x1, x2] = tf
    .split(tf.reshape(read, [rows / 2, 2, width]), 2, 1)
    .map((x) => tf.squeeze(x, [1])) as [Tensor, Tensor];
  const joined = tf.concat([x1, x2, tf.mul(x1, x2), tf.sub(x1, x2)], 1); // [B, 4d]
  const hidden = dense(joined, p['classifier.pair.weight']!, p['classifier.pair.bias']!);
  // √2 · GELU(h) with h = √2 · z
  return tf.mul(scaledGelu(tf.mul(hidden, Math.SQRT1_2)), Math.SQRT1_2);
}
