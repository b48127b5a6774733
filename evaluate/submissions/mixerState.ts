/**
 * The least state of a mixer, measured. A recurrence that computes the mixer knows the beginning of a
 * sequence, from there on, through its state alone. So where the beginning is changed a little in many
 * ways, the changes of the outputs after it span at most as many directions as the state has numbers
 * (the rank of a Hankel operator, Ho and Kalman 1966, https://doi.org/10.1524/auto.1966.14.112.545).
 *
 * The state itself cannot be computed from a program in general: directions that fade are not seen, and
 * another recurrence may need fewer numbers than its author's. It stays declared, and may not be less.
 */
import { int, normal, type Random } from '../../core/random.ts';

/** Changes that are tried, and so the most that can be found: fewer where each takes long. */
const triesFor = (length: number) => Math.max(8, Math.min(48, Math.floor(2 ** 17 / length)));

/** Size of a change, whose inputs have a spread of 1. */
const step = 0.01;

/** Share of the largest change below which one may be rounding, or the mixer's curvature. */
const seen = 0.02;

/** Share of a sequence that is its beginning: not a half, where blocks meet. */
const beginning = 0.45;

/** Positions after the beginning whose outputs are looked at. */
const looked = 48;

/** Sequences whose surroundings are measured; the least counts. */
const points = 2;

/**
 * The most numbers that a recurrence of the mixer provably carries, at most 48.
 *
 * @param run gives the outputs [2, L, d] of two sequences [2, L, d]
 */
export async function leastState(
  run: (x: Float32Array) => Promise<Float32Array>,
  { length, width }: { length: number; width: number },
  random: Random,
): Promise<number> {
  const cut = Math.round(beginning * length);
  const size = length * width;
  const positions = Array.from({ length: Math.min(looked, length - cut) }, (_, i) =>
    i < looked / 2 ? cut + i : cut + int(random, length - cut),
  );
  const tries = triesFor(length);
  let least = tries;
  for (let point = 0; point < points; point++) {
    const x = Float32Array.from({ length: size }, () => normal(random));
    const changes: Float64Array[] = [];
    for (let n = 0; n < tries; n++) {
      // The same change up and down: what is even in it, such as a square, falls out.
      const both = new Float32Array(2 * size);
      for (let i = 0; i < size; i++) {
        const change = i < cut * width ? step * normal(random) : 0;
        both[i] = x[i]! + change;
        both[size + i] = x[i]! - change;
      }
      const y = await run(both);
      changes.push(
        Float64Array.from({ length: positions.length * width }, (_, i) => {
          const at = positions[Math.floor(i / width)]! * width + (i % width);
          return y[at]! - y[size + at]!;
        }),
      );
    }
    least = Math.min(least, rankOf(changes));
  }
  return least;
}

/** Directions of some vectors, by Gram-Schmidt with the longest remainder first; changes the vectors. */
function rankOf(vectors: Float64Array[]): number {
  const dot = (a: Float64Array, b: Float64Array) =>
    a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const left = [...vectors];
  let first: number | undefined;
  for (let rank = 0; ; rank++) {
    const squares = left.map((vector) => dot(vector, vector));
    const longest = Math.max(0, ...squares);
    first ??= longest;
    if (longest === 0 || longest <= seen ** 2 * first) return rank;
    const [pivot] = left.splice(squares.indexOf(longest), 1) as [Float64Array];
    for (const vector of left) {
      const share = dot(vector, pivot) / longest;
      pivot.forEach((value, i) => (vector[i]! -= share * value));
    }
  }
}
