/**
 * Protocol buffers as they stand in a file (https://protobuf.dev/programming-guides/encoding/), read
 * without believing a length before it fits: one message at a time, nothing copied, no recursion.
 */

export interface Field {
  /** 0 varint, 1 eight bytes, 2 bytes with a length, 5 four bytes. */
  wire: number;
  /** Of a varint: its value, below 0 where it is a negative int64. */
  value: number;
  /** Where its bytes are, for wire types 1, 2 and 5. */
  start: number;
  end: number;
}

/** A message that is cut off or no message at all. */
export class WireError extends Error {
  override name = 'WireError';
}

/** Most fields of one message: more than any model has nodes, and few enough to hold. */
const mostFields = 100_000;

/** The fields of the message from `start` to `end`, by number, each in the order of the file. */
export function readMessage(
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): Map<number, Field[]> {
  const fields = new Map<number, Field[]>();
  let count = 0;
  for (let at = start; at < end;) {
    if (++count > mostFields) throw new WireError(`it has more than ${mostFields} fields`);
    const key = readVarint(bytes, at, end);
    const number = Math.floor(key.value / 8);
    const wire = key.value - number * 8;
    if (key.value < 8 || number > 536_870_911)
      throw new WireError(`no field can begin at byte ${at}`);
    const field: Field = { wire, value: 0, start: key.end, end: key.end };
    if (wire === 0) {
      const { value, end: after } = readVarint(bytes, key.end, end);
      field.value = value;
      field.end = after;
    } else if (wire === 2) {
      const length = readVarint(bytes, key.end, end);
      field.start = length.end;
      field.end = length.value < 0 ? Infinity : length.end + length.value;
    } else if (wire === 1) field.end += 8;
    else if (wire === 5) field.end += 4;
    else
      throw new WireError(
        `field ${number} at byte ${at} is of wire type ${wire}, expected 0, 1, 2 or 5`,
      );
    if (field.end > end)
      throw new WireError(`field ${number} at byte ${at} ends after what it is in`);
    at = field.end;
    const list = fields.get(number);
    if (list) list.push(field);
    else fields.set(number, [field]);
  }
  return fields;
}

/** How many varints there are from `start` to `end`. */
export function countVarints(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) if (bytes[at]! < 128) count++;
  if (end > start && bytes[end - 1]! >= 128)
    throw new WireError(`a number at byte ${end - 1} is cut off`);
  return count;
}

/** The varints from `start` to `end`. */
export function readVarints(bytes: Uint8Array, start: number, end: number): number[] {
  const values: number[] = [];
  for (let at = start; at < end;) {
    const read = readVarint(bytes, at, end);
    values.push(read.value);
    at = read.end;
  }
  return values;
}

/** A signed int64; beyond 2^53 it is not exact, which no size or type that is accepted comes near. */
function readVarint(bytes: Uint8Array, start: number, end: number): { value: number; end: number } {
  let low = 0;
  let scale = 1;
  for (let i = 0; i < 10; i++) {
    const at = start + i;
    if (at >= end) throw new WireError(`a number at byte ${start} is cut off`);
    const byte = bytes[at]!;
    // The tenth byte holds the sign: only there is a number below 0.
    if (i === 9) {
      if (byte !== 1) throw new WireError(`a number at byte ${start} has more than 64 bits`);
      return { value: low - 2 ** 63, end: at + 1 };
    }
    low += (byte & 127) * scale;
    scale *= 128;
    if (byte < 128) return { value: low, end: at + 1 };
  }
  throw new WireError(`a number at byte ${start} has more than 64 bits`);
}
