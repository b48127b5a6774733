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
import { overRoot2, scaledGelu } from '../ops/activations.ts';
import { dense } from '../ops/dense.ts';
import { dims, split } from '../ops/tensors.ts';
import { bias, matrix, type Tensors, type TensorsOf } from '../parameters.ts';

/** A linear head. */
export const headParameters = (width: number, outputs: number) => ({
  weight: matrix(width, outputs),
  bias: bias(outputs),
});

export const classifierParameters = (classes: number, documents: 1 | 2, width: number) => ({
  pair: documents === 2 ? headParameters(4 * width, width) : undefined,
  ...headParameters(width, classes),
});

/**
 * read [documents · B, d], the documents of an example next to each other -> logits [B, classes];
 * there are two documents where the parameters have a `pair`.
 */
export function classify(
  read: Tensor,
  { pair, weight, bias }: TensorsOf<ReturnType<typeof classifierParameters>>,
): Tensor {
  return dense(pair ? joined(read, pair) : read, weight, bias);
}

/** read [2 · B, d] -> [B, d] */
function joined(read: Tensor, { weight, bias }: Tensors<'weight' | 'bias'>): Tensor {
  const [rows, width] = dims(read, 2);
  const [first, second] = split(tf.reshape(read, [rows / 2, 2, width]), 2, 1);
  const [x1, x2] = [tf.squeeze(first, [1]), tf.squeeze(second, [1])];
  const features = tf.concat([x1, x2, tf.mul(x1, x2), tf.sub(x1, x2)], 1); // [B, 4d]
  // √2 · GELU(h) with h = √2 · z
  return overRoot2(scaledGelu(overRoot2(dense(features, weight, bias))));
}
