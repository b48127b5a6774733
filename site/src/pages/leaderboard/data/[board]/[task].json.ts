/** Cells of a board for one task, fetched where that task is chosen. */
import type { APIRoute } from 'astro';
import { boardName, boards, taskCells, type TaskCells } from '../../../../lib/data/boards.ts';

export function getStaticPaths() {
  return boards.flatMap((tier) =>
    tier.tasks.map((task) => ({
      params: { board: boardName(tier), task: task.name },
      props: { cells: taskCells(tier, task) },
    })),
  );
}

export const GET: APIRoute<{ cells: TaskCells }> = ({ props }) =>
  new Response(JSON.stringify(props.cells));
