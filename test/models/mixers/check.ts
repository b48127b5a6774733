/** Checks that every mixer's test makes. */
import tf from '@tensorflow/tfjs';
import type { Mixer } from '../../../models/mixer.ts';
import { named, tensorsOf, type NamedParameter } from '../../../models/parameters.ts';
import { asBatch, expectParity, randomInput, randomParameters, stream } from '../parity.ts';
import type { Flat, Sequence } from '../reference.ts';

export const batch = 2;
export const width = 4;

/** A mixer over one sequence, with loops; `real[j]` is whether token j is no padding. */
export type Naive = (x: Sequence, p: Flat, real: boolean[]) => Sequence;

/**
 * Outputs at all real tokens and all gradients agree with the naive mixer, with the second
 * sequence half padding if asked for; so does the last position, asked for alone.
 */
export function checkParity(mixer: Mixer, length: number, naive: Naive, isPadded: boolean): void {
  const random = stream(`${length}/${isPadded}`);
  const tokens = [length, isPadded ? Math.ceil(length / 2) : length];
  const real = tokens.map((count) => Array.from({ length }, (_, i) => i < count));
  const shape = [batch, length, width];
  const inputs = { x: randomInput(shape, random), ...randomParameters(mixer.parameters, random) };
  const mask = isPadded ? tf.tensor2d(real.map((row) => row.map(Number))) : undefined;
  const positions = Array.from({ length }, (_, i) => i);
  for (const lastOnly of [false, true]) {
    const rows = lastOnly ? [length - 1] : positions;
    // A last position that is padding is nobody's read-out, and what stands there is not defined.
    const weights = real.flatMap((row) =>
      rows.flatMap((i) => Array.from({ length: width }, () => (row[i] ? random() + 0.5 : 0))),
    );
    expectParity(
      inputs,
      ({ x, ...p }) => mixer.apply(x!, tensorsOf(mixer.parameters, p), { mask, lastOnly }),
      ({ x, ...p }) =>
        asBatch(x!, shape).flatMap((sequence, b) => {
          const y = naive(sequence, p, real[b]!);
          return rows.flatMap((i) => y[i]!);
        }),
      weights,
    );
  }
}

/** A parameter by its path of names. */
export function parameterOf({ parameters }: Mixer, path: string): NamedParameter {
  const found = named(parameters).find(({ name }) => name === path);
  if (!found) throw new Error(`There is no parameter ${path}.`);
  return found;
}

/** How far from each changed token the output changes at all: the largest distance seen. */
export function measureReach(mixer: Mixer, length: number): number {
  const random = stream('reach');
  const p = Object.fromEntries(
    Object.entries(randomParameters(mixer.parameters, random)).map(([name, { shape, values }]) => [
      name,
      tf.tensor(Float32Array.from(values), shape),
    ]),
  );
  const tensors = tensorsOf(mixer.parameters, p);
  const x = Float32Array.from(randomInput([1, length, width], random).values);
  const output = (values: Float32Array) =>
    tf.tidy(() => mixer.apply(tf.tensor3d(values, [1, length, width]), tensors, {}).dataSync());
  const original = output(x);
  let reach = 0;
  for (let j = 0; j < length; j++) {
    const other = x.slice();
    for (let c = 0; c < width; c++) other[j * width + c]! += 1;
    output(other).forEach((value, at) => {
      if (value !== original[at]) reach = Math.max(reach, Math.abs(Math.floor(at / width) - j));
    });
  }
  return reach;
}
