/**
 * Which kind of processor this is, as far as results depend on it. The names that systems give are
 * often as vague as `AMD EPYC`, while the products and sums of ONNX Runtime use the widest vectors
 * there are, and round otherwise in others.
 */
import { readFileSync } from 'node:fs';

const vectors = [
  ['avx512f', 'AVX-512'],
  ['avx2', 'AVX2'],
  ['avx', 'AVX'],
  ['sve', 'SVE'],
  ['asimd', 'NEON'],
] as const;

/**
 * `family 26, model 2, AVX-512`.
 *
 * @param cpuinfo the text of Linux's /proc/cpuinfo
 * @returns undefined where the text does not tell
 */
export function processorOf(cpuinfo: string): string | undefined {
  const field = (name: string) =>
    new RegExp(`^${name}[ \\t]*:[ \\t]*(.+)$`, 'mi').exec(cpuinfo)?.[1]?.trim();
  const kind =
    field('cpu family') && field('model')
      ? `family ${field('cpu family')}, model ${field('model')}`
      : field('CPU part') && `implementer ${field('CPU implementer')}, part ${field('CPU part')}`;
  if (!kind) return undefined;
  const flags = (field('flags') ?? field('Features') ?? '').split(/\s+/);
  const widest = vectors.find(([flag]) => flags.includes(flag));
  return [kind, ...(widest ? [widest[1]] : [])].join(', ').slice(0, 100);
}

/** Of this machine; undefined where the system does not tell. */
export function processorHere(): string | undefined {
  try {
    return processorOf(readFileSync('/proc/cpuinfo', 'utf8'));
  } catch {
    return undefined;
  }
}
