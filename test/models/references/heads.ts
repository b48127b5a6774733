/** Attention head by head, float64, with weights from any rule. */
import { affine, type Flat, type Sequence } from '../reference.ts';

export interface Head {
  q: Sequence;
  k: Sequence;
  v: Sequence;
}

/** The heads of `qkv` and `qkvBias`, unscaled. */
export function headsOf(x: Sequence, p: Flat, heads: number): Head[] {
  const width = x[0]!.length;
  const channels = width / heads;
  const qkv = affine(x, p.qkv!, p.qkvBias!);
  return Array.from({ length: heads }, (_, h) => {
    const part = (which: number) =>
      qkv.map((row) => row.slice(which * width + h * channels, which * width + (h + 1) * channels));
    return { q: part(0), k: part(1), v: part(2) };
  });
}

/** Outputs of the heads side by side, through `output` and `outputBias`. */
export function joined(outputs: Sequence[], p: Flat): Sequence {
  const rows = outputs[0]!.map((_, i) => outputs.flatMap((head) => head[i]!));
  return affine(rows, p.output!, p.outputBias!);
}

export const dot = (a: number[], b: number[]): number =>
  a.reduce((sum, value, c) => sum + value * b[c]!, 0);

/** Σ_j weight_j v_j / Σ_j weight_j */
export function average(weights: number[], v: Sequence): number[] {
  const total = weights.reduce((a, b) => a + b, 0);
  return v[0]!.map((_, c) => v.reduce((sum, row, j) => sum + (weights[j]! * row[c]!) / total, 0));
}
