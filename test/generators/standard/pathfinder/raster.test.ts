import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  dilate,
  discOffsets,
  drawLine,
  resample,
  resampling,
} from '../../../../generators/standard/pathfinder/raster.ts';

const sha = (parts: Uint8Array[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, 16);
};

describe('drawing', () => {
  // The checksums are of what Pillow 12.3.0 and OpenCV 5.0.0 made of the same calls.
  it.each([
    { of: '32 px', length: 2, thickness: 0.5, margin: 1, expected: 'a1c924d5271d22fe' },
    { of: '128 px, margin 2', length: 5, thickness: 1.5, margin: 2, expected: '1de878d285720fce' },
    { of: '128 px, margin 3', length: 5, thickness: 1.5, margin: 3, expected: 'f35a25b02555ae82' },
    { of: '256 px', length: 5, thickness: 2, margin: 3, expected: '37c07b371530bb56' },
  ])(
    'gives the bytes of Pillow and OpenCV for the paddles of $of',
    ({ length, thickness, margin, expected }) => {
      const reach = length + Math.ceil(thickness) + margin;
      const [side, centre] = [4 * reach + 1, 2 * reach];
      const smaller = resampling(side, 2 * reach + 1);
      const parts: Uint8Array[] = [];
      for (let degree = -180; degree < 180; degree++) {
        const angle = (degree * Math.PI) / 180;
        const end = (part: number) => Math.ceil(centre + 2 * length * part);
        const line = drawLine(
          side,
          [centre, centre],
          [end(Math.sin(angle)), end(Math.cos(angle))],
          2 * thickness,
        );
        parts.push(resample(line, smaller), resample(dilate(line, side, 2 * margin), smaller));
      }
      expect(sha(parts)).toBe(expected);
    },
  );

  it('gives the bytes of Pillow for markers, also at the edges, and for any window', () => {
    const parts: Uint8Array[] = [];
    for (const [size, radius] of [
      [32, 1.5],
      [128, 3],
      [256, 5],
    ] as const)
      for (const [y, x] of [
        [size / 2, size / 2],
        [1, 1],
        [3, size - 2],
        [size - 4, 5],
        [0, size / 2],
      ] as const) {
        const fine = new Uint8Array(4 * size * size);
        for (const [dy, dx] of discOffsets(2 * radius)) {
          const [row, column] = [2 * y + dy, 2 * x + dx];
          if (row >= 0 && row < 2 * size && column >= 0 && column < 2 * size)
            fine[row * 2 * size + column] = 255;
        }
        const smaller = resampling(2 * size, size);
        const whole = resample(fine, smaller);
        parts.push(whole);
        const window = { top: 2, left: 4, rows: 9, columns: 7 };
        const seen = Array.from(
          { length: 63 },
          (_, i) => whole[(2 + Math.floor(i / 7)) * size + 4 + (i % 7)],
        );
        expect([...resample(fine, smaller, window)]).toEqual(seen);
      }
    expect(sha(parts)).toBe('664e6c250c7528ca');
  });

  it('leaves a constant image constant, and a line of one point a point', () => {
    const grey = new Uint8Array(20 * 20).fill(77);
    expect(new Set(resample(grey, resampling(20, 7)))).toEqual(new Set([77]));
    const point = drawLine(5, [2, 3], [2, 3], 3);
    expect([...point.keys()].filter((i) => point[i] === 255)).toEqual([13]);
  });
});
