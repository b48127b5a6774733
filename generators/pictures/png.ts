/**
 * Grey pictures as PNG files of 8 bits a pixel (ISO/IEC 15948, https://www.w3.org/TR/png-3/), by
 * fast-png. A picture is data from strangers: its size is known before it is read, and nothing is
 * unpacked from a file that claims another one or that is longer than such a picture can be.
 */
import { decode, encode } from 'fast-png';
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
const grey = 0;

/**
 * The grey levels of a PNG file, row by row.
 * @param name of the file, for the message.
 * @throws DataError if it is not a whole grey picture of 8 bits and of that size.
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
  if (file[24] !== 8 || file[25] !== grey)
    throw wrong(`it has ${file[24]} bits a pixel and colour type ${file[25]}`);
  // Even unpacked pixels are smaller; what is larger holds something else.
  const largest = 2 * rows * (columns + 1) + 4096;
  if (file.length > largest)
    throw wrong(`it has ${file.length} bytes, expected at most ${largest}`);
  let data: ArrayLike<number>;
  try {
    ({ data } = decode(file, { checkCrc: true }));
  } catch (error) {
    throw wrong(`it is damaged (${(error as Error).message})`);
  }
  if (data.length !== rows * columns) throw wrong('its pixels are not complete');
  return Uint8Array.from(data);
}
