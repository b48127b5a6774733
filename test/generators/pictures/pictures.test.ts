import { afterEach, describe, expect, it } from 'vitest';
import { halfBlocks, unscan } from '../../../generators/pictures/pictures.ts';
import { scanOrder } from '../../../generators/pictures/scan.ts';

const terminal = (depth: number, columns = 80) => ({
  isTTY: true,
  columns,
  getColorDepth: () => depth,
});
const codes = /\x1b\[[\d;]*m/g;
const kept = process.env.NO_COLOR;

afterEach(() => {
  if (kept === undefined) delete process.env.NO_COLOR;
  else process.env.NO_COLOR = kept;
});

describe('a picture in the terminal', () => {
  const levels = [0, 255, 128, 128, 255, 0];

  it('is made of half blocks, two rows a line, a missing last row dark', () => {
    delete process.env.NO_COLOR;
    const shown = halfBlocks(levels, 3, 2, terminal(24));
    expect(shown.split('\n')).toEqual([
      '\x1b[38;2;0;0;0;48;2;128;128;128m▀\x1b[38;2;255;255;255;48;2;128;128;128m▀\x1b[0m',
      '\x1b[38;2;255;255;255;48;2;0;0;0m▀\x1b[38;2;0;0;0;48;2;0;0;0m▀\x1b[0m',
    ]);
  });

  it('uses the nearest of 256 colours where there are no more', () => {
    delete process.env.NO_COLOR;
    expect(halfBlocks([0, 255], 2, 1, terminal(8))).toBe('\x1b[38;5;232;48;5;255m▀\x1b[0m');
  });

  it('is plain where the output is piped, colours are few, or NO_COLOR is set', () => {
    delete process.env.NO_COLOR;
    for (const screen of [{}, terminal(4)])
      expect(halfBlocks([0, 255, 0, 255], 2, 2, screen)).toBe(' @');
    process.env.NO_COLOR = '1';
    expect(halfBlocks([0, 255, 255, 0], 2, 2, terminal(24))).toBe('==');
  });

  it('fits the screen, in proportion', () => {
    delete process.env.NO_COLOR;
    const wide = halfBlocks(new Uint8Array(100 * 90), 100, 90, terminal(24, 40)).split('\n');
    // A factor of 3: 34 x 30 pixels.
    expect(wide).toHaveLength(17);
    expect(wide[0]!.replace(codes, '')).toHaveLength(30);
    const means = halfBlocks([0, 100, 200, 100], 2, 2, terminal(24, 1));
    expect(means).toContain('38;2;100;100;100');
  });
});

describe('the pixels of an example', () => {
  it('come back from every scan', () => {
    for (const scan of ['rows', 'snake', 'hilbert', 'permuted'] as const) {
      const levels = Uint8Array.from({ length: 64 }, (_, i) => (i * 37) % 256);
      const tokens = Array.from(scanOrder(scan, 8, 8), (pixel) => levels[pixel]! + 1);
      expect(unscan(tokens, { rows: 8, columns: 8, scan })).toEqual(levels);
    }
  });
});
