/** Matrix products. */
import { broadcastShape } from '../graph.ts';
import type { GraphBuilder, Value } from '../graph.ts';
import { binary, elementwise } from './elementwise.ts';
import { lowering } from './lowering.ts';
import type { Lowerings } from './lowering.ts';

/** x with its last two axes swapped. */
export function transposeMatrix(g: GraphBuilder, x: Value): Value {
  const rank = x.shape.length;
  const permutation = x.shape.map((_, i) => i);
  permutation[rank - 2] = rank - 1;
  permutation[rank - 1] = rank - 2;
  return g.transpose(x, permutation);
}

/** a [..., m, k] times b [..., k, n] -> [..., m, n], leading axes broadcast. */
export function matMul(g: GraphBuilder, a: Value, b: Value): Value {
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return g.node('MatMul', [a, b], { shape: [...batch, a.shape.at(-2)!, b.shape.at(-1)!] });
}

interface MatMulAttributes {
  transposeA: boolean;
  transposeB: boolean;
}

const product = (
  g: GraphBuilder,
  a: Value,
  b: Value,
  { transposeA, transposeB }: MatMulAttributes,
): Value =>
  matMul(g, transposeA ? transposeMatrix(g, a) : a, transposeB ? transposeMatrix(g, b) : b);

/** Names of tfjs's fused activations and the kernels that they stand for. */
const activations: Record<string, string> = {
  relu: 'Relu',
  elu: 'Elu',
  relu6: 'Relu6',
  prelu: 'Prelu',
  leakyrelu: 'LeakyRelu',
  sigmoid: 'Sigmoid',
};

export const matmul: Lowerings = {
  BatchMatMul: lowering<'a' | 'b', MatMulAttributes>((g, { a, b }, attributes) =>
    product(g, a, b, attributes),
  ),
  _FusedMatMul: lowering<
    'a' | 'b' | 'bias' | 'preluActivationWeights',
    MatMulAttributes & { activation?: string; leakyreluAlpha?: number }
  >((g, { a, b, bias, preluActivationWeights }, attributes) => {
    const y = product(g, a, b, attributes);
    const sum = (bias as Value | undefined) ? binary(g, 'Add', y, bias) : y;
    const kernel = activations[attributes.activation ?? 'linear'];
    if (!kernel) return sum;
    const inputs = { x: sum, alpha: preluActivationWeights };
    return elementwise[kernel]!(g, inputs, { alpha: attributes.leakyreluAlpha });
  }),
  Einsum: (g, inputs, { equation }) => {
    const operands = Object.values(inputs);
    const [terms, result] = (equation as string).replaceAll(' ', '').split('->');
    const size = new Map<string, number>();
    terms!.split(',').forEach((term, i) => {
      [...term].forEach((letter, axis) => size.set(letter, operands[i]!.shape[axis]!));
    });
    const shape = [...result!].map((letter) => size.get(letter)!);
    return g.node('Einsum', operands, { shape }, { equation: equation as string });
  },
};
