/** A tensor of an ONNX file: its numbers must all be there, as many as its shape says. */
import type { Message, Messages } from './messages.ts';
import { countVarints, type Field } from './wire.ts';

interface NumberType {
  name: string;
  bits: number;
}

/** Types of numbers by ONNX's code (`TensorProto.DataType`); text and complex numbers are none of them. */
export const numberTypes: ReadonlyMap<number, NumberType> = new Map([
  [1, { name: 'float', bits: 32 }],
  [2, { name: 'uint8', bits: 8 }],
  [3, { name: 'int8', bits: 8 }],
  [4, { name: 'uint16', bits: 16 }],
  [5, { name: 'int16', bits: 16 }],
  [6, { name: 'int32', bits: 32 }],
  [7, { name: 'int64', bits: 64 }],
  [9, { name: 'bool', bits: 8 }],
  [10, { name: 'float16', bits: 16 }],
  [11, { name: 'double', bits: 64 }],
  [12, { name: 'uint32', bits: 32 }],
  [13, { name: 'uint64', bits: 64 }],
  [16, { name: 'bfloat16', bits: 16 }],
  [17, { name: 'float8e4m3fn', bits: 8 }],
  [18, { name: 'float8e4m3fnuz', bits: 8 }],
  [19, { name: 'float8e5m2', bits: 8 }],
  [20, { name: 'float8e5m2fnuz', bits: 8 }],
  [21, { name: 'uint4', bits: 4 }],
  [22, { name: 'int4', bits: 4 }],
  [23, { name: 'float4e2m1', bits: 4 }],
  [24, { name: 'float8e8m0', bits: 8 }],
  [25, { name: 'uint2', bits: 2 }],
  [26, { name: 'int2', bits: 2 }],
]);

const floating = new Set([1, 10, 11, 16, 17, 18, 19, 20, 23, 24]);

/** Whether numbers of that type are rounded to 16 bits or fewer. */
export const isReduced = (code: number) => floating.has(code) && numberTypes.get(code)!.bits <= 16;

export const isFloating = (code: number) => floating.has(code);

/** Most numbers of a tensor along one axis. */
const mostDim = 64 * 2 ** 20;

export interface TensorFacts {
  name: string;
  /** ONNX's code of the type. */
  type: number;
  /** How many numbers it has. */
  size: number;
  /** The first byte, for a single truth value. */
  first: number | undefined;
}

/** @throws SubmissionError naming the part of the tensor */
export function readTensor(messages: Messages, field: Field, path: string): TensorFacts {
  const tensor = messages.message(field, path);
  messages.none(
    tensor,
    13,
    `${path}.external_data`,
    'only weights of the graph may lie in another file, so export with external_data=False',
  );
  if (messages.number(tensor, 14, `${path}.data_location`))
    throw messages.wrong(
      `${path}.data_location`,
      'is another file, expected all data in this one or in a file that external_data names',
    );
  messages.none(tensor, 3, `${path}.segment`);
  messages.none(tensor, 6, `${path}.string_data`, 'a model computes numbers from numbers');
  const code = messages.number(tensor, 2, `${path}.data_type`) ?? 0;
  const type = numberTypes.get(code);
  if (!type) {
    const names = [...numberTypes.values()].map(({ name }) => name).join(', ');
    throw messages.wrong(`${path}.data_type`, `is ${code}, expected one of ${names}`);
  }
  let size = 1;
  for (const [i, dim] of messages.numbers(tensor, 1, `${path}.dims`).entries()) {
    if (dim < 0 || dim > mostDim)
      throw messages.wrong(`${path}.dims[${i}]`, `is ${dim}, expected 0 to ${mostDim}`);
    size *= dim;
  }
  const { count, first } = numbersOf(messages, tensor, type.bits, path);
  // Numbers of two or four bits share a byte.
  const perByte = Math.max(1, 8 / type.bits);
  const expected = perByte * Math.ceil(size / perByte);
  if (count !== expected)
    throw messages.wrong(`${path}.dims`, `ask for ${size} numbers, but the tensor has ${count}`);
  const name = messages.text(tensor, 8, `${path}.name`) ?? '';
  return { name, type: code, size, first };
}

/** How many numbers a tensor holds, in whichever field they are. */
function numbersOf(messages: Messages, tensor: Message, bits: number, path: string) {
  const raw = messages.only(tensor, 9, `${path}.raw_data`);
  let count = raw ? ((raw.end - raw.start) * 8) / bits : 0;
  let first = raw && raw.end > raw.start ? messages.bytes[raw.start] : undefined;
  for (const number of [4, 5, 7, 10, 11]) {
    // float_data and double_data have a fixed width; the others are varints.
    const width = number === 4 ? 4 : number === 10 ? 8 : 0;
    for (const { wire, start, end, value } of tensor.get(number) ?? []) {
      if (raw) throw messages.wrong(path, 'has its numbers in two places, expected one');
      first ??= wire === 0 ? value : messages.bytes[start];
      const entries =
        wire !== 2
          ? 1
          : width > 0
            ? (end - start) / width
            : countVarints(messages.bytes, start, end);
      count += Math.max(1, 8 / bits) * entries;
    }
  }
  return { count, first };
}
