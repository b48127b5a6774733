/**
 * Parts of delta rules in chunks (Yang et al. 2024, https://arxiv.org/abs/2406.06484): recurrences
 * whose state drops the old value of a key before it takes the new one, so that each step multiplies
 * the state by a matrix.
 *
 * Within a chunk, each token's value depends on the values of earlier ones: (I + A) U = R, with A
 * strictly lower triangular. From chunk to chunk the state goes through S -> M S + N.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { dims, pad, split, withGradient } from './tensors.ts';

/**
 * (I + A)⁻¹ of strictly lower triangular A [..., C, C], the rest of A is ignored.
 *
 * Diagonal blocks of twice the size are inverted from those of half, log₂ C times:
 *   [X 0; Y Z]⁻¹ = [X⁻¹ 0; −Z⁻¹ Y X⁻¹ Z⁻¹].
 * That is as stable as forward substitution. The product of all I + (−A)^(2^i) is not: when many
 * keys are alike, its powers are as large as binomial coefficients and cancel out.
 *
 * With T the inverse, dA = −Tᵀ dT Tᵀ.
 */
export const invertUnitLower = withGradient(
  (a: Tensor) => {
    const size = a.shape.at(-1)!;
    let inverse = tf.sub(tf.eye(size), tf.mul(a, belowBlocks(size, 1)));
    for (let half = 2; half < size; half *= 2) {
      const below = tf.matMul(tf.matMul(inverse, tf.mul(a, belowBlocks(size, half))), inverse);
      inverse = tf.sub(inverse, below);
    }
    return { value: inverse, saved: [inverse] };
  },
  (dy, inverse) => {
    const size = dy.shape.at(-1)!;
    const full = tf.matMul(tf.matMul(inverse, dy, true), inverse, false, true);
    return [tf.mul(full, strictlyBelow(size))];
  },
);

/** −1 below the diagonal: the sign of the gradient, on the part of A that is used. */
function strictlyBelow(size: number): Tensor {
  return mask(size, (row, column) => (row > column ? -1 : 0));
}

/** 1 in the lower left quarter of each diagonal block of 2 · half rows, else 0: [size, size]. */
function belowBlocks(size: number, half: number): Tensor {
  return mask(size, (row, column) => {
    const [down, across] = [Math.floor(row / half), Math.floor(column / half)];
    return down % 2 === 1 && across === down - 1 ? 1 : 0;
  });
}

function mask(size: number, at: (row: number, column: number) => number): Tensor {
  const values = Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, column) => at(row, column)),
  );
  return tf.tensor2d(values, [size, size]);
}

/**
 * The states before each chunk, S_0 = 0 and S_{i+1} = M_i S_i + N_i:
 * M [G, n, k, k], N [G, n, k, v] -> S [G, n, k, v].
 *
 * The gradient is the same recurrence from the last chunk to the first, λ_i = g_i + M_iᵀ λ_{i+1},
 * with dN_i = λ_{i+1} and dM_i = λ_{i+1} S_iᵀ; nothing but M and S is kept for it.
 */
export const statesBefore = withGradient(
  (m: Tensor, n: Tensor) => {
    const states = scan(m, n);
    return { value: states, saved: [m, states] };
  },
  (dy, m, states) => {
    const backwards = (x: Tensor) => tf.reverse(x, 1);
    const transposed = tf.transpose(backwards(m), [0, 1, 3, 2]);
    const later = backwards(scan(transposed, backwards(dy))); // λ_{i+1}
    return [tf.matMul(later, states, false, true), later];
  },
);

/**
 * By a tree (Blelloch 1990): pairs of chunks are summed up as one, the states before the pairs
 * follow from half as many chunks, and from each the state between its two chunks.
 */
function scan(m: Tensor, n: Tensor): Tensor {
  const [groups, count, keys, values] = dims(n, 4);
  if (count === 1) return tf.zerosLike(n);
  const pairs = Math.ceil(count / 2);
  const halves = (x: Tensor) => {
    const even = pad(x, 1, 0, 2 * pairs - count);
    const [first, second] = split(tf.reshape(even, [groups, pairs, 2, keys, x.shape[3]!]), 2, 2);
    return [tf.squeeze(first, [2]), tf.squeeze(second, [2])] as const;
  };
  const [firstM, secondM] = halves(m);
  const [firstN, secondN] = halves(n);
  const first = scan(tf.matMul(secondM, firstM), tf.add(tf.matMul(secondM, firstN), secondN)); // [G, pairs, k, v]
  const second = tf.add(tf.matMul(firstM, first), firstN);
  const both = tf.reshape(tf.stack([first, second], 2), [groups, 2 * pairs, keys, values]);
  return tf.slice(both, [0, 0, 0, 0], [groups, count, keys, values]);
}
