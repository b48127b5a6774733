/** Helpers of the passes: each takes a graph and returns another, and changes no node in place. */
import type { Graph, Node, Value } from '../graph.ts';

/** Which values stand in for which others, followed to the end of the chain. */
export class Substitution {
  readonly #replacements = new Map<Value, Value>();

  replace(value: Value, by: Value): void {
    if (value !== by) this.#replacements.set(value, by);
  }

  of(value: Value): Value {
    let current = value;
    for (;;) {
      const next = this.#replacements.get(current);
      if (!next) return current;
      current = next;
    }
  }

  inputs(node: Node): readonly (Value | undefined)[] {
    if (!node.inputs.some((input) => input && this.#replacements.has(input))) return node.inputs;
    return node.inputs.map((input) => input && this.of(input));
  }

  outputs(outputs: Graph['outputs']): Graph['outputs'] {
    return Object.fromEntries(
      Object.entries(outputs).map(([name, value]) => [name, this.of(value)]),
    );
  }
}

/** The one number that a constant holds everywhere, if it is such a constant. */
export function scalarOf(value: Value | undefined): number | undefined {
  if (!value?.data || value.data.length !== 1) return undefined;
  return Number(value.data[0]);
}
