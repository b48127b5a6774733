import { describe, expect, it } from 'vitest';
import { constant, fanIn, normal, uniform, values } from '../../../models/ops/initialise.ts';
import { stream } from '../parity.ts';

const moments = (sample: Float32Array) => {
  const mean = sample.reduce((a, b) => a + b, 0) / sample.length;
  const variance = sample.reduce((sum, x) => sum + (x - mean) ** 2, 0) / sample.length;
  return { mean, std: Math.sqrt(variance) };
};

describe('initialisers', () => {
  it('are fixed by their stream', () => {
    expect(normal(1)(8, stream('a'))).toEqual(normal(1)(8, stream('a')));
    expect(normal(1)(8, stream('a'))).not.toEqual(normal(1)(8, stream('b')));
  });
  it('have the asked spread', () => {
    const { mean, std } = moments(normal(0.5)(20_000, stream('normal')));
    expect(mean).toBeCloseTo(0, 1);
    expect(std).toBeCloseTo(0.5, 2);
    expect(moments(fanIn(16)(20_000, stream('fan'))).std).toBeCloseTo(0.25, 2);
  });
  it('keep within bounds', () => {
    const sample = uniform(-2, 3)(1000, stream('uniform'));
    expect(Math.min(...sample)).toBeGreaterThanOrEqual(-2);
    expect(Math.max(...sample)).toBeLessThan(3);
  });
  it('repeat given values', () => {
    expect([...values([1, 2])(4, stream(''))]).toEqual([1, 2, 1, 2]);
    expect([...constant(3)(2, stream(''))]).toEqual([3, 3]);
  });
});
