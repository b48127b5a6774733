/** Runs small programs on two engines and compares what they compute, output by output. */
import seedrandom from 'seedrandom';
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { expect } from 'vitest';
import type { Engine, Program, TensorSpec, Values } from '../../../evaluate/engine/engine.ts';

/** A tensor of numbers between `low` and `high`; of floats unless `dtype` says otherwise. */
export interface Input {
  shape: number[];
  dtype?: 'float32' | 'int32';
  low?: number;
  high?: number;
}

export interface Case {
  name: string;
  inputs: Record<string, Input>;
  build(inputs: Record<string, Tensor>): Tensor | Tensor[];
  /** Largest allowed difference, relative to the size of the reference's largest number. */
  tolerance?: number;
  /** Why the case does not run on WebGPU. */
  onlyOnCpu?: string;
}

const specOf = ({ shape, dtype = 'float32' }: Input): TensorSpec => ({ shape, dtype });

/** bool results as int32, because programs return numbers. */
function outputsOf({ build }: Case, inputs: Record<string, Tensor>): Tensor[] {
  const results = build(inputs);
  return (Array.isArray(results) ? results : [results]).map((result) =>
    result.dtype === 'bool' ? result.toInt() : result,
  );
}

export function programOf(test: Case): Program {
  return {
    name: test.name,
    inputs: Object.fromEntries(
      Object.entries(test.inputs).map(([name, input]) => [name, specOf(input)]),
    ),
    build: (inputs) =>
      Object.fromEntries(outputsOf(test, inputs).map((output, i) => [`output${i}`, output])),
  };
}

/** All cases as one program, because a session costs far more to make than a case to run. */
export function programOfAll(name: string, cases: Case[]): Program {
  return {
    name,
    inputs: Object.fromEntries(
      cases.flatMap((test, i) =>
        Object.entries(test.inputs).map(([key, input]) => [`case${i}.${key}`, specOf(input)]),
      ),
    ),
    build: (inputs) =>
      Object.fromEntries(
        cases.flatMap((test, i) => {
          const own = Object.keys(test.inputs).map((key) => [key, inputs[`case${i}.${key}`]!]);
          return outputsOf(test, Object.fromEntries(own) as Record<string, Tensor>).map(
            (output, j) => [`case${i}.output${j}`, output],
          );
        }),
      ),
  };
}

export function feedsOf(test: Case, prefix = ''): Record<string, Values> {
  return Object.fromEntries(
    Object.entries(test.inputs).map(([key, input]) => [
      prefix + key,
      randomValues(`${test.name}/${key}`, input),
    ]),
  );
}

export function randomValues(
  stream: string,
  {
    shape,
    dtype = 'float32',
    low = dtype === 'int32' ? -5 : -2,
    high = dtype === 'int32' ? 6 : 2,
  }: Input,
): Values {
  const random = seedrandom.alea(stream);
  const size = tf.util.sizeFromShape(shape);
  const number = () => low + random() * (high - low);
  return dtype === 'int32'
    ? Int32Array.from({ length: size }, () => Math.floor(number()))
    : Float32Array.from({ length: size }, number);
}

export async function runProgram(
  engine: Engine,
  program: Program,
  feeds: Record<string, Values>,
): Promise<Record<string, { values: Values; shape: number[] }>> {
  const executable = await engine.compile(program);
  const handles = await executable.run(feeds);
  const results: Record<string, { values: Values; shape: number[] }> = {};
  for (const [name, handle] of Object.entries(handles)) {
    results[name] = { values: await handle.read(), shape: handle.spec.shape };
    handle.dispose();
  }
  await executable.dispose();
  return results;
}

/** Integers must be equal; floats within `tolerance` of the reference's largest absolute value. */
export function expectClose(
  label: string,
  actual: Values,
  expected: Values,
  tolerance = 1e-5,
): void {
  expect(actual.length, `${label}: number of values`).toBe(expected.length);
  const finite = Array.from(expected).filter((value) => isFinite(value));
  const size = Math.max(0, ...finite.map(Math.abs));
  const allowed = expected instanceof Int32Array ? 0 : tolerance * Math.max(size, 1e-3);
  expected.forEach((value, i) => {
    const off =
      Object.is(value, actual[i]) || value === actual[i] ? 0 : Math.abs(value - actual[i]!);
    if (!(off <= allowed)) {
      expect.fail(`${label}[${i}]: ${actual[i]} instead of ${value} (${allowed} allowed)`);
    }
  });
}
