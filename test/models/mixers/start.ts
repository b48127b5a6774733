/** What mixers start with: figures of a parameter's first values. */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { Mixer } from '../../../models/mixer.ts';
import { randomParameters, stream } from '../parity.ts';
import { parameterOf } from './check.ts';

/** A mixer's parameters as tensors, at their starts plus noise. */
export function drawn({ parameters }: Mixer): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(randomParameters(parameters, stream('drawn'))).map(([name, values]) => [
      name,
      tf.tensor(Float32Array.from(values.values), values.shape),
    ]),
  );
}

/** `count` first values of a parameter. */
export const startOf = (mixer: Mixer, path: string, count = 4000): number[] => [
  ...parameterOf(mixer, path).initialise(count, stream(path)),
];

/** Root of the mean square. */
export const deviation = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

/** The value below which a share of all lies. */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))]!;
