import { describe, expect, it } from 'vitest';
import { processorHere, processorOf } from '../../../evaluate/runs/processor.ts';

const cpuinfo = (lines: string[]) => [...lines, '', ...lines, ''].join('\n');

describe('the kind of a processor', () => {
  it('is family, model and the widest vectors, whatever its name', () => {
    const epyc = (family: number, flags: string) =>
      cpuinfo([
        'processor\t: 0',
        'vendor_id\t: AuthenticAMD',
        `cpu family\t: ${family}`,
        'model\t\t: 2',
        'model name\t: AMD EPYC',
        `flags\t\t: fpu ${flags}`,
      ]);
    expect(processorOf(epyc(26, 'avx avx2 avx512f'))).toBe('family 26, model 2, AVX-512');
    expect(processorOf(epyc(25, 'avx avx2'))).toBe('family 25, model 2, AVX2');
    expect(processorOf(epyc(25, ''))).toBe('family 25, model 2');
  });

  it('is implementer and part on ARM', () => {
    const arm = cpuinfo([
      'processor\t: 0',
      'Features\t: fp asimd',
      'CPU implementer\t: 0x41',
      'CPU part\t: 0xd0c',
    ]);
    expect(processorOf(arm)).toBe('implementer 0x41, part 0xd0c, NEON');
  });

  it('is unknown where the system does not tell', () => {
    expect(processorOf('processor: 0\n')).toBeUndefined();
    expect(processorOf('')).toBeUndefined();
    if (process.platform === 'linux' && process.arch === 'x64')
      expect(processorHere()).toMatch(/^family \d+, model \d+/);
  });
});
