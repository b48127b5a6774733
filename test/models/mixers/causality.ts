/** The check that every causal mixer's test makes besides those of check.ts. */
import tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import type { Mixer } from '../../../models/mixer.ts';
import { tensorsOf } from '../../../models/parameters.ts';
import { randomInput, randomParameters, stream } from '../parity.ts';
import { width } from './check.ts';

/** Changing a token changes no output before it, not by one bit, and all from it to the end. */
export function expectCausal(mixer: Mixer, length: number): void {
  const random = stream('causality');
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
  for (let j = 0; j < length; j++) {
    const other = x.slice();
    for (let c = 0; c < width; c++) other[j * width + c]! += 1;
    const changed = output(other);
    const rows = Array.from({ length }, (_, i) =>
      Array.from({ length: width }, (_, c) => i * width + c).some(
        (at) => changed[at] !== original[at],
      ),
    );
    expect(rows, `token ${j}`).toEqual(Array.from({ length }, (_, i) => i >= j));
  }
}
