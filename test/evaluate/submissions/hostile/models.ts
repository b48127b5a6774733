/** ONNX files that must be refused. */
import fc from 'fast-check';
import { castAttribute, encodeModel, int, message, node, tensor, text, value } from '../onnx.ts';
import type { Model, Part } from '../onnx.ts';
import { validModel, validSubmission, type Hostile } from './valid.ts';

const onnx = (bytes: Uint8Array, field: RegExp): Hostile => ({
  files: { ...validSubmission('model'), 'a.onnx': bytes },
  file: 'a.onnx',
  field,
});
const changedModel = (change: (model: Model) => void, field: RegExp) => {
  const model = validModel();
  change(model);
  return onnx(encodeModel(model), field);
};
const w = (...more: Part[]): Part[] => [int(1, 64), int(1, 4), int(2, 1), text(8, 'w'), ...more];
const raw = message(9, new Uint8Array(64 * 4 * 4));
const dims = fc.constantFrom(2 ** 40, -1, 2 ** 27, 0, 63, 2 ** 62, -(2 ** 63) + 1024);

export const badModel = fc.oneof(
  fc
    .constantFrom<[(model: Model) => void, RegExp][]>(
      [
        (m) =>
          (m.initializers[0] = w(
            message(13, text(1, 'location'), text(2, '../secret')),
            int(14, 1),
          )),
        /initializer\[0\]\.external_data/,
      ],
      [(m) => (m.initializers[0] = w(int(14, 1))), /initializer\[0\]\.data_location/],
      [
        (m) =>
          (m.initializers[0] = w(message(13, text(1, 'location'), text(2, '/etc/passwd')), raw)),
        /external_data/,
      ],
      [(m) => (m.initializers[0] = w(message(6, [1]))), /string_data/],
      [(m) => (m.initializers[0] = w(raw, raw)), /raw_data/],
      [(m) => (m.initializers[0] = w(raw, message(4, [0, 0, 0, 0]))), /initializer\[0\]/],
      [(m) => (m.initializers[0] = w()), /initializer\[0\]\.dims/],
      [(m) => (m.inputs = []), /graph\.input/],
      [(m) => (m.inputs[0] = value('ids', 6, ['b', 64])), /input\[0\]\.name/],
      [(m) => (m.inputs[0] = value('tokens', 1, ['b', 64])), /input\[0\]\.type/],
      [(m) => (m.inputs[0] = value('tokens', 6, ['b', 63])), /input\[0\]\.type\.shape\.dim\[1\]/],
      [(m) => (m.inputs[0] = value('tokens', 6, [2 ** 40, 64])), /dim\[0\]/],
      [(m) => (m.inputs[0] = value('tokens', 6, [-1, 64])), /dim\[0\]/],
      [(m) => (m.inputs[0] = value('tokens', 6, ['b', 1, 64])), /shape/],
      [
        (m) => (m.inputs[0] = [text(1, 'tokens'), message(2, message(4, message(1)))]),
        /input\[0\]\.type/,
      ],
      [(m) => m.inputs.push(value('more', 6, ['b', 64])), /graph\.input/],
      [(m) => (m.outputs = []), /graph\.output/],
      [(m) => m.outputs.push(value('x', 1, ['b', 64])), /graph\.output/],
      [(m) => (m.outputs[0] = value('logits', 1, ['b', 5])), /output\[0\]\.type\.shape\.dim\[1\]/],
      [(m) => (m.outputs[0] = value('logits', 8, ['b', 4])), /output\[0\]\.type/],
      [
        (m) => m.moreGraph.push(message(15, message(1, ...tensor('s', 1, [1], new Uint8Array(4))))),
        /sparse_initializer/,
      ],
      [(m) => m.more.push(message(25, text(1, 'f'))), /functions/],
      [(m) => m.more.push(message(20, message(1))), /training_info/],
      [(m) => m.more.push(message(7, text(2, 'h'))), /graph/],
      [(m) => m.more.push(message(8, int(2, 17))), /opset_import/],
      [(m) => (m.opset = [text(1, 'com.microsoft'), int(2, 1)]), /opset_import/],
      [(m) => (m.opset = [int(2, 2 ** 40)]), /opset_import/],
      [(m) => (m.opset = []), /opset_import/],
      [(m) => (m.version = 2 ** 31), /ir_version/],
      [(m) => (m.nodes = []), /graph\.node/],
      [(m) => (m.nodes = new Array<Part>(50_001).fill(node('Neg', ['a'], ['a']))), /graph\.node/],
      [
        (m) =>
          m.nodes.push(node('If', ['x'], ['y'], message(5, text(1, 'then_branch'), message(6)))),
        /node\[2\]\.op_type/,
      ],
      [
        (m) => m.nodes.push(node('Neg', ['x'], ['y'], message(5, text(1, 'g'), message(6)))),
        /node\[2\]\.attribute\[0\]\.g/,
      ],
      [(m) => m.nodes.push(node('Neg', ['x'], ['y'], text(7, 'com.evil'))), /node\[2\]\.domain/],
      [(m) => m.nodes.push(node('Neg', ['x'], ['y'], text(4, 'Loop'))), /node\[2\]\.op_type/],
      [(m) => m.nodes.push(message(1, message(4, [0xff, 0xfe]))), /node\[2\]\.op_type/],
      [
        (m) =>
          m.nodes.push(
            node(
              'Constant',
              [],
              ['c'],
              message(5, text(1, 'value'), message(5, int(1, 2 ** 40), int(2, 1))),
            ),
          ),
        /node\[2\]\.attribute\[0\]\.t\.dims/,
      ],
      [
        (m) =>
          m.nodes.push(node('Constant', [], ['c'], message(5, message(5, int(2, 1), int(14, 1))))),
        /node\[2\]\.attribute\[0\]\.t\.data_location/,
      ],
      [
        (m) => m.nodes.push(node('Cast', ['x'], ['y'], castAttribute, text(7, '<script>'))),
        /node\[2\]\.domain/,
      ],
      [(m) => m.nodes.push([8 + 3]), /graph|model/],
      [(m) => m.more.push(new Uint8Array(400_000).fill(0x10)), /./],
      [(m) => m.nodes.push(node('x'.repeat(2 ** 21), ['x'], ['y'])), /node\[2\]\.op_type/],
    )
    .map(([change, field]) => changedModel(change, field)),
  fc
    .string({ maxLength: 100 })
    .map((op) =>
      changedModel((m) => m.nodes.push(node(`x${op}`, ['x'], ['y'])), /node\[2\]\.op_type/),
    ),
  fc
    .constantFrom(
      'RandomNormal',
      'Loop',
      'Scan',
      'StringConcat',
      'ImageDecoder',
      'SequenceAt',
      'constructor',
      '__proto__',
      'toString',
    )
    .map((op) => changedModel((m) => m.nodes.push(node(op, ['x'], ['y'])), /node\[2\]\.op_type/)),
  fc
    .tuple(dims, dims)
    .map(([a, b]) =>
      changedModel(
        (m) =>
          (m.initializers[0] = [
            int(1, BigInt(a)),
            int(1, BigInt(b)),
            int(2, 1),
            text(8, 'w'),
            raw,
          ]),
        /initializer\[0\]\.dims/,
      ),
    ),
  fc
    .integer({ min: 27, max: 2 ** 31 })
    .map((type) =>
      changedModel(
        (m) => (m.initializers[0] = [int(1, 1), int(2, type), message(9, [0])]),
        /initializer\[0\]\.data_type/,
      ),
    ),
);
export const truncatedModel = fc.nat().map((cut) => {
  const bytes = encodeModel(validModel());
  return onnx(bytes.subarray(0, 1 + (cut % (bytes.length - 1))), /./);
});
export const noModel = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 400 }).map((bytes) => onnx(bytes, /./)),
  fc
    .constantFrom('MZ', 'PK\u0003\u0004', '#!/bin/sh', 'version https://git-lfs.github.com/spec/v1')
    .map((text) => onnx(Buffer.from(text), /./)),
);
