/**
 * Computes now what depends on constants alone, where the result is small and every bit of it is
 * defined: moved elements, and the arithmetic that IEEE 754 rounds correctly. Exponentials, roots and
 * sums are left to the machine that runs the graph, whose last bit is its own; repetitions too, which
 * take no room in a file.
 */
import { prod } from '../../../core/math.ts';
import { typedArray } from '../graph.ts';
import type { ElementType, Graph, Node, Value } from '../graph.ts';
import { Substitution } from './rewrite.ts';

/** Elements of the largest result that is stored: about as many bytes as its node would take. */
const LARGEST = 64;

export function constantFolding(graph: Graph): Graph {
  const substitution = new Substitution();
  const nodes: Node[] = [];
  for (const original of graph.nodes) {
    const node = { ...original, inputs: substitution.inputs(original) };
    const [output] = node.outputs;
    const isSmall = node.outputs.length === 1 && prod(output!.shape) <= LARGEST;
    const values = isSmall && node.inputs.every(isOwn) ? evaluate(node) : undefined;
    // The sign and payload of a NaN are not defined.
    if (values && !values.some(Number.isNaN)) {
      substitution.replace(output!, { ...output!, data: typedArray(output!.dtype, values) });
    } else {
      nodes.push(node);
    }
  }
  return { ...graph, nodes, outputs: substitution.outputs(graph.outputs) };
}

/**
 * Constants of the graph itself have a slash in their names. One without is somebody's, such as a
 * parameter of an exported model, and is to be found in the file.
 */
const isOwn = (value: Value | undefined): boolean =>
  value === undefined || (value.data !== undefined && value.name.includes('/'));

type Arithmetic = (a: number, b: number) => number;

const float32: Record<string, Arithmetic> = {
  // Correct in double precision, then rounded: the same as rounded once (Figueroa 1995).
  Add: (a, b) => Math.fround(a + b),
  Sub: (a, b) => Math.fround(a - b),
  Mul: (a, b) => Math.fround(a * b),
  Div: (a, b) => Math.fround(a / b),
};

const int32: Record<string, Arithmetic> = {
  Add: (a, b) => (a + b) | 0,
  Sub: (a, b) => (a - b) | 0,
  Mul: Math.imul,
};

const arithmetic: Partial<Record<ElementType, Record<string, Arithmetic>>> = { float32, int32 };

/** The elements of a node's output; undefined where they are not computed here. */
function evaluate(node: Node): number[] | undefined {
  const [x, y] = node.inputs;
  const shape = node.outputs[0]!.shape;
  const calculate = arithmetic[x!.dtype]?.[node.op];
  if (calculate) {
    const [a, b] = [x!, y!].map((input) =>
      elementsAt(input, positions(shape, repeated(input, shape))),
    );
    return a!.map((value, i) => calculate(value, b![i]!));
  }
  switch (node.op) {
    case 'Reshape':
      return numbersOf(x!);
    case 'Neg':
      return numbersOf(x!).map((value) => -value);
    case 'Transpose': {
      const strides = stridesOf(x!.shape);
      const permutation = node.attributes['perm'] as readonly number[];
      return elementsAt(
        x!,
        positions(
          shape,
          permutation.map((axis) => strides[axis]!),
        ),
      );
    }
    default:
      return undefined;
  }
}

/** How far apart in memory the neighbours along each axis are. */
function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => prod(shape.slice(axis + 1)));
}

/** Strides at which `x` is broadcast to `shape`: zero along the axes that it lacks or has one of. */
function repeated(x: Value, shape: readonly number[]): number[] {
  const missing = shape.length - x.shape.length;
  const strides = stridesOf(x.shape);
  return shape.map((_, axis) =>
    (x.shape[axis - missing] ?? 1) === 1 ? 0 : strides[axis - missing]!,
  );
}

/** Where the elements of a tensor of `shape`, in order, lie in memory. */
function positions(shape: readonly number[], strides: readonly number[]): number[] {
  return shape.reduce<number[]>(
    (found, dimension, axis) =>
      found.flatMap((at) => Array.from({ length: dimension }, (_, i) => at + i * strides[axis]!)),
    [0],
  );
}

const numbersOf = ({ data }: Value): number[] => Array.from<number | bigint, number>(data!, Number);

const elementsAt = ({ data }: Value, at: readonly number[]): number[] =>
  at.map((position) => Number(data![position]));
