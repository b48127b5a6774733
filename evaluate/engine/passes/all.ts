/** The passes that a traced graph goes through before it is compiled, in order. */
import type { Graph } from '../graph.ts';
import type { Provider } from '../load.ts';
import { commonSubexpressions } from './commonSubexpressions.ts';
import { deadNodes } from './deadNodes.ts';
import { lateBroadcasts } from './lateBroadcasts.ts';
import { webgpu } from './webgpu.ts';

/** `provider` is the one that will run the graph. */
export function optimise(graph: Graph, provider: Provider): Graph {
  const passes = [
    deadNodes,
    lateBroadcasts,
    commonSubexpressions,
    ...(provider === 'webgpu' ? [webgpu] : []),
    deadNodes,
  ];
  return passes.reduce((current, pass) => pass(current), graph);
}
