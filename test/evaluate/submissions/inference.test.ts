/** Submitted ONNX files on ONNX Runtime: what they answer, and how those end that misbehave. */
import { describe, expect, it } from 'vitest';
import { freshTest, publishedData } from '../../../evaluate/submissions/data.ts';
import { infer } from '../../../evaluate/submissions/inference.ts';
import { checkModel } from '../../../evaluate/submissions/modelFile.ts';
import {
  encodeModel,
  floats,
  int,
  linear,
  longs,
  message,
  node,
  tensor,
  text,
  value,
  type Model,
} from './onnx.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [length, classes] = [8, 3];
const count = 37;
const inputs = Uint8Array.from({ length: count * length }, (_, i) => (i * 31) % 11);

function run(model: Model, limits?: { seconds: number; bytes: number }) {
  const bytes = encodeModel(model);
  const facts = checkModel(bytes, 'a.onnx', { length, classes });
  return infer('a.onnx', { bytes, facts }, [{ count, inputs }], {
    classes,
    ...(limits && { limits }),
  });
}

/** What `linear` answers. */
const expected = Uint8Array.from({ length: count }, (_, row) => {
  const logits = Array.from({ length: classes }, (_, c) => {
    let sum = 0;
    for (let t = 0; t < length; t++)
      sum += inputs[row * length + t]! * Math.fround(Math.sin(t * classes + c));
    return sum;
  });
  return logits.indexOf(Math.max(...logits));
});

describe('a submitted model', () => {
  it('answers with the class of its largest logit, whatever its batch and integers', async () => {
    expect((await run(linear(length, classes))).predictions).toEqual([expected]);
    const fixed = linear(length, classes);
    fixed.inputs[0] = value('tokens', 7, [5, length]);
    expect((await run(fixed)).predictions).toEqual([expected]);
  });

  it('is refused where ONNX Runtime refuses it, or its answers are no numbers', async () => {
    const mismatch = linear(length, classes);
    mismatch.initializers[0] = tensor('w', 1, [1, 1], new Uint8Array(4));
    await expect(run(mismatch)).rejects.toThrow(/a\.onnx: the model does not run: .*w|MatMul/);
    const nan = linear(length, classes);
    nan.nodes[1] = node('MatMul', ['x', 'w'], ['m']);
    nan.nodes.push(
      node('Neg', ['m'], ['n']),
      node('Exp', ['m'], ['e']),
      node('Neg', ['e'], ['f']),
      node('Log', ['f'], ['logits']),
    );
    await expect(run(nan)).rejects.toThrow(/logits of example \d+ have NaN/);
  });

  it('is refused if its answers depend on the place, on the neighbours, or on chance', async () => {
    const refused =
      /the model gives one example a logit of class \d of \S+, and \S+ \S.*expected at most/;
    // The row's place in a batch of 4, whatever the tokens.
    const place = linear(length, classes);
    place.inputs[0] = value('tokens', 6, [4, length]);
    place.initializers.push(
      tensor('zero', 1, [], floats([0])),
      tensor('rows', 1, [4, 3], floats([1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0])),
    );
    place.nodes = [
      ...place.nodes.slice(0, 1),
      node('MatMul', ['x', 'w'], ['m']),
      node('Mul', ['m', 'zero'], ['nothing']),
      node('Add', ['nothing', 'rows'], ['logits']),
    ];
    await expect(run(place)).rejects.toThrow(refused);
    // Logits less their mean over the batch, as batch normalisation in training mode gives.
    const neighbours = linear(length, classes);
    const axes = message(5, text(1, 'axes'), int(8, 0), int(20, 7));
    neighbours.nodes = [
      ...neighbours.nodes.slice(0, 1),
      node('MatMul', ['x', 'w'], ['m']),
      node('ReduceMean', ['m'], ['mean'], axes),
      node('Sub', ['m', 'mean'], ['logits']),
    ];
    for (const batch of ['batch', 5, count, 64]) {
      neighbours.inputs[0] = value('tokens', 6, [batch, length]);
      await expect(run(neighbours)).rejects.toThrow(refused);
    }
    // Dropout whose mode the file does not tell.
    const chance = linear(length, classes);
    chance.initializers.push(tensor('half', 1, [], floats([0.5])));
    chance.initializers.push(tensor('one', 1, [], floats([1])));
    chance.nodes = [
      ...chance.nodes.slice(0, 1),
      node('MatMul', ['x', 'w'], ['m']),
      node('Cast', ['one'], ['mode'], message(5, text(1, 'to'), int(3, 9), int(20, 2))),
      node('Dropout', ['m', 'half', 'mode'], ['logits']),
    ];
    await expect(run(chance)).rejects.toThrow(refused);
  });

  it('is ended where it takes too much memory or time', async () => {
    // 2^30 numbers, of which the file says nothing but their count.
    const giant = linear(length, classes);
    giant.initializers.push(tensor('shape', 7, [2], longs([2 ** 15, 2 ** 15])));
    giant.nodes = [
      node(
        'ConstantOfShape',
        ['shape'],
        ['c'],
        message(
          5,
          text(1, 'value'),
          message(5, ...tensor('', 1, [1], new Uint8Array(4))),
          int(20, 4),
        ),
      ),
      node('MatMul', ['c', 'c'], ['d']),
      node('ReduceSum', ['d'], ['s']),
      node('Cast', ['tokens'], ['x'], message(5, text(1, 'to'), int(3, 1), int(20, 2))),
      node('MatMul', ['x', 'w'], ['m']),
      node('Add', ['m', 's'], ['logits']),
    ];
    await expect(run(giant, { seconds: 60, bytes: 2 ** 29 })).rejects.toThrow(
      'more than 512 MiB of memory',
    );
    await expect(run(linear(length, classes), { seconds: 0.05, bytes: 2 ** 30 })).rejects.toThrow(
      'more than 0.05 seconds',
    );
  });
});

describe('fresh test data', () => {
  it('are of the same shape as the published, and of other examples', async () => {
    const work = mkdtempSync(join(tmpdir(), 'reach-fresh-'));
    const published = await (await publishedData('recall', 'smoke', { work })).split('test');
    const again = await freshTest('recall', 'smoke', 0, { work });
    const fresh = await freshTest('recall', 'smoke', 123_456_789, { work });
    rmSync(work, { recursive: true });
    for (const array of ['inputs', 'labels', 'groups', 'distances'] as const) {
      expect(again[array]).toEqual(published[array]);
      expect(fresh[array]).toHaveLength(published[array].length);
    }
    expect(fresh.inputs).not.toEqual(published.inputs);
  });
});
