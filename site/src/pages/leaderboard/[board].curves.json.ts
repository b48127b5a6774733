/** Curves of a board, fetched where rows are compared. */
import type { APIRoute } from 'astro';
import { boardName, boards, curvesOf, type Curves } from '../../lib/data/boards.ts';

export function getStaticPaths() {
  return boards.map((tier) => ({
    params: { board: boardName(tier) },
    props: { curves: curvesOf(tier) },
  }));
}

export const GET: APIRoute<{ curves: Curves }> = ({ props }) =>
  new Response(JSON.stringify(props.curves));
