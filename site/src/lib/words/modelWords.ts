/** What a board says of one model under one regime, in a sentence or two. */
import type { Row, TierBoard } from '../../../../leaderboards/board/schema.ts';
import { gainOver } from '../leaders/cells.ts';
import { isLost, type Taken } from '../leaders/sections.ts';
import { counted, listed, points, rankText, reachText } from './format.ts';

/** @param spt the row of the same model after self-pretraining, if it ran */
export function modelWords(tier: TierBoard, row: Row, spt: Row | undefined): string {
  const taken = (of: Row): Taken[] =>
    tier.tasks.flatMap((task, i) =>
      task.kind === 'controlled' && of.cells[i]!.state !== 'missing'
        ? [{ task, cell: of.cells[i]! }]
        : [],
    );
  const all = taken(row);
  if (all.length === 0) return `On no controlled task yet (${row.regime}).`;
  const holding = all.filter(({ cell }) => cell.reach === 'beyond');
  const falling = all.filter(({ cell }) => typeof cell.reach === 'number');
  const unsolved = all.filter(({ cell }) => cell.reach === null && !isLost(cell));
  const lost = all.filter(({ cell }) => isLost(cell));
  const titles = (some: readonly Taken[]) => listed(some.map(({ task }) => task.title));
  const ends = falling.map(
    ({ task, cell }) => `${task.title} at ${reachText(cell.reach, 0)} of ${task.distances.at(-1)}`,
  );
  const clauses = [
    ...(holding.length > 0 ? [`holds to the farthest distance on ${titles(holding)}`] : []),
    ...(ends.length > 0 ? [`loses half of its use on ${listed(ends)} tokens`] : []),
    ...(unsolved.length > 0 ? [`does not solve the smallest distance of ${titles(unsolved)}`] : []),
    ...(lost.length > 0 ? [`did not train on ${titles(lost)}`] : []),
  ];
  const { controlled: rank } = row.ranks;
  const place = rank
    ? `, place ${rankText(rank)} over ${counted(all.length, 'controlled task')}`
    : ', not ranked over all controlled tasks';
  const gain = spt && gainOver(taken(spt), 'far');
  const added = gain
    ? ` Self-pretraining adds ${points(gain.mean)} points at the farthest distance${gain.interval ? ` (${gain.interval.map(points).join(' to ')})` : ''}.`
    : '';
  return `From ${row.regime}${place}: it ${clauses.join('; ')}.${added}`.replace(
    /^From (?!scratch)/,
    'Under ',
  );
}
