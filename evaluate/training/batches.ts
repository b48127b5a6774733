/**
 * Batches as pure functions of seed and step, so that a resumed run needs no cursor: each epoch has its
 * own permutation of the examples, and each step its own random stream for masks.
 */
import { stream, shuffle } from '../../core/random.ts';

/** The example at a position of the endless sequence of shuffled epochs. */
export function orderOf(count: number, seed: string): (position: number) => number {
  let epoch = -1;
  let permutation = new Uint32Array(0);
  return (position) => {
    const wanted = Math.floor(position / count);
    if (wanted !== epoch) {
      permutation = Uint32Array.from({ length: count }, (_, i) => i);
      shuffle(permutation, stream(`${seed}/order/${wanted}`));
      epoch = wanted;
    }
    return permutation[position % count]!;
  };
}

/** Rows `indices` of a [N, L] array, as int32 [B, L]. */
export function gatherRows(
  inputs: ArrayLike<number>,
  length: number,
  indices: ArrayLike<number>,
): Int32Array {
  const rows = new Int32Array(indices.length * length);
  for (let b = 0; b < indices.length; b++) {
    const start = indices[b]! * length;
    for (let t = 0; t < length; t++) rows[b * length + t] = inputs[start + t]!;
  }
  return rows;
}

export interface TokenBatch {
  tokens: Int32Array; // [B, L]
  targets: Int32Array; // [B, L]
  weights: Float32Array; // [B, L], they sum to 1
}

/**
 * Masked modelling (Amos et al. 2024): every token is hidden with probability `ratio`,
 * independently, and replaced by `maskId`; padding (id 0) is never hidden.
 */
export function maskTokens(
  tokens: Int32Array,
  { ratio, maskId, name }: { ratio: number; maskId: number; name: string },
): TokenBatch {
  const random = stream(name);
  const hidden = Int32Array.from(tokens);
  const weights = new Float32Array(tokens.length);
  let count = 0;
  for (let i = 0; i < tokens.length; i++) {
    if (random() >= ratio || tokens[i] === 0) continue;
    hidden[i] = maskId;
    weights[i] = 1;
    count++;
  }
  for (let i = 0; i < weights.length; i++) weights[i]! /= Math.max(1, count);
  return { tokens: hidden, targets: tokens, weights };
}

/** Next-token modelling, for causal mixers: position t predicts token t + 1, unless that is padding. */
export function shiftTokens(tokens: Int32Array, length: number): TokenBatch {
  const targets = new Int32Array(tokens.length);
  const weights = new Float32Array(tokens.length);
  let count = 0;
  for (let i = 0; i < tokens.length; i++) {
    if ((i + 1) % length === 0 || tokens[i + 1] === 0) continue;
    targets[i] = tokens[i + 1]!;
    weights[i] = 1;
    count++;
  }
  for (let i = 0; i < weights.length; i++) weights[i]! /= Math.max(1, count);
  return { tokens, targets, weights };
}
