/**
 * Kernels that work element by element, with NumPy broadcasting where there are two inputs.
 *
 * Only operators that the CPU and the WebGPU provider both have for the type: no Or, Xor, Mod, Round,
 * Sign, IsNaN, and no Abs and Neg of integers.
 */
import { broadcastShape } from '../graph.ts';
import type { ElementType, GraphBuilder, Value } from '../graph.ts';
import { lowering } from './lowering.ts';
import type { Lowering, Lowerings } from './lowering.ts';

/** The binary operator `op` on `a` and `b`, in their own type unless `dtype` says another. */
export function binary(
  g: GraphBuilder,
  op: string,
  a: Value,
  b: Value,
  dtype?: ElementType,
): Value {
  return g.node(op, [a, b], { dtype, shape: broadcastShape(a.shape, b.shape) });
}

const unaryNode = (op: string): Lowering => lowering<'x'>((g, { x }) => g.node(op, [x]));
const binaryNode = (op: string): Lowering =>
  lowering<'a' | 'b'>((g, { a, b }) => binary(g, op, a, b));
const comparison = (op: string): Lowering =>
  lowering<'a' | 'b'>((g, { a, b }) => binary(g, op, a, b, 'bool'));

/** Operators that ONNX Runtime has for float32 only, on all of its providers. */
const viaFloat = (lower: (g: GraphBuilder, x: Value) => Value): Lowering =>
  lowering<'x'>((g, { x }) => g.cast(lower(g, g.cast(x, 'float32')), x.dtype));

const number = (g: GraphBuilder, like: Value, value: number) => g.scalar(value, like.dtype);

function where(g: GraphBuilder, condition: Value, yes: Value, no: Value): Value {
  const shape = broadcastShape(condition.shape, yes.shape, no.shape);
  return g.node('Where', [condition, yes, no], { dtype: yes.dtype, shape });
}

function addAll(g: GraphBuilder, [first, ...rest]: Value[]): Value {
  return rest.reduce((sum, x) => binary(g, 'Add', sum, x), first!);
}

/** a / b, rounded down. */
function floorDivide(g: GraphBuilder, a: Value, b: Value): Value {
  const quotient = binary(g, 'Div', a, b);
  if (a.dtype === 'float32') return g.node('Floor', [quotient]);
  // Integers are divided towards zero: one too much where there is a remainder against b's sign.
  const remainder = binary(g, 'Sub', a, binary(g, 'Mul', quotient, b));
  const zero = number(g, a, 0);
  const against = binary(g, 'Less', binary(g, 'Mul', remainder, b), zero, 'bool');
  return binary(g, 'Sub', quotient, g.cast(against, a.dtype));
}

/** The remainder, with the sign of the divisor. */
function floorMod(g: GraphBuilder, a: Value, b: Value): Value {
  return binary(g, 'Sub', a, binary(g, 'Mul', floorDivide(g, a, b), b));
}

/** To the nearest integer, halves to the even one. */
function round(g: GraphBuilder, x: Value): Value {
  const below = g.node('Floor', [x]);
  const rest = binary(g, 'Sub', x, below);
  const half = number(g, x, 0.5);
  const pairs = binary(g, 'Mul', below, half);
  const odd = binary(g, 'Sub', below, binary(g, 'Mul', g.node('Floor', [pairs]), number(g, x, 2)));
  const nearer = g.cast(binary(g, 'Greater', rest, half, 'bool'), x.dtype);
  const up = where(g, binary(g, 'Equal', rest, half, 'bool'), odd, nearer);
  return binary(g, 'Add', below, up);
}

/** -1, 0 or 1; 0 for NaN, as tfjs has it. */
function sign(g: GraphBuilder, x: Value): Value {
  const zero = number(g, x, 0);
  const positive = g.cast(binary(g, 'Greater', x, zero, 'bool'), x.dtype);
  return binary(g, 'Sub', positive, g.cast(binary(g, 'Less', x, zero, 'bool'), x.dtype));
}

function absolute(g: GraphBuilder, x: Value): Value {
  return x.dtype === 'float32' ? g.node('Abs', [x]) : binary(g, 'Max', x, negative(g, x));
}

function negative(g: GraphBuilder, x: Value): Value {
  return x.dtype === 'float32' ? g.node('Neg', [x]) : binary(g, 'Sub', number(g, x, 0), x);
}

function isNaN(g: GraphBuilder, x: Value): Value {
  return g.node('Not', [binary(g, 'Equal', x, x, 'bool')]);
}

/** ln(1 + x), precise near zero: the rounding of 1 + x is divided out (Goldberg 1991, theorem 4). */
function log1p(g: GraphBuilder, x: Value): Value {
  const one = number(g, x, 1);
  const sum = binary(g, 'Add', one, x);
  const log = g.node('Log', [sum]);
  const rounded = binary(g, 'Sub', sum, one);
  const lost = binary(g, 'Equal', rounded, number(g, x, 0), 'bool');
  const divisor = where(g, lost, one, rounded);
  const near = where(g, lost, x, binary(g, 'Mul', log, binary(g, 'Div', x, divisor)));
  const isNear = binary(g, 'Less', g.node('Abs', [x]), number(g, x, 0.5), 'bool');
  return where(g, isNear, near, log);
}

/** exp(x) - 1, precise near zero: tanh(x / 2) (exp(x) + 1). */
function expm1(g: GraphBuilder, x: Value): Value {
  const exp = g.node('Exp', [x]);
  const one = number(g, x, 1);
  const half = g.node('Tanh', [binary(g, 'Mul', x, number(g, x, 0.5))]);
  const near = binary(g, 'Mul', half, binary(g, 'Add', exp, one));
  const isNear = binary(g, 'Less', g.node('Abs', [x]), one, 'bool');
  return where(g, isNear, near, binary(g, 'Sub', exp, one));
}

/** ln(1 + exp(x)) as max(x, 0) + ln(1 + exp(-|x|)), which cannot overflow. */
function softplus(g: GraphBuilder, x: Value): Value {
  const negative = g.node('Neg', [g.node('Abs', [x])]);
  return binary(g, 'Add', g.node('Relu', [x]), log1p(g, g.node('Exp', [negative])));
}

/** The angle of the point (x, y): atan(y / x), moved by half a turn where x is negative. */
function atan2(g: GraphBuilder, y: Value, x: Value): Value {
  const zero = number(g, x, 0);
  const isZero = binary(g, 'Equal', x, zero, 'bool');
  const isNegative = binary(g, 'Less', x, zero, 'bool');
  const pi = number(g, x, Math.PI);
  const below = binary(g, 'Less', y, zero, 'bool');
  const slope = g.node('Atan', [binary(g, 'Div', y, where(g, isZero, number(g, x, 1), x))]);
  const turn = where(g, below, number(g, x, -Math.PI), pi);
  const turned = where(g, isNegative, binary(g, 'Add', slope, turn), slope);
  const quarter = binary(g, 'Mul', sign(g, y), number(g, x, Math.PI / 2));
  return where(g, isZero, quarter, turned);
}

function clip(g: GraphBuilder, x: Value, low: number, high: number): Value {
  return g.node('Clip', [x, number(g, x, low), number(g, x, high)]);
}

export const elementwise: Lowerings = {
  Abs: lowering<'x'>((g, { x }) => absolute(g, x)),
  Acos: unaryNode('Acos'),
  Acosh: unaryNode('Acosh'),
  Asin: unaryNode('Asin'),
  Asinh: unaryNode('Asinh'),
  Atan: unaryNode('Atan'),
  Atanh: unaryNode('Atanh'),
  Ceil: viaFloat((g, x) => g.node('Ceil', [x])),
  Cos: unaryNode('Cos'),
  Cosh: unaryNode('Cosh'),
  Erf: unaryNode('Erf'),
  Exp: unaryNode('Exp'),
  Expm1: viaFloat(expm1),
  Floor: viaFloat((g, x) => g.node('Floor', [x])),
  Log: unaryNode('Log'),
  Log1p: viaFloat(log1p),
  Neg: lowering<'x'>((g, { x }) => negative(g, x)),
  Reciprocal: unaryNode('Reciprocal'),
  Round: viaFloat(round),
  Rsqrt: lowering<'x'>((g, { x }) => g.node('Reciprocal', [g.node('Sqrt', [x])])),
  Sign: lowering<'x'>((g, { x }) => sign(g, x)),
  Sin: unaryNode('Sin'),
  Sinh: unaryNode('Sinh'),
  Sqrt: unaryNode('Sqrt'),
  Square: lowering<'x'>((g, { x }) => g.node('Mul', [x, x])),
  Tan: unaryNode('Tan'),

  Relu: unaryNode('Relu'),
  Relu6: lowering<'x'>((g, { x }) => clip(g, x, 0, 6)),
  LeakyRelu: lowering<'x', { alpha: number }>((g, { x }, { alpha }) =>
    g.node('LeakyRelu', [x], {}, { alpha: { float: alpha } }),
  ),
  Prelu: lowering<'x' | 'alpha'>((g, { x, alpha }) => {
    const negative = binary(g, 'Less', x, number(g, x, 0), 'bool');
    return where(g, negative, binary(g, 'Mul', x, alpha), x);
  }),
  Elu: lowering<'x'>((g, { x }) => {
    const negative = binary(g, 'Less', x, number(g, x, 0), 'bool');
    return where(g, negative, expm1(g, clip(g, x, -Infinity, 0)), x);
  }),
  EluGrad: lowering<'dy' | 'y'>((g, { dy, y }) => {
    const negative = binary(g, 'Less', y, number(g, y, 0), 'bool');
    return where(g, negative, binary(g, 'Mul', dy, binary(g, 'Add', y, number(g, y, 1))), dy);
  }),
  Selu: lowering<'x'>((g, { x }) => {
    const scale = 1.0507009873554805;
    const alpha = 1.6732632423543772;
    const negative = binary(g, 'Less', x, number(g, x, 0), 'bool');
    const below = binary(g, 'Mul', expm1(g, clip(g, x, -Infinity, 0)), number(g, x, scale * alpha));
    return where(g, negative, below, binary(g, 'Mul', x, number(g, x, scale)));
  }),
  Sigmoid: unaryNode('Sigmoid'),
  Softplus: lowering<'x'>((g, { x }) => softplus(g, x)),
  Tanh: unaryNode('Tanh'),
  Step: lowering<'x', { alpha: number }>((g, { x }, { alpha }) => {
    const positive = binary(g, 'Greater', x, number(g, x, 0), 'bool');
    const step = g.cast(positive, x.dtype);
    if (alpha === 0) return step;
    return where(g, isNaN(g, x), x, where(g, positive, step, number(g, x, alpha)));
  }),

  Add: binaryNode('Add'),
  AddN: (g, inputs) => addAll(g, Object.values(inputs)),
  Atan2: lowering<'a' | 'b'>((g, { a, b }) => atan2(g, a, b)),
  FloorDiv: lowering<'a' | 'b'>((g, { a, b }) => floorDivide(g, a, b)),
  Maximum: binaryNode('Max'),
  Minimum: binaryNode('Min'),
  Mod: lowering<'a' | 'b'>((g, { a, b }) => floorMod(g, a, b)),
  Multiply: binaryNode('Mul'),
  Pow: binaryNode('Pow'),
  RealDiv: binaryNode('Div'),
  SquaredDifference: lowering<'a' | 'b'>((g, { a, b }) => {
    const difference = binary(g, 'Sub', a, b);
    return g.node('Mul', [difference, difference]);
  }),
  Sub: binaryNode('Sub'),

  Equal: comparison('Equal'),
  NotEqual: lowering<'a' | 'b'>((g, { a, b }) => g.node('Not', [binary(g, 'Equal', a, b, 'bool')])),
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterOrEqual'),
  Less: comparison('Less'),
  LessEqual: comparison('LessOrEqual'),

  LogicalAnd: binaryNode('And'),
  LogicalOr: lowering<'a' | 'b'>((g, { a, b }) =>
    g.node('Not', [binary(g, 'And', g.node('Not', [a]), g.node('Not', [b]))]),
  ),
  LogicalNot: unaryNode('Not'),
  IsFinite: lowering<'x'>((g, { x }) => {
    // x - x is 0, or NaN where x is infinite or NaN, and NaN equals nothing.
    const difference = binary(g, 'Sub', x, x);
    return binary(g, 'Equal', difference, number(g, x, 0), 'bool');
  }),
  IsInf: lowering<'x'>((g, { x }) => {
    const size = g.node('Abs', [x]);
    return binary(g, 'Equal', size, number(g, x, Infinity), 'bool');
  }),
  IsNan: lowering<'x'>((g, { x }) => isNaN(g, x)),

  Select: lowering<'condition' | 't' | 'e'>((g, { condition, t, e }) => {
    // A condition of rank 1 chooses whole rows.
    const rows = condition.shape.length === 1 && t.shape.length > 1;
    const shape = [...condition.shape, ...t.shape.slice(1).map(() => 1)];
    const dtype = t.dtype === e.dtype ? t.dtype : 'float32';
    const chosen = g.cast(rows ? g.reshape(condition, shape) : condition, 'bool');
    return where(g, chosen, g.cast(t, dtype), g.cast(e, dtype));
  }),
  Cast: lowering<'x', { dtype: ElementType }>((g, { x }, { dtype }) => g.cast(x, dtype)),
  ClipByValue: lowering<'x', { clipValueMin: number; clipValueMax: number }>(
    (g, { x }, { clipValueMin, clipValueMax }) => clip(g, x, clipValueMin, clipValueMax),
  ),
};
