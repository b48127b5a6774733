/**
 * The best that a partial view of a ListOps expression allows: the most probable value, given the tree
 * down to depth k (the root's operator alone for k = 0; with its digits and its operands' operators for
 * k = 1; ...), or given the first W tokens.
 *
 * What is not seen has the distribution that it has in the training split: values of an operator's
 * subtree by operator and level, numbers of operands by level. Subtrees are taken as independent, which
 * they are but for the filter on length; so these are Bayes answers up to what the length would tell.
 */
import { argmax } from '../../core/math.ts';
import {
  end,
  evaluate,
  firstOperator,
  operators,
} from '../../generators/standard/listops/expressions.ts';
import type { Examples, Predictor } from './examples.ts';
import { certain, combine, type Digits } from './digits.ts';

const depths = [0, 1, 2, 3, 4, 5, 6];

interface Node {
  /** Position of the digit or operator, and the place after the node. */
  start: number;
  end: number;
  level: number;
  operator: number;
  value: number;
  /** Operators one inside the other; 0 for a digit. */
  height: number;
  operands: Node[];
}

/** An expression as a tree, or its beginning: operators that are not closed have `end` -1. */
function parse(inputs: ArrayLike<number>, from: number, to: number): Node {
  const open: Node[] = [];
  let root: Node | undefined;
  for (let i = from; i < to; i++) {
    const token = inputs[i]!;
    if (token === end) {
      const closed = open.pop()!;
      closed.end = i + 1;
      const values = Uint8Array.from(closed.operands, ({ value }) => value);
      closed.height = 1 + Math.max(...closed.operands.map(({ height }) => height));
      closed.value = evaluate(closed.operator, values, 0, values.length);
      continue;
    }
    const isDigit = token < firstOperator;
    const node: Node = {
      start: i,
      end: isDigit ? i + 1 : -1,
      level: open.length,
      operator: isDigit ? -1 : token - firstOperator,
      value: isDigit ? token - 1 : -1,
      height: 0,
      operands: [],
    };
    open.at(-1)?.operands.push(node);
    root ??= node;
    if (!isDigit) open.push(node);
  }
  return root!;
}

/** Distributions of unseen parts, counted in the training split. */
class Prior {
  private readonly byOperator: Float64Array[][] = [];
  private readonly byLevel: Float64Array[] = [];
  private readonly operandCounts: Float64Array[] = [];

  constructor(train: Examples) {
    for (let row = 0; row < train.count; row++)
      this.count(parse(train.inputs, train.start(row, 0), train.end(row, 0)));
    const normalise = (counts: Float64Array) => {
      const total = counts.reduce((a, b) => a + b, 0);
      for (let i = 0; i < counts.length; i++) counts[i]! /= total;
    };
    this.byOperator.flat().forEach(normalise);
    this.byLevel.forEach(normalise);
  }

  private count(node: Node): void {
    const { level, operator, value, operands } = node;
    // Add one to every count, so that no value is impossible.
    const digits = () => new Float64Array(10).fill(1);
    const values = (this.byLevel[level] ??= digits());
    values[value]!++;
    if (operator < 0) return;
    const ofOperator = (this.byOperator[level] ??= Array.from({ length: operators }, digits));
    ofOperator[operator]![value]!++;
    const counts = (this.operandCounts[level] ??= new Float64Array(256));
    counts[operands.length]!++;
    for (const operand of operands) this.count(operand);
  }

  subtree({ level, operator }: Node): Digits {
    return this.byOperator[level]?.[operator] ?? this.value(level);
  }

  value(level: number): Digits {
    return this.byLevel[level] ?? this.byLevel.at(-1)!;
  }

  /** Distribution of an operator of which some operands are seen, and maybe more are to come. */
  openNode(node: Node, seen: Digits[]): Digits {
    const counts = this.operandCounts[node.level];
    if (seen.length === 0 || !counts) return this.subtree(node);
    const unseen = this.value(node.level + 1);
    const result = new Float64Array(10);
    let total = 0;
    for (let n = seen.length; n < counts.length; n++) {
      if (counts[n] === 0) continue;
      total += counts[n]!;
      const operands = [...seen, ...Array.from({ length: n - seen.length }, () => unseen)];
      combine(node.operator, operands).forEach((p, v) => (result[v]! += counts[n]! * p));
    }
    return total === 0 ? combine(node.operator, seen) : result.map((p) => p / total);
  }
}

function toDepth(node: Node, depth: number, prior: Prior): Digits {
  if (node.height <= depth) return certain(node.value);
  if (depth === 0) return prior.subtree(node);
  return combine(
    node.operator,
    node.operands.map((operand) => toDepth(operand, depth - 1, prior)),
  );
}

function ofBeginning(node: Node, prior: Prior): Digits {
  if (node.end >= 0) return certain(node.value);
  return prior.openNode(
    node,
    node.operands.map((operand) => ofBeginning(operand, prior)),
  );
}

/** Examples of a split that are parsed once for all predictors of its kind. */
export function listopsOracles(windows: readonly number[]): Predictor[] {
  let known: { train: Examples; prior: Prior } | undefined;
  const priorOf = (train: Examples) => {
    if (known?.train !== train) known = { train, prior: new Prior(train) };
    return known.prior;
  };
  const predictor = (
    name: string,
    title: string,
    size: number,
    distribution: (examples: Examples, row: number, prior: Prior) => Digits,
  ): Predictor => ({
    ...{ name, title, size, family: 'oracle' },
    covered: () => false,
    fit(train) {
      const prior = priorOf(train);
      return {
        predict: (examples) =>
          Uint8Array.from({ length: examples.count }, (_, row) =>
            argmax(distribution(examples, row, prior)),
          ),
      };
    },
  });
  return [
    ...depths.map((depth) =>
      predictor(
        `tree-depth-${depth}`,
        depth === 0
          ? "The root's operator alone, its most probable value"
          : `The tree down to depth ${depth}, its most probable value`,
        depth,
        (examples, row, prior) =>
          toDepth(
            parse(examples.inputs, examples.start(row, 0), examples.end(row, 0)),
            depth,
            prior,
          ),
      ),
    ),
    ...windows.map((size) =>
      predictor(
        `prefix-${size}`,
        `The first ${size} tokens, their most probable value`,
        size,
        (examples, row, prior) => {
          const start = examples.start(row, 0);
          const root = parse(examples.inputs, start, Math.min(examples.end(row, 0), start + size));
          return ofBeginning(root, prior);
        },
      ),
    ),
  ];
}
