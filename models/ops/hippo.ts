/**
 * The state matrix of HiPPO-LegS, which remembers the past by its Legendre coefficients (Gu et al.
 * 2020, https://arxiv.org/abs/2008.07669), in the form that S4 computes with (Gu et al. 2022,
 * https://arxiv.org/abs/2111.00396, appendix C.1): normal plus low rank,
 *
 *   A = −(√(2n+1)√(2k+1) below the diagonal, n + 1 on it, 0 above) = (−I/2 + S) − P Pᵀ
 *   S_nk = ∓√((2n+1)(2k+1)) / 2, skew-symmetric,   P_n = √(n + 1/2),   B = √2 P
 *
 * so that in the unitary basis of S's eigenvectors v, with eigenvalues ±iω, A is the diagonal
 * −1/2 ± iω less a matrix of rank one.
 */
export interface Legs {
  /** ω > 0, ascending, N/2 of them. */
  imaginary: number[];
  /** |v* P| for each. An eigenvector's phase is free, so that it can be chosen to make v* P this. */
  lowRank: number[];
}

/**
 * S² is symmetric with eigenvalue −ω² twice for every pair ±iω, so symmetric eigenvalues suffice; of
 * P's part in the plane that belongs to a pair, v and its conjugate have half each.
 */
export function legs(state: number): Legs {
  const found = known.get(state) ?? decompose(state);
  known.set(state, found);
  return found;
}

/** Every block of a model asks for the same ones, and rotations take a tenth of a second. */
const known = new Map<number, Legs>();

function decompose(state: number): Legs {
  const s = Array.from({ length: state }, (_, n) =>
    Array.from(
      { length: state },
      (_, k) => (Math.sign(k - n) * Math.sqrt((2 * n + 1) * (2 * k + 1))) / 2,
    ),
  );
  const squared = s.map((a) => s.map((b) => a.reduce((sum, value, j) => sum + value * b[j]!, 0)));
  const { values, vectors } = symmetricEigenvalues(squared);
  const along = vectors.map((v) => v.reduce((sum, x, n) => sum + x * Math.sqrt(n + 1 / 2), 0));
  const pairs = Array.from({ length: state / 2 }, (_, i) => 2 * i);
  return {
    imaginary: pairs.map((i) => Math.sqrt(values[i]!)),
    lowRank: pairs.map((i) => Math.sqrt((along[i]! ** 2 + along[i + 1]! ** 2) / 2)),
  };
}

/** Ascending eigenvalues of a symmetric matrix and their eigenvectors, by Jacobi's rotations. */
function symmetricEigenvalues(matrix: number[][]): { values: number[]; vectors: number[][] } {
  const a = matrix.map((row) => [...row]);
  const size = a.length;
  const basis = a.map((_, i) => a.map((_, k) => Number(i === k)));
  const norm = Math.hypot(...a.flat());
  for (let sweep = 0; sweep < 100; sweep++) {
    let off = 0;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        off = Math.max(off, Math.abs(a[p]![q]!));
        if (a[p]![q] !== 0) turn(a, basis, p, q);
      }
    }
    if (off <= 1e-15 * norm) break;
  }
  const order = a.map((_, i) => i).sort((i, k) => a[i]![i]! - a[k]![k]!);
  return {
    values: order.map((i) => a[i]![i]!),
    vectors: order.map((i) => basis.map((row) => row[i]!)),
  };
}

/** The rotation of rows and columns p and q that makes a_pq zero; of the basis, the columns turn. */
function turn(a: number[][], basis: number[][], p: number, q: number): void {
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * a[p]![q]!);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const cos = 1 / Math.hypot(t, 1);
  const sin = t * cos;
  for (const row of [...a, ...basis]) {
    const [x, y] = [row[p]!, row[q]!];
    row[p] = cos * x - sin * y;
    row[q] = sin * x + cos * y;
  }
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [a[p]![k]!, a[q]![k]!];
    a[p]![k] = cos * x - sin * y;
    a[q]![k] = sin * x + cos * y;
  }
}
