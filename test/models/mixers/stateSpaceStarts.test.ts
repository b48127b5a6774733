/**
 * What state-space models start with, held to the figures of their authors' code: `s4` for S4 and S4D,
 * `dss` and `S5`.
 */
import { describe, expect, it } from 'vitest';
import { dss } from '../../../models/mixers/dss.ts';
import { s4 } from '../../../models/mixers/s4.ts';
import { s4d } from '../../../models/mixers/s4d.ts';
import { s5 } from '../../../models/mixers/s5.ts';
import { parameterOf } from './check.ts';
import { deviation, quantile, startOf } from './start.ts';

const shape = { length: 16, width: 40, layers: 2 };

const built = {
  s4: s4.create(shape, s4.options.parse({})),
  s4d: s4d.create(shape, s4d.options.parse({})),
  dss: dss.create(shape, dss.options.parse({ kernel: 'exp' })),
  s5: s5.create(shape, s5.options.parse({})),
};

describe.each(Object.entries(built))('%s', (name, mixer) => {
  it('remembers 20 to 2,000 tokens: step sizes log-uniform from 0.001 to 0.1, real parts of −1/2', () => {
    const decay = name === 'dss' ? 're' : 'logReal';
    const [rate] = startOf(mixer, decay, 1).map(Math.exp);
    expect(rate).toBeCloseTo(0.5, 6);
    const memory = startOf(mixer, 'logDt').map((log) => 1 / (Math.exp(log) * rate!));
    expect(quantile(memory, 0)).toBeGreaterThan(19.9);
    expect(quantile(memory, 0.5) / 200).toBeCloseTo(1, 0);
    expect(quantile(memory, 1)).toBeLessThan(2001);
  });

  it('draws what reads the state as its authors do, and the skip with variance 1', () => {
    // Complex numbers of variance 1, in S4; W = 2C of parts of variance 1, in DSS; 2/P of 64, in S5.
    const part = { s4: Math.SQRT1_2, s4d: Math.SQRT1_2, dss: 0.5, s5: 1 / 8 }[name]!;
    expect(deviation(startOf(mixer, 'c')) / part).toBeCloseTo(1, 1);
    expect(deviation(startOf(mixer, 'd'))).toBeCloseTo(1, 1);
  });

  it('trains rates and step sizes slowly and without decay', () => {
    const slow = { learningRate: name === 's5' ? 0.25 : 0.1, decay: false };
    for (const parameter of ['logDt', 'imag' in mixer.parameters ? 'imag' : 'im'])
      expect(parameterOf(mixer, parameter), parameter).toMatchObject(slow);
    expect(parameterOf(mixer, 'c').decay ?? true).toBe(name !== 'dss');
    if (name === 's5') expect(parameterOf(mixer, 'b')).toMatchObject(slow);
  });
});

it('gives S4 and S5 the frequencies of HiPPO-LegS, and S4D multiples of π', () => {
  expect(startOf(built.s4d, 'imag', 32)).toEqual(
    Array.from({ length: 32 }, (_, n) => Math.fround(Math.PI * n)),
  );
  const frequencies = startOf(built.s4, 'imag', 32);
  // The largest of N = 64 is near N²/π.
  expect(quantile(frequencies, 1) / (64 ** 2 / Math.PI)).toBeCloseTo(1, 1);
  expect(startOf(built.s5, 'imag', 32).slice(0, 8)).toEqual(
    startOf(built.s5, 'imag', 32).slice(8, 16),
  );
});
