/**
 * Grey pictures as PNG files of 8 bits per pixel (ISO/IEC 15948, https://www.w3.org/TR/png-3/), by
 * fast-png. A picture is data from strangers: its size is known before it is read, and nothing is
 * unpacked from a file that claims another one or that is longer than such a picture can be.
 */
import { decode, encode, type DecodedPng } from 'fast-png';
import { DataError } from '../../core/errors.ts';

export interface PictureSize {
  rows: number;
  columns: number;
}

/** The PNG file of grey levels 0 to 255, row by row. */
export function encodeGrey(levels: Uint8Array, { rows, columns }: PictureSize): Uint8Array {
  if (levels.length !== rows * columns)
    throw new RangeError(`${levels.length} levels do not fill ${rows} x ${columns} pixels.`);
  return encode({ width: columns, height: rows, data: levels, depth: 8, channels: 1 });
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Colour types of the standard, by their numbers: values per pixel. */
const colourTypes: Record<number, { name: string; values: number }> = {
  0: { name: 'grey', values: 1 },
  2: { name: 'RGB', values: 3 },
  3: { name: 'palette', values: 1 },
  4: { name: 'grey with transparency', values: 2 },
  6: { name: 'RGB with transparency', values: 4 },
};

/**
 * The grey levels of a PNG file, row by row. Other kinds of pixels are read where they mean the same:
 * colours whose red, green and blue are equal, 16 bits that repeat 8, transparency that is opaque.
 * @param name of the file, for the message.
 * @throws DataError if it is not a whole picture of that size whose pixels are grey levels of 8 bits.
 */
export function decodeGrey(bytes: Uint8Array, name: string, size: PictureSize): Uint8Array {
  const { rows, columns } = size;
  const wrong = (what: string) =>
    new DataError(
      `${name} is not a grey PNG picture of ${rows} x ${columns} pixels, 8 bits each: ${what}.`,
    );
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length === 0) throw wrong('the file is empty');
  if (!file.subarray(0, 8).equals(signature)) throw wrong('it does not begin like a PNG file');
  if (file.length < 33 || file.toString('latin1', 12, 16) !== 'IHDR')
    throw wrong('its header is missing');
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  if (width !== columns || height !== rows) throw wrong(`it has ${height} x ${width} pixels`);
  const [bits, type] = [file[24]!, colourTypes[file[25]!]];
  if (!type) throw wrong(`its colour type is ${file[25]}`);
  if (bits < 8) throw wrong(`it has ${bits} bits per pixel (${type.name})`);
  // Even unpacked pixels are smaller; what is larger holds something else.
  const largest = 2 * rows * (columns * type.values * (bits / 8) + 1) + 4096;
  if (file.length > largest)
    throw wrong(`it has ${file.length} bytes, expected at most ${largest}`);
  let picture: DecodedPng;
  try {
    picture = decode(file, { checkCrc: true });
  } catch (error) {
    throw wrong(`it is damaged (${(error as Error).message})`);
  }
  if (picture.data.length !== rows * columns * type.values)
    throw wrong('its pixels are not complete');
  return greyOf(picture, type.name, wrong);
}

/** One grey level per pixel. @throws by `wrong` where a pixel has none of 8 bits. */
function greyOf(
  { data, depth, channels, palette }: DecodedPng,
  kind: string,
  wrong: (what: string) => DataError,
): Uint8Array {
  const opaque = depth === 16 ? 0xffff : 0xff;
  const width = palette ? 1 : channels;
  const levels = new Uint8Array(data.length / width);
  for (let pixel = 0; pixel < levels.length; pixel++) {
    const stored = Array.from(data.subarray(pixel * width, (pixel + 1) * width));
    const entry = palette ? palette[stored[0]!] : stored;
    if (!entry) throw wrong(`pixel ${pixel} names colour ${stored[0]}, which its palette lacks`);
    const colours = entry.length === 1 || entry.length === 2 ? [entry[0]!] : entry.slice(0, 3);
    const alpha = entry.length % 2 === 0 ? entry.at(-1)! : opaque;
    if (alpha !== opaque) throw wrong(`pixel ${pixel} is transparent (${kind})`);
    if (colours.some((value) => value !== colours[0]))
      throw wrong(`pixel ${pixel} has the colour ${colours.join(', ')} (${kind}), no grey level`);
    const level = depth === 16 ? colours[0]! / 257 : colours[0]!;
    if (!Number.isInteger(level))
      throw wrong(`pixel ${pixel} has the 16-bit level ${colours[0]}, which 8 bits cannot hold`);
    levels[pixel] = level;
  }
  return levels;
}
