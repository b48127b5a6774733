import tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import type { Program } from '../../../evaluate/engine/engine.ts';
import { EngineError } from '../../../evaluate/engine/engine.ts';
import { trace } from '../../../evaluate/engine/trace.ts';

const vector = (build: (x: tf.Tensor) => tf.Tensor | Record<string, tf.Tensor>): Program => ({
  name: 'test',
  inputs: { x: { shape: [4], dtype: 'float32' } },
  build: ({ x }) => {
    const result = build(x!);
    return result instanceof tf.Tensor ? { y: result } : result;
  },
});

const ops = (program: Program) => trace(program).nodes.map((node) => node.op);

test('a program becomes its kernel calls, gradients included', () => {
  expect(ops(vector((x) => x.exp().add(x)))).toEqual(['Exp', 'Add']);
  expect(ops(vector((x) => tf.grad((y) => y.exp().sum())(x)))).toContain('Mul');
});

test('values keep their shapes and types', () => {
  const { inputs, outputs } = trace(
    vector((x) => ({ a: x.reshape([2, 2]).matMul(x.reshape([2, 2])), b: x.toInt().sum() })),
  );
  expect(inputs).toMatchObject([{ name: 'x', shape: [4], dtype: 'float32' }]);
  expect(outputs).toMatchObject({
    a: { shape: [2, 2], dtype: 'float32' },
    b: { shape: [], dtype: 'int32' },
  });
});

test('nodes are named after the kernel they come from', () => {
  const { nodes } = trace(vector((x) => x.exp().add(tf.exp(x.mul(2)))));
  expect(nodes.map((node) => node.name)).toEqual([
    'Exp_0/Exp',
    'Multiply_0/Mul',
    'Exp_1/Exp',
    'Add_0/Add',
  ]);
});

test('a tensor made outside becomes a constant and stays where it was', () => {
  const outside = tf.tensor1d([1, 2, 3, 4]);
  const { nodes } = trace(vector((x) => x.mul(outside)));
  expect(nodes[0]!.inputs[1]!.data).toEqual(Float32Array.of(1, 2, 3, 4));
  expect(outside.dataSync()).toEqual(Float32Array.of(1, 2, 3, 4));
  outside.dispose();
});

test('a tensor of one number everywhere is kept as that number', () => {
  const { nodes } = trace(vector((x) => x.mul(tf.ones([3, 4]))));
  expect(nodes[0]!.op).toBe('Expand');
  expect(nodes[0]!.inputs[0]!.data).toEqual(Float32Array.of(1));
});

test('a constant can be read while a program is traced', () => {
  const { nodes } = trace(vector((x) => x.mul(tf.tensor1d([1, 2]).arraySync()[1]!)));
  expect(nodes[0]!.inputs[1]!.data).toEqual(Float32Array.of(2));
});

describe('tfjs is left as it was', () => {
  const programs: Record<string, Program> = {
    'a gradient': vector((x) => tf.grad((y) => y.softmax().square().sum())(x)),
    'several gradients': vector((x) => {
      const { value, grads } = tf.valueAndGrads((a: tf.Tensor, b: tf.Tensor) =>
        tf.tidy(() => a.mul(b).sum().asScalar()),
      )([x, x.exp()]);
      return { value, a: grads[0]!, b: grads[1]! };
    }),
    'variables, disposed by hand': vector((x) => {
      const weight = tf.variable(x);
      const { grads } = tf.variableGrads(() => weight.square().sum().asScalar());
      const [gradient] = Object.values(grads);
      weight.dispose();
      return gradient!;
    }),
    'a custom gradient': vector((x) => {
      const op = tf.customGrad((y, save) => {
        (save as (tensors: tf.Tensor[]) => void)([y as tf.Tensor]);
        return {
          value: (y as tf.Tensor).square(),
          gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => dy.mul(saved!).mul(2),
        };
      });
      return tf.grad((y) => op(y).sum())(x);
    }),
    'disposal within': vector((x) => {
      const y = x.exp();
      const z = y.add(1);
      y.dispose();
      return z.clone();
    }),
  };

  test.each(Object.entries(programs))('%s', (_, program) => {
    tf.backend();
    const before = { backend: tf.getBackend(), ...tf.memory() };
    trace(program);
    expect({ backend: tf.getBackend(), ...tf.memory() }).toEqual(before);
  });

  test('after a program that throws', () => {
    tf.backend();
    const before = { backend: tf.getBackend(), ...tf.memory() };
    const program = vector((x) => {
      x.exp();
      throw new Error('its own');
    });
    expect(() => trace(program)).toThrow('its own');
    expect({ backend: tf.getBackend(), ...tf.memory() }).toEqual(before);
    expect(ops(vector((x) => x.exp()))).toEqual(['Exp']);
  });
});

describe('a program that cannot be compiled is told so', () => {
  const cases: [string, Program, RegExp][] = [
    [
      'reading a value',
      vector((x) => x.mul(x.dataSync()[0]!)),
      /"test" reads a tensor \(dataSync.*known only when it runs/,
    ],
    [
      'a kernel without a lowering',
      vector((x) => tf.spectral.fft(tf.complex(x, x))),
      /tfjs kernel Complex \(tf\.complex\).*evaluate\/engine\/lowerings/,
    ],
    [
      'a kernel of another backend alone',
      vector((x) => tf.image.rotateWithOffset(x.reshape([1, 2, 2, 1]), 1)),
      /tfjs kernel RotateWithOffset/,
    ],
    ['a type that graphs have not', vector((x) => x.mul(tf.tensor(['a']).size)), /type string/],
    ['a bool as output', vector((x) => x.greater(0)), /returns a bool tensor as its output y/],
    ['no tensor as output', vector(() => ({ y: 3 }) as never), /returns number as its output y/],
    [
      'an output with an odd name',
      vector((x) => ({ 'a/b': x.exp() })),
      /output named "a\/b": a name is a letter/,
    ],
    [
      'a program inside another',
      vector((x) => {
        trace(vector((y) => y));
        return x;
      }),
      /"test" is compiled while "test" is being compiled/,
    ],
  ];

  test.each(cases)('%s', (_, program, message) => {
    expect(() => trace(program)).toThrow(EngineError);
    expect(() => trace(program)).toThrow(message);
  });
});
