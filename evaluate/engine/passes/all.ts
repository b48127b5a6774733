/** The passes that a traced graph goes through before it is compiled, in order. */
import type { Graph } from '../graph.ts';
import { attentionGradient } from './attentionGradient.ts';
import { commonSubexpressions } from './commonSubexpressions.ts';
import { deadNodes } from './deadNodes.ts';
import { lateBroadcasts } from './lateBroadcasts.ts';

export function optimise(graph: Graph): Graph {
  return [deadNodes, lateBroadcasts, commonSubexpressions, attentionGradient, deadNodes].reduce(
    (current, pass) => pass(current),
    graph,
  );
}
