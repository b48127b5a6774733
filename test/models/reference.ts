/**
 * Naive float64 references: every layer written from its formula, with loops over positions.
 * Tensors are flat rows: x[b][i] is the vector of position i of sequence b.
 */
export type Sequence = number[][];
export type Batch = Sequence[];
/** Values of a parameter in row-major order. */
export type Flat = Record<string, ArrayLike<number>>;

/** rows [L, inputs] times weight [inputs, outputs], plus bias. */
export function affine(rows: Sequence, weight: ArrayLike<number>, bias: ArrayLike<number>) {
  return rows.map((row) =>
    Array.from({ length: bias.length }, (_, o) =>
      row.reduce((sum, value, i) => sum + value * weight[i * bias.length + o]!, bias[o]!),
    ),
  );
}

/** erf by a series of positive terms, good to float64 for the arguments of the tests. */
export function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 200; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

export const gelu = (x: number) => (x / 2) * (1 + erf(x / Math.SQRT2));

export const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

export function layerNorm(row: number[], gain: ArrayLike<number>, bias: ArrayLike<number>) {
  const mean = row.reduce((a, b) => a + b) / row.length;
  const variance = row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / row.length;
  return row.map((x, c) => ((x - mean) / Math.sqrt(variance + 1e-5)) * gain[c]! + bias[c]!);
}

export interface AttentionOptions {
  heads: number;
  positions: string;
  /** Keys further away are not seen; all when absent. */
  window?: number;
  /** Whether position i sees key j, besides the window; every one when absent. */
  sees?: (i: number, j: number, head: number) => boolean;
}

/** Channels c and c + dh/2 turned by the angle of position i. */
function rotated(vector: number[], i: number): number[] {
  const half = vector.length / 2;
  return vector.map((_, c) => {
    const pair = c % half;
    const phase = i / 10_000 ** (pair / half);
    const [x, y] = [vector[pair]!, vector[pair + half]!];
    return c < half
      ? x * Math.cos(phase) - y * Math.sin(phase)
      : x * Math.sin(phase) + y * Math.cos(phase);
  });
}

/** Multi-head attention over one sequence; `real[j]` is whether token j is no padding. */
export function attention(
  x: Sequence,
  p: Flat,
  { heads, positions, window = Infinity, sees = () => true }: AttentionOptions,
  real: boolean[],
  slopes: number[],
): Sequence {
  const width = x[0]!.length;
  const channels = width / heads;
  const qkv = affine(x, p.qkv!, p.qkvBias!);
  const joined = x.map(() => new Array<number>(width).fill(0));
  for (let h = 0; h < heads; h++) {
    const part = (which: number, i: number) => {
      const start = which * width + h * channels;
      const vector = qkv[i]!.slice(start, start + channels);
      return positions === 'rotary' && which < 2 ? rotated(vector, i) : vector;
    };
    for (let i = 0; i < x.length; i++) {
      const q = part(0, i);
      const scores: [number, number][] = [];
      for (let j = 0; j < x.length; j++) {
        if (!real[j] || Math.abs(i - j) > window || !sees(i, j, h)) continue;
        const dot = part(1, j).reduce((sum, value, c) => sum + value * q[c]!, 0);
        const bias = positions === 'alibi' ? -slopes[h]! * Math.abs(i - j) : 0;
        scores.push([j, Math.exp(dot / Math.sqrt(channels) + bias)]);
      }
      const total = scores.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [j, weight] of scores) {
        part(2, j).forEach((value, c) => {
          joined[i]![h * channels + c]! += (weight / total) * value;
        });
      }
    }
  }
  return affine(joined, p.output!, p.outputBias!);
}

/**
 * S4D over one sequence as two recurrences, step by step: x_t = e^(Δa) x_{t−1} + (e^(Δa) − 1)/a u_t,
 * y_t = 2 Re Σ C x_t; the one over later tokens runs backwards and stops one token short.
 */
export function s4d(x: Sequence, p: Flat, state: number, real: boolean[]): Sequence {
  const [length, width, pairs] = [x.length, x[0]!.length, state / 2];
  const u = x.map((row, i) => row.map((value) => (real[i] ? value : 0)));
  const y = u.map((row) => row.map((value, h) => value * p.d![h]!));
  for (let h = 0; h < width; h++) {
    const dt = Math.exp(p.logDt![h]!);
    for (let n = 0; n < pairs; n++) {
      const [ar, ai] = [-Math.exp(p.logReal![h * pairs + n]!), p.imag![h * pairs + n]!];
      const size = Math.exp(ar * dt);
      const [er, ei] = [size * Math.cos(ai * dt), size * Math.sin(ai * dt)];
      const norm = ar * ar + ai * ai;
      const br = ((er - 1) * ar + ei * ai) / norm;
      const bi = (ei * ar - (er - 1) * ai) / norm;
      for (const direction of [0, 1]) {
        const c = (part: number) => p.c![((direction * 2 + part) * width + h) * pairs + n]!;
        let [sr, si] = [0, 0];
        for (let step = 0; step < length; step++) {
          const i = direction === 0 ? step : length - 1 - step;
          const input = u[i]![h]!;
          [sr, si] = [er * sr - ei * si + br * input, er * si + ei * sr + bi * input];
          const to = direction === 0 ? i : i - 1;
          if (to >= 0) y[to]![h]! += 2 * (c(0) * sr - c(1) * si);
        }
      }
    }
  }
  const gated = affine(
    y.map((row) => row.map(gelu)),
    p.output!,
    p.outputBias!,
  );
  return gated.map((row) => row.slice(0, width).map((a, c) => a * sigmoid(row[width + c]!)));
}
