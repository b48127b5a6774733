/** Graphs for the tests of passes, traced from programs and run as they are. */
import { prod } from '../../../../core/math.ts';
import seedrandom from 'seedrandom';
import { expect } from 'vitest';
import type { Program, Values } from '../../../../evaluate/engine/engine.ts';
import type { Graph } from '../../../../evaluate/engine/graph.ts';
import { createSession } from '../../../../evaluate/engine/session.ts';
import { trace } from '../../../../evaluate/engine/trace.ts';

export function graphOf(inputs: Record<string, number[]>, build: Program['build']): Graph {
  const specs = Object.entries(inputs).map(([name, shape]) => [name, { shape, dtype: 'float32' }]);
  return trace({
    name: 'test',
    inputs: Object.fromEntries(specs) as Program['inputs'],
    build: build,
  });
}

export const ops = (graph: Graph): string[] => graph.nodes.map((node) => node.op);

async function run(graph: Graph): Promise<Record<string, Values>> {
  const executable = await createSession(graph, { provider: 'cpu', threads: 1 });
  const random = seedrandom.alea('passes');
  const feeds = graph.inputs.map(({ name, shape, dtype }) => [
    name,
    dtype === 'int32'
      ? Int32Array.from({ length: prod(shape) }, (_, i) => i)
      : Float32Array.from({ length: prod(shape) }, () => random() * 4 - 2),
  ]);
  const outputs = await executable.run(Object.fromEntries(feeds) as Record<string, Values>);
  const values = await Promise.all(
    Object.entries(outputs).map(async ([name, handle]) => [name, await handle.read()] as const),
  );
  await executable.dispose();
  return Object.fromEntries(values);
}

/** Both graphs compute the same, to the last bit unless `digits` are given. */
export async function expectSameResults(a: Graph, b: Graph, digits?: number): Promise<void> {
  const [expected, actual] = [await run(a), await run(b)];
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [name, values] of Object.entries(expected)) {
    if (digits === undefined) expect(actual[name]).toEqual(values);
    else values.forEach((value, i) => expect(actual[name]![i]).toBeCloseTo(value, digits));
  }
}
