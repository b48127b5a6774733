import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { encode } from 'fast-png';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../../core/errors.ts';
import { decodeGrey, encodeGrey } from '../../../generators/pictures/png.ts';
import { sharedData } from '../support.ts';

const size = { rows: 5, columns: 3 };
const levels = Uint8Array.from({ length: 15 }, (_, i) => i * 17);
const whole = Buffer.from(encodeGrey(levels, size));

describe('a grey PNG picture', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), fc.infiniteStream(fc.nat(255)), (r, c, numbers) => {
        const [rows, columns] = [r + 1, c + 1];
        const data = Uint8Array.from({ length: rows * columns }, () => numbers.next().value);
        const read = decodeGrey(encodeGrey(data, { rows, columns }), 'x', { rows, columns });
        expect(read).toEqual(data);
      }),
      { numRuns: 30 },
    );
  });

  const official = sharedData('official_samples/pathfinder32', 'reading pictures of the original');
  it.runIf(official)('is read where the original Pathfinder wrote it', () => {
    const path = join(official!, 'curv_contour_length_14', 'imgs', '0', 'sample_0.png');
    const read = decodeGrey(readFileSync(path), path, { rows: 32, columns: 32 });
    expect(Math.max(...read)).toBe(255);
    expect(Math.min(...read)).toBe(0);
  });

  it('is refused with its name where it is cut off or changed anywhere', () => {
    for (let end = 0; end < whole.length - 12; end++)
      expect(() => decodeGrey(whole.subarray(0, end), 'a/b.png', size)).toThrow(DataError);
    fc.assert(
      fc.property(fc.nat(whole.length - 13), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(whole);
        changed[at]! ^= change;
        expect(() => decodeGrey(changed, 'a/b.png', size)).toThrow(/^a\/b\.png is not a grey PNG/);
      }),
    );
  });

  it('is refused where it claims another size, before anything is unpacked', () => {
    const giant = Buffer.from(whole);
    giant.writeUInt32BE(0x7fffffff, 16);
    expect(() => decodeGrey(giant, 'x', size)).toThrow('it has 5 x 2147483647 pixels');
    expect(() => decodeGrey(whole, 'x', { rows: 3, columns: 5 })).toThrow('it has 5 x 3 pixels');
    // A picture of the right size with a hundred megabytes of zeros for pixels.
    const bomb = deflateSync(Buffer.alloc(100e6));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bomb.length);
    const file = Buffer.concat([whole.subarray(0, 33), length, Buffer.from('IDAT'), bomb]);
    expect(() => decodeGrey(file, 'x', size)).toThrow('expected at most');
  });

  const spread = (values: number, change: (level: number, channel: number) => number) =>
    Array.from({ length: 15 * values }, (_, i) =>
      change(levels[Math.floor(i / values)]!, i % values),
    );
  const picture = (
    values: number,
    change: (level: number, channel: number) => number,
    depth: 8 | 16 = 8,
  ) => {
    const data = spread(values, change);
    return encode({
      width: 3,
      height: 5,
      channels: values,
      depth,
      data: depth === 8 ? Uint8Array.from(data) : Uint16Array.from(data),
    });
  };

  it('is read from colours and depths that mean grey levels of 8 bits', () => {
    const opaque = (level: number, channel: number) => (channel % 2 === 1 ? 255 : level);
    expect(
      decodeGrey(
        picture(3, (level) => level),
        'x',
        size,
      ),
    ).toEqual(levels);
    expect(decodeGrey(picture(2, opaque), 'x', size)).toEqual(levels);
    const rgba = picture(4, (level, channel) => (channel === 3 ? 255 : level));
    expect(decodeGrey(rgba, 'x', size)).toEqual(levels);
    expect(
      decodeGrey(
        picture(1, (level) => level * 257, 16),
        'x',
        size,
      ),
    ).toEqual(levels);
  });

  it('is refused where it has colours, transparency or levels that 8 bits cannot hold', () => {
    const refused = (file: Uint8Array) => expect(() => decodeGrey(file, 'x', size));
    const coloured = picture(3, (level, channel) => level + (channel === 2 && level < 255 ? 1 : 0));
    refused(coloured).toThrow('pixel 0 has the colour 0, 0, 1 (RGB), no grey level');
    refused(picture(2, () => 7)).toThrow('pixel 0 is transparent (grey with transparency)');
    refused(picture(1, (level) => level * 257 + 1, 16)).toThrow('pixel 0 has the 16-bit level 1');
    const thin = Buffer.from(whole);
    thin[24] = 1;
    refused(thin).toThrow('it has 1 bits per pixel (grey)');
    expect(() => decodeGrey(Buffer.from('GIF89a'), 'x', size)).toThrow('does not begin like a PNG');
  });
});
