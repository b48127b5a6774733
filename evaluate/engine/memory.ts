/**
 * Predicts the memory that a graph needs: the largest sum of tensors that are alive at one time.
 *
 * Nodes are walked in the order in which ONNX Runtime executes them (depth first from the outputs
 * back, of several inputs the latest node first; `GraphViewer` in its sources). A tensor lives from
 * its node to its last use; an element-wise node writes over an input that it is the last to use.
 * Fused operators need less; alignment and memory pools need more.
 */
import { prod } from '../../core/math.ts';
import os from 'node:os';
import { EngineError, type Program } from './engine.ts';
import type { Graph, Node, Value } from './graph.ts';
import { optimise } from './passes/all.ts';
import { trace } from './trace.ts';

const bytesPer = { float32: 4, int32: 4, int64: 8, bool: 1 } as const;

const bytesOf = ({ dtype, shape }: Value): number => bytesPer[dtype] * prod(shape);

/** Operators that may write their result over an input. */
const inPlace = new Set([
  ...['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'Where', 'Exp', 'Log', 'Sqrt', 'Neg', 'Abs'],
  ...['Erf', 'Tanh', 'Sigmoid', 'Relu', 'Reciprocal', 'Softmax', 'Clip', 'Sin', 'Cos', 'Floor'],
]);
/** Operators whose result is their input under another name. */
const views = new Set(['Reshape', 'Identity', 'Squeeze', 'Unsqueeze', 'Flatten']);

export interface Memory {
  /** Bytes of inputs, outputs and constants, which are there all the time. */
  fixed: number;
  /** Bytes of all other tensors at the moment when they take most. */
  peak: number;
}

export function memoryOf(graph: Graph): Memory {
  const order = executionOrder(graph);
  const owner = new Map<Value, Value>();
  const ownerOf = (value: Value) => owner.get(value) ?? value;
  for (const { op, inputs, outputs } of order)
    if (views.has(op)) owner.set(outputs[0]!, ownerOf(inputs[0]!));

  const lastUse = new Map<Value, number>();
  const constants = new Set<Value>();
  order.forEach(({ inputs }, step) => {
    for (const input of inputs) {
      if (input?.data) constants.add(input);
      else if (input) lastUse.set(ownerOf(input), step);
    }
  });
  const kept = new Set([...graph.inputs, ...Object.values(graph.outputs).map(ownerOf)]);
  let fixed = 0;
  for (const value of [...kept, ...constants]) fixed += bytesOf(value);

  let [alive, peak] = [0, 0];
  order.forEach(({ op, inputs, outputs }, step) => {
    const own = outputs.filter((output) => !owner.has(output) && !kept.has(output));
    const ending = new Set(
      inputs.flatMap((input) => {
        if (!input || input.data) return [];
        const held = ownerOf(input);
        return lastUse.get(held) === step && !kept.has(held) ? [held] : [];
      }),
    );
    let grown = own.reduce((sum, output) => sum + bytesOf(output), 0);
    if (inPlace.has(op) && own.length === 1) {
      const over = [...ending].find((value) => bytesOf(value) === grown);
      if (over) {
        ending.delete(over);
        grown = 0;
      }
    }
    alive += grown;
    peak = Math.max(peak, alive);
    for (const value of ending) alive -= bytesOf(value);
    for (const output of own) if (!lastUse.has(output)) alive -= bytesOf(output);
  });
  return { fixed, peak };
}

/**
 * What running the graph adds to the process, about: pools of ONNX Runtime's arena hold more than is
 * alive, and a session has some of its own. Fitted to the steps of ten models at 256 and 1,024
 * tokens (`npm run bench -- models`), of which it is within a fifth.
 */
export function predictedBytes(graph: Graph): number {
  const { fixed, peak } = memoryOf(graph);
  return 30e6 + 1.45 * (fixed + peak);
}

/** Bytes that running the program on the CPU adds to the process, approximately. */
export const programBytes = (program: Program): number =>
  predictedBytes(optimise(trace(program), 'cpu'));

/** Bytes that this process may have: the machine's, or of the group that it is confined to. */
export function memoryLimit(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, os.totalmem()) : os.totalmem();
}

/** A program needs more memory than there is; the advice says what to do. */
export class MemoryError extends EngineError {
  override name = 'MemoryError';
  readonly program: string;
  readonly needed: number;
  readonly limit: number;

  constructor(program: string, needed: number, limit: number, advice: string) {
    const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
    super(
      `"${program}" needs about ${gigabytes(needed)} of memory and this machine has ` +
        `${gigabytes(limit)}: ${advice}.`,
    );
    this.program = program;
    this.needed = needed;
    this.limit = limit;
  }
}

/** @throws MemoryError where `graph` needs more than `limit` bytes to run */
export function requireFit(graph: Graph, limit: number): void {
  const needed = predictedBytes(graph);
  if (needed <= limit) return;
  const advice = 'lower the batch first, then the length or the width';
  throw new MemoryError(graph.name, needed, limit, advice);
}

/** Post-order, depth first, from the last node that nobody uses back. */
function executionOrder({ nodes }: Graph): Node[] {
  const maker = new Map<Value, number>();
  nodes.forEach(({ outputs }, i) => outputs.forEach((output) => maker.set(output, i)));
  const used = new Set<number>();
  const before = nodes.map(({ inputs }) => {
    const makers = inputs.flatMap((input) =>
      input && maker.has(input) ? [maker.get(input)!] : [],
    );
    makers.forEach((i) => used.add(i));
    return [...new Set(makers)].sort((a, b) => a - b);
  });
  const order: Node[] = [];
  const seen = new Uint8Array(nodes.length);
  const stack = nodes.flatMap((_, i) => (used.has(i) ? [] : [i]));
  while (stack.length > 0) {
    const at = stack.at(-1)!;
    if (seen[at] === 0) {
      seen[at] = 1;
      for (const i of before[at]!) if (seen[i] === 0) stack.push(i);
      continue;
    }
    stack.pop();
    if (seen[at] === 2) continue;
    seen[at] = 2;
    order.push(nodes[at]!);
  }
  return order;
}
