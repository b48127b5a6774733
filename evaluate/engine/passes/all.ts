/** The passes that a traced graph goes through before it is compiled, in order. */
import type { Graph } from '../graph.ts';
import type { Provider } from '../load.ts';
import { commonSubexpressions } from './commonSubexpressions.ts';
import { constantFolding } from './constantFolding.ts';
import { deadNodes } from './deadNodes.ts';
import { identities } from './identities.ts';
import { lateBroadcasts } from './lateBroadcasts.ts';
import { webgpu } from './webgpu.ts';

/** Passes enable each other, so they repeat until none removes a node. */
const simplifying = [
  lateBroadcasts,
  constantFolding,
  identities,
  commonSubexpressions,
  deadNodes,
] as const;

/** `provider` is the one that will run the graph. */
export function optimise(graph: Graph, provider: Provider): Graph {
  const simple = simplify(deadNodes(graph));
  return provider === 'webgpu' ? deadNodes(webgpu(simple)) : simple;
}

/** Round after round, until one leaves as many nodes as it found. */
function simplify(graph: Graph): Graph {
  const simpler = simplifying.reduce((current, pass) => pass(current), graph);
  return simpler.nodes.length === graph.nodes.length ? simpler : simplify(simpler);
}
