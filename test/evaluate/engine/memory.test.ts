import tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import type { Program } from '../../../evaluate/engine/engine.ts';
import { memoryOf, predictedBytes, requireFit } from '../../../evaluate/engine/memory.ts';
import { optimise } from '../../../evaluate/engine/passes/all.ts';
import { trace } from '../../../evaluate/engine/trace.ts';

const graphOf = (build: Program['build'], size = 1000) =>
  optimise(
    trace({ name: 'program', inputs: { x: { shape: [size], dtype: 'float32' } }, build }),
    'cpu',
  );

describe('the memory of a graph', () => {
  it('has its inputs, outputs and constants all the time', () => {
    const constant = tf.tensor1d(Float32Array.from({ length: 1000 }, (_, i) => i));
    const { fixed, peak } = memoryOf(graphOf(({ x }) => ({ y: x!.add(constant) })));
    expect(fixed).toBe(3 * 4000);
    expect(peak).toBe(0);
  });

  it('has what is alive at the worst moment, written over where that can be', () => {
    // exp, then its own sine and cosine, then their product, summed: two are alive at once.
    const { peak } = memoryOf(
      graphOf(({ x }) => {
        const e = x!.exp();
        return { y: e.sin().mul(e.cos()).sum() };
      }),
    );
    expect(peak).toBe(2 * 4000);
  });

  it('keeps what is used late', () => {
    const chain = (keep: boolean) =>
      memoryOf(
        graphOf(({ x }) => {
          const first = x!.exp();
          const others = first.cumsum().cumsum().cumsum();
          return { y: (keep ? others.mul(first) : others).sum() };
        }),
      ).peak;
    expect(chain(true) - chain(false)).toBe(4000);
  });

  it('counts another shape of the same numbers once', () => {
    const { peak } = memoryOf(
      graphOf(({ x }) => ({ y: x!.exp().reshape([10, 100]).reshape([1000]).sum() })),
    );
    expect(peak).toBe(4000);
  });
});

it('a graph that does not fit is refused with both numbers and what to lower', () => {
  const graph = graphOf(({ x }) => ({ y: x!.exp().cumsum().sum() }), 1_000_000_000);
  expect(predictedBytes(graph)).toBeGreaterThan(8e9);
  expect(() => requireFit(graph, 8e9)).toThrow(
    /^"program" needs about \d+\.\d GB of memory and this machine has 8\.0 GB: lower the batch first/,
  );
  expect(() => requireFit(graph, 80e9)).not.toThrow();
});
