/** What every engine promises about executables and handles, as tests. */
import tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine, Executable, Program } from '../../../evaluate/engine/engine.ts';
import { EngineError } from '../../../evaluate/engine/engine.ts';
import { openEngine } from '../../../evaluate/engine/open.ts';

/** A state that doubles, and its sum: the form of a training step. */
export const doubling: Program = {
  name: 'doubling',
  inputs: {
    state: { shape: [2, 2], dtype: 'float32' },
    add: { shape: [], dtype: 'float32' },
    counts: { shape: [2], dtype: 'int32' },
  },
  build: ({ state, add, counts }) => ({
    state: state!.mul(2).add(add!),
    sum: state!.sum(),
    counts: counts!.add(tf.scalar(1, 'int32')),
  }),
};

export const feeds = () => ({
  state: Float32Array.of(1, 2, 3, 4),
  add: Float32Array.of(0),
  counts: Int32Array.of(5, 6),
});

export function executableTests(name: string): void {
  let engine: Engine;
  let executable: Executable;
  beforeAll(async () => {
    engine = await openEngine(name);
    executable = await engine.compile(doubling);
  });
  afterAll(async () => {
    await executable.dispose();
    await engine.dispose();
  });

  test('inputs and outputs are those of the program', () => {
    expect(executable.inputs).toEqual(doubling.inputs);
    expect(executable.outputs).toEqual({
      state: { shape: [2, 2], dtype: 'float32' },
      sum: { shape: [], dtype: 'float32' },
      counts: { shape: [2], dtype: 'int32' },
    });
  });

  test('runs, and leaves what it was fed as it was', async () => {
    const fed = feeds();
    const outputs = await executable.run(fed);
    expect(await outputs['state']!.read()).toEqual(Float32Array.of(2, 4, 6, 8));
    expect(await outputs['sum']!.read()).toEqual(Float32Array.of(10));
    expect(await outputs['counts']!.read()).toEqual(Int32Array.of(6, 7));
    expect(fed).toEqual(feeds());
    for (const handle of Object.values(outputs)) handle.dispose();
  });

  test('state goes from step to step without being read', async () => {
    let state = (await executable.run(feeds()))['state']!;
    for (let i = 0; i < 4; i++) {
      const next = await executable.run({ ...feeds(), state });
      state.dispose();
      next['sum']!.dispose();
      state = next['state']!;
    }
    expect(await state.read()).toEqual(Float32Array.of(32, 64, 96, 128));
    state.dispose();
  });

  test('a handle keeps its values whatever is run in between, and what was read is a copy', async () => {
    const first = (await executable.run(feeds()))['state']!;
    const copy = await first.read();
    const second = (await executable.run({ ...feeds(), state: first }))['state']!;
    copy.fill(0);
    expect(await first.read()).toEqual(Float32Array.of(2, 4, 6, 8));
    first.dispose();
    const third = (await executable.run({ ...feeds(), state: second }))['state']!;
    expect(await second.read()).toEqual(Float32Array.of(4, 8, 12, 16));
    expect(await third.read()).toEqual(Float32Array.of(8, 16, 24, 32));
    for (const handle of [second, third]) handle.dispose();
  });

  test('a handle of one executable feeds another, and of another engine too', async () => {
    const other = await engine.compile({
      name: 'sum',
      inputs: { x: { shape: [2, 2], dtype: 'float32' } },
      build: ({ x }) => ({ sum: x!.sum() }),
    });
    const { state } = await executable.run(feeds());
    expect(await (await other.run({ x: state! }))['sum']!.read()).toEqual(Float32Array.of(20));
    const reference = await openEngine('reference');
    const eager = await reference.compile(doubling);
    const elsewhere = (await eager.run(feeds()))['state']!;
    expect(await (await other.run({ x: elsewhere }))['sum']!.read()).toEqual(Float32Array.of(20));
    await other.dispose();
  });

  test('infinities are passed on', async () => {
    const state = Float32Array.of(Infinity, -1, 2, 3e38);
    const outputs = await executable.run({ ...feeds(), state });
    expect(await outputs['state']!.read()).toEqual(Float32Array.of(Infinity, -2, 4, Infinity));
  });

  test('a handle that was disposed cannot be used', async () => {
    const { state } = await executable.run(feeds());
    state!.dispose();
    state!.dispose();
    await expect(state!.read()).rejects.toThrow('after it had been disposed');
    await expect(executable.run({ ...feeds(), state: state! })).rejects.toThrow(EngineError);
  });

  const wrong: [string, Record<string, unknown>, RegExp][] = [
    ['missing', { add: undefined }, /"doubling" needs a value for its input state, counts/],
    [
      'unknown',
      { ...feeds(), extra: Float32Array.of(1) },
      /has no input extra; its inputs are state/,
    ],
    [
      'too short',
      { ...feeds(), state: Float32Array.of(1, 2) },
      /Input state of "doubling" is a float32 tensor of shape \[2, 2\], 4 values.*got 2/,
    ],
    ['of the wrong type', { ...feeds(), counts: Float32Array.of(1, 2) }, /in a Float32Array/],
  ];
  test.each(wrong)('a feed that is %s is an error', async (_, fed, message) => {
    await expect(executable.run(fed as never)).rejects.toThrow(EngineError);
    await expect(executable.run(fed as never)).rejects.toThrow(message);
  });
}
