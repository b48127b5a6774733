/** Which ONNX files are accepted: every operator of the standard, data beside the model, other formats. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { encodeSafetensors } from '../../../evaluate/training/safetensors.ts';
import { withExternalData } from '../../../evaluate/submissions/externalData.ts';
import { kindOf } from '../../../evaluate/submissions/fileKind.ts';
import { checkModel, mostModelBytes } from '../../../evaluate/submissions/modelFile.ts';
import { operators, opsets, refusals } from '../../../evaluate/submissions/operators.ts';
import {
  encodeModel,
  floats,
  int,
  linear,
  message,
  node,
  tensor,
  text,
  value,
  type Model,
  type Part,
} from './onnx.ts';

const shape = { length: 8, classes: 3 };
const check = (model: Model) => checkModel(encodeModel(model), 'a.onnx', shape);
const changed = (change: (model: Model) => void) => {
  const model = linear(shape.length, shape.classes);
  change(model);
  return model;
};
const refusalOf = (change: (model: Model) => void): string => {
  try {
    check(changed(change));
    return 'accepted';
  } catch (error) {
    return (error as Error).message;
  }
};
const attribute = (name: string, number: number): Part =>
  message(5, text(1, name), int(3, number), int(20, 2));

describe('an operator', () => {
  const file = new URL('operators.json', import.meta.url);
  const cases = JSON.parse(readFileSync(file, 'utf8')) as {
    operator: string;
    opset: number;
    model: string;
  }[];

  it('of each list has a test of the standard', () => {
    expect(cases.map(({ operator }) => operator)).toEqual([...operators].sort());
  });

  it('that is accepted gives on ONNX Runtime what the standard says', async () => {
    ort.env.logLevel = 'fatal';
    for (const { operator, model } of cases) {
      const bytes = Buffer.from(model, 'base64');
      checkModel(bytes, `${operator}.onnx`, shape);
      const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 4 });
      const tokens = new ort.Tensor('int32', new Int32Array(2 * shape.length), [2, shape.length]);
      const { logits } = await session.run({ tokens });
      const most = Math.max(...Array.from(logits!.data as Float32Array, Math.abs));
      expect({ operator, close: most < 1e-2 }).toEqual({ operator, close: true });
      await session.release();
    }
  });

  it('is accepted in files of every opset that ONNX Runtime runs, and of no other', () => {
    const [first, last] = opsets;
    for (let opset = first; opset <= last; opset++)
      expect(refusalOf((m) => (m.opset = [int(2, opset)]))).toBe('accepted');
    for (const opset of [first - 1, last + 1])
      expect(refusalOf((m) => (m.opset = [int(2, opset)]))).toContain(
        `opset_import[0].version is ${opset}, expected ${first} to ${last}`,
      );
  });

  it('that is refused is refused with a reason and another way', () => {
    for (const { operators, problem, advice } of refusals)
      for (const operator of operators)
        expect(refusalOf((m) => m.nodes.push(node(operator, ['x'], ['y'])))).toBe(
          `a.onnx: graph.node[2].op_type is "${operator}", which ${problem}, expected an operator that computes tensors from tensors; ${advice}.`,
        );
    expect(refusalOf((m) => m.nodes.push(node('FancyNorm', ['x'], ['y'])))).toContain(
      'is no operator of the ONNX standard',
    );
  });
});

describe('other domains', () => {
  it('may be imported, but no node may use one', () => {
    const imported = (m: Model) =>
      m.more.push(
        message(8, text(1, 'ai.onnx.ml'), int(2, 3)),
        message(8, text(1, 'com.evil'), int(2, 1)),
      );
    expect(refusalOf(imported)).toBe('accepted');
    const used = (domain: string) => (m: Model) =>
      m.nodes.push(node('Neg', ['x'], ['y'], text(7, domain)));
    expect(refusalOf(used('com.microsoft'))).toContain('without the optimiser of ONNX Runtime');
    expect(refusalOf(used('com.evil'))).toContain('without custom operators');
    expect(refusalOf((m) => m.more.push(message(25, text(1, 'f'))))).toContain(
      'onnx.inliner.inline_local_functions',
    );
  });
});

describe('training mode', () => {
  const dropout = (mode: Part[], ...nodes: Part[]) =>
    changed((m) => {
      m.initializers.push(tensor('half', 1, [], floats([0.5])), mode);
      m.nodes = [...nodes, ...m.nodes, node('Dropout', ['x', 'half', 'mode'], ['z'])];
    });
  const truth = (name: string, on: number) => tensor(name, 9, [], Uint8Array.of(on));

  it('of dropout and of batch normalisation is refused, inference is not', () => {
    expect(() => check(dropout(truth('mode', 1)))).toThrow(
      'graph.node[2] is Dropout in training mode, expected inference: call model.eval() before the export',
    );
    expect(() => check(dropout(truth('mode', 0)))).not.toThrow();
    const constant = node(
      'Constant',
      [],
      ['mode'],
      message(5, text(1, 'value'), message(5, ...truth('', 1))),
    );
    expect(() => check(dropout(truth('other', 0), constant))).toThrow('Dropout in training mode');
    const normalise = (outputs: string[], ...more: Part[]) =>
      changed((m) =>
        m.nodes.push(node('BatchNormalization', ['x', 's', 'b', 'm', 'v'], outputs, ...more)),
      );
    expect(() => check(normalise(['y'], attribute('training_mode', 1)))).toThrow(
      'BatchNormalization in training mode',
    );
    expect(() => check(normalise(['y', 'mean', 'var']))).toThrow('in training mode');
    expect(() => check(normalise(['y'], attribute('training_mode', 0)))).not.toThrow();
  });
});

describe('facts of a model', () => {
  it('are read from the file', () => {
    expect(check(linear(8, 3))).toEqual({
      tokens: 'int32',
      batch: undefined,
      floats: 24,
      precision: 'float32',
    });
    const half = changed((m) => {
      m.inputs[0] = value('tokens', 7, [5, 8]);
      m.initializers.push(tensor('h', 10, [3], new Uint8Array(6)));
      m.initializers.push(tensor('q', 22, [5], new Uint8Array(3)));
    });
    expect(check(half)).toEqual({ tokens: 'int64', batch: 5, floats: 32, precision: 'reduced' });
    const cast = changed((m) => m.nodes.push(node('Cast', ['x'], ['h'], attribute('to', 10))));
    expect(check(cast).precision).toBe('reduced');
    const quantised = changed((m) => m.nodes.push(node('QuantizeLinear', ['x', 's'], ['q'])));
    expect(check(quantised).precision).toBe('reduced');
  });
});

describe('data beside the model', () => {
  const weights = floats(Array.from({ length: 24 }, (_, i) => Math.sin(i)));
  const outside = (...entries: [string, string][]) =>
    changed((m) => {
      m.initializers[0] = [
        ...tensor('w', 1, [8, 3], new Uint8Array(0)).slice(0, -1),
        ...entries.map(([key, entry]) => message(13, text(1, key), text(2, entry))),
        int(14, 1),
      ];
    });
  const data = Buffer.concat([Buffer.alloc(16), weights, Buffer.alloc(8)]);
  const files: Record<string, Uint8Array> = { 'a.onnx.data': data, 'exact.bin': weights };
  const read = (name: string) =>
    name in files ? Promise.resolve(files[name]!) : Promise.reject(new Error(`${name} is missing`));
  const join = (model: Model, most = mostModelBytes) =>
    withExternalData(encodeModel(model), 'a.onnx', { read, most });
  const at = (location: string, offset?: number, length?: number): [string, string][] => [
    ['location', location],
    ...(offset === undefined ? [] : [['offset', String(offset)] as [string, string]]),
    ...(length === undefined ? [] : [['length', String(length)] as [string, string]]),
  ];

  it('are put into it, and it computes the same', async () => {
    const expected = await logitsOf(encodeModel(linear(8, 3)));
    for (const place of [at('a.onnx.data', 16, 96), at('exact.bin'), at('exact.bin', 0)]) {
      const { bytes, files } = await join(outside(...place));
      expect(checkModel(bytes, 'a.onnx', shape).floats).toBe(24);
      expect(files).toEqual([place[0]![1]]);
      expect(await logitsOf(bytes)).toEqual(expected);
    }
    const whole = encodeModel(linear(8, 3));
    expect(await join(linear(8, 3))).toEqual({ bytes: whole, files: [] });
  });

  it('are refused outside the folder, beyond the file or the limit, and where none are', async () => {
    for (const name of ['../w', '/etc/passwd', 'sub/w', '..', '', 'submission.json', 'a\u0000'])
      await expect(join(outside(...at(name)))).rejects.toThrow('expected the plain name of a file');
    await expect(join(outside(...at('none.bin')))).rejects.toThrow('none.bin is missing');
    for (const [offset, length] of [
      [16, 200],
      [120, 8],
    ])
      await expect(join(outside(...at('a.onnx.data', offset, length)))).rejects.toThrow(
        'which has 120; submit the data file of this model',
      );
    await expect(join(outside(['location', 'exact.bin'], ['offset', '-1']))).rejects.toThrow(
      'has "-1", expected a number of bytes',
    );
    const twice = outside(...at('exact.bin'));
    twice.initializers.push(twice.initializers[0]!);
    await expect(join(twice, 300)).rejects.toThrow('brings the model to more than 300 bytes');
    const few = await join(outside(...at('a.onnx.data', 0, 92)));
    expect(() => checkModel(few.bytes, 'a.onnx', shape)).toThrow(
      'ask for 24 numbers, but the tensor has 23',
    );
  });
});

async function logitsOf(bytes: Uint8Array): Promise<number[]> {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 4 });
  const tokens = new ort.Tensor(
    'int32',
    Int32Array.from({ length: 16 }, (_, i) => i % 5),
    [2, 8],
  );
  const { logits } = await session.run({ tokens });
  await session.release();
  return Array.from(logits!.data as Float32Array);
}

describe('a file of another format', () => {
  const zip = (name: string) =>
    Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(26), Buffer.from(name)]);
  const tar = Buffer.alloc(512);
  tar.write('ustar', 257);
  it.each<[string, Uint8Array | string]>([
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n'],
    ['a web page', '\n<!DOCTYPE html><html>'],
    ['an XML file', '<?xml version="1.0"?>'],
    ['a PyTorch checkpoint (torch.save)', zip('model/data.pkl')],
    ['a PyTorch program (torch.export.save)', zip('model/archive_format')],
    ['a NumPy archive (.npz)', zip('w.npy')],
    ['a zip archive', zip('model.onnx')],
    ['a gzip file', gzipSync('x')],
    ['a bzip2 file', 'BZh91AY'],
    ['a tar archive', tar],
    [
      'a safetensors file',
      encodeSafetensors({ tensors: { w: Float32Array.of(1) }, metadata: {} }, { w: [1] }),
    ],
    ['a GGUF file', 'GGUF\x03'],
    ['a Python pickle (an old PyTorch checkpoint)', Uint8Array.of(0x80, 2, 0x8a, 10)],
    ['an HDF5 file (Keras)', Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a)],
    ['a TensorFlow Lite model', '\x1c\x00\x00\x00TFL3'],
    ['a model in the format of ONNX Runtime (.ort)', '\x1c\x00\x00\x00ORTM'],
    ['a NumPy array', Buffer.from('\x93NUMPY', 'latin1')],
    ['a program', '\x7fELF'],
    ['a JSON file', '{"graph": 1}'],
    ['ONNX as text', 'ir_version: 8'],
  ])('is named: %s', (what, content) => {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
    expect(kindOf(bytes)?.what).toBe(what);
    expect(() => checkModel(bytes, 'a.onnx', shape)).toThrow(
      `a.onnx: the file is ${what}, expected an ONNX model: `,
    );
  });

  it('is none of them if it is ONNX', () => {
    expect(kindOf(encodeModel(linear(8, 3)))).toBeUndefined();
  });
});
