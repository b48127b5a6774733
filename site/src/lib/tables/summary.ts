/** The leaderboard's columns: every model and regime over all tasks, or over one of them. */
import type { BoardTask, Row, TierBoard } from '../../../../leaderboards/board/schema.ts';
import type { RecordFile } from '../../../../leaderboards/records/read.ts';
import { isRanked } from '../../../../leaderboards/board/standing.ts';
import { hasQuestions } from '../../../../leaderboards/board/cell.ts';
import { verificationTiers } from '../../../../leaderboards/records/schema.ts';
import { compact, counted, percent, points } from '../words/format.ts';
import {
  dropCell,
  gainCell,
  learnedCell,
  localityCell,
  meanAboveChance,
  ownAboveChance,
  reachCell,
  type Taken,
} from './summaryCells.ts';
import {
  localityHint,
  makeTable,
  nothing,
  number,
  rankCell,
  reachHint,
  stateHint,
  useHint,
  type Column,
  type Describe,
  type Part,
  type Table,
  type TableCell,
} from './table.ts';

/** What the records behind a row say besides the board. */
export interface Provenance {
  ruleset: 'fixed' | 'tuned' | 'mixed';
  /** Day of the latest run, as 2026-01-31. */
  date: string;
}

export function provenanceOf(records: readonly RecordFile[]): Provenance {
  const tuned = records.filter(({ record }) => record.spec.protocol.learningRates !== undefined);
  return {
    ruleset: tuned.length === 0 ? 'fixed' : tuned.length === records.length ? 'tuned' : 'mixed',
    date: records
      .map(({ record }) => record.timing.ended.slice(0, 10))
      .sort()
      .at(-1)!,
  };
}

/** Accuracy of the best shortcut on a task's data; null where that was not audited. */
export type FloorOf = (task: BoardTask) => number | null;

/**
 * @param provenance of a row
 * @param only the task to show instead of means over all
 */
export function summaryTable(
  tier: TierBoard,
  provenance: (row: Row) => Provenance,
  floorOf: FloorOf,
  only?: BoardTask,
): Table {
  const parts = [...taskParts(tier, floorOf, only), rowColumns(provenance)];
  return makeTable(parts, tier.rows, only ? [] : notesOf(tier));
}

/** How many columns, from the first, depend on the task. */
export function taskColumnCount(tier: TierBoard, floorOf: FloorOf): number {
  return taskParts(tier, floorOf).reduce((sum, { cells }) => sum + cells.length, 0);
}

/** Nothing of a kind of task that the tier does not have. */
function taskParts(tier: TierBoard, floorOf: FloorOf, only?: BoardTask): Part[] {
  const has = (kind: BoardTask['kind']) => tier.tasks.some((task) => task.kind === kind);
  return [
    ...(has('controlled') ? [controlledColumns(tier, only)] : []),
    ...(has('standard') ? [standardColumns(tier, only)] : []),
    ...floorColumns(tier, floorOf, only),
  ];
}

function taken(tier: TierBoard, kind: BoardTask['kind'], only?: BoardTask) {
  const tasks = tier.tasks.filter((task) => task.kind === kind && (!only || task === only));
  return (row: Row): Taken[] =>
    tasks.map((task) => ({ task, cell: row.cells[tier.tasks.indexOf(task)]! }));
}

const column = (
  id: string,
  label: string,
  hint: string,
  first: Column['first'] = 'descending',
  ranked = true,
): Column => ({ id, label, hint, first, ranked });

const aboveHint =
  'test accuracy in percent, corrected for chance, so that 0 is chance and 100 is all right; mean over the';

function controlledColumns(tier: TierBoard, only?: BoardTask): Part {
  const of = taken(tier, 'controlled', only);
  const count = tier.tasks.filter(({ kind }) => kind === 'controlled').length;
  const tasks = counted(count, 'controlled task');
  const byUse = tier.tasks.every((task) => task.kind === 'standard' || hasQuestions(task));
  const columns = [
    column(
      'controlled',
      byUse ? 'Use' : 'Above chance',
      byUse ? `${useHint}; mean over the ${tasks}` : `${aboveHint} ${tasks}`,
    ),
    column(
      'drop',
      'Drop',
      'points above chance lost from the nearest to the farthest distance by the seeds that solved the nearest, mean over the tasks learned',
      'ascending',
    ),
    column(
      'learned',
      'Learned',
      'tasks whose nearest distance at least half of the seeds solved, of those with a run',
    ),
    column(
      'reach',
      'Reach',
      `${reachHint}; geometric mean over the tasks learned, where a reach beyond the farthest distance counts as that distance (≥)`,
    ),
    column('locality', 'Locality', `${localityHint}; mean over the tasks learned`, 'ascending'),
    column(
      'near',
      'SPT near',
      'points that SPT adds at the nearest distance, at equal total budget',
    ),
    column(
      'far',
      'SPT far',
      'points that SPT adds at the farthest distance, at equal total budget',
    ),
  ];
  const cells: Describe[] = [
    (row) => (only ? ownAboveChance(of(row)) : meanAboveChance(row, 'controlled')),
    (row) => dropCell(of(row)),
    (row) => learnedCell(of(row)),
    (row) => reachCell(of(row)),
    (row) => localityCell(of(row)),
    (row) => gainCell(row, of(row), 'near'),
    (row) => gainCell(row, of(row), 'far'),
  ];
  if (tier.rows.some(({ ranks }) => ranks.controlled)) {
    columns.unshift(
      column(
        'rank',
        'Rank',
        'place among the models of the same regime by the controlled mean; a range where places cannot be told apart',
        'ascending',
        false,
      ),
    );
    cells.unshift((row) =>
      only ? nothing('missing', 'ranks are over all tasks') : rankCell(row.ranks.controlled),
    );
  }
  return { group: { label: 'Controlled', detail: tasks, columns }, cells };
}

function standardColumns(tier: TierBoard, only?: BoardTask): Part {
  const of = taken(tier, 'standard', only);
  const count = tier.tasks.filter(({ kind }) => kind === 'standard').length;
  const tasks = counted(count, 'standard task');
  const columns = [
    column('standard', 'Above chance', `${aboveHint} ${tasks}`),
    column('gain', 'SPT', 'points that SPT adds at equal total budget, mean over standard tasks'),
  ];
  const cells: Describe[] = [
    (row) => (only ? ownAboveChance(of(row)) : meanAboveChance(row, 'standard')),
    (row) => gainCell(row, of(row), 'overall'),
  ];
  for (const [which, label, hint] of lraColumns) {
    if (!tier.rows.some(({ lra }) => lra[which])) continue;
    columns.push(column(`lra-${which}`, label, hint));
    cells.push(({ lra }) => {
      const mean = lra[which];
      if (only) return nothing('missing', 'a mean over tasks; one task is shown');
      if (!mean) return nothing('missing', lra.reason!);
      return number(mean.mean, percent(mean.mean), mean.interval);
    });
  }
  return { group: { label: 'Standard', detail: tasks, columns }, cells };
}

const lraColumns = [
  [
    'five',
    'LRA 5',
    'average as in the Long Range Arena (Tay et al. 2021): ListOps, Text, Retrieval, Image and Pathfinder',
  ],
  [
    'six',
    'LRA 6',
    'average as in later papers: with Path-X, where a run that failed counts as 50 %',
  ],
] as const;

/** How far a row is above the shortcuts; nothing where no task of the tier was audited. */
function floorColumns(tier: TierBoard, floorOf: FloorOf, only?: BoardTask): Part[] {
  const audited = tier.tasks.filter((task) => floorOf(task) !== null);
  if (audited.length === 0) return [];
  const names = audited.map(({ title }) => title).join(', ');
  const hint = `points of accuracy above the best shortcut of the audit, mean over the audited tasks: ${names}`;
  const cell: Describe = ({ cells }) => {
    const shown = audited.filter((task) => !only || task === only);
    if (shown.length === 0) return nothing('missing', 'not audited');
    const over = shown.map((task) => {
      const { accuracy } = cells[tier.tasks.indexOf(task)]!;
      return accuracy === null ? null : accuracy - floorOf(task)!;
    });
    if (over.includes(null)) return nothing('missing', 'an audited task was not run');
    const mean = over.reduce<number>((sum, each) => sum + each!, 0) / over.length;
    return number(mean, points(mean), null);
  };
  const columns = [column('over', 'Over floor', hint)];
  const detail = counted(audited.length, 'audited task');
  return [{ group: { label: 'Shortcuts', detail, columns, optional: true }, cells: [cell] }];
}

function rowColumns(provenance: (row: Row) => Provenance): Part {
  const plain = (...[id, label, hint, first]: Parameters<typeof column>) =>
    column(id, label, hint, first, false);
  const range = ([low, high]: [number, number]): TableCell => ({
    text: [...new Set([compact(low), compact(high)])].join('–'),
    sort: high,
    state: 'done',
  });
  return {
    group: {
      label: 'Model and runs',
      detail: 'size, seeds, who checked',
      columns: [
        plain('params', 'Params', 'trainable numbers', 'ascending'),
        plain('state', 'State', stateHint, 'ascending'),
        plain('seeds', 'Seeds', 'fewest and most runs behind a number of this row'),
        plain(
          'rules',
          'Ruleset',
          'fixed: one learning rate for all; tuned: chosen on validation',
          'ascending',
        ),
        plain(
          'check',
          'Checked',
          'trained-here, inference-verified (predictions made here) or self-reported',
        ),
        plain('date', 'Date', 'when the latest run of the row ended'),
      ],
    },
    cells: [
      ({ parameters }) => range(parameters),
      ({ stateSize }) => range(stateSize),
      ({ cells }) => {
        const seeds = cells.map(({ seeds }) => seeds.length).filter((count) => count > 0);
        return range([Math.min(...seeds), Math.max(...seeds)]);
      },
      (row) => {
        const { ruleset } = provenance(row);
        return { text: ruleset, sort: ['fixed', 'mixed', 'tuned'].indexOf(ruleset), state: 'done' };
      },
      (row) => {
        const { verification } = row;
        const sort = verificationTiers.indexOf(verification);
        return { text: verification, sort, state: 'done' };
      },
      (row) => {
        const { date } = provenance(row);
        return { text: date, sort: Number(date.replaceAll('-', '')), state: 'done' };
      },
    ],
  };
}

/** What is missing and what went wrong; rows that lack the same tasks share a note. */
function notesOf(tier: TierBoard): string[] {
  const missingIn = ({ cells }: Row) =>
    tier.tasks.filter((_, i) => cells[i]!.state === 'missing').map(({ title }) => title);
  const lacking = tier.rows.filter((row) => missingIn(row).length > 0);
  const missing = [...Map.groupBy(lacking, (row) => missingIn(row).join(', '))].map(
    ([names, rows]) => {
      const who = rows.map(({ label, regime }) => `${label}, ${regime}`).join('; ');
      return `${rows.length > 4 ? `${rows.length} rows` : who}: no run on ${names}.`;
    },
  );
  const apart = tier.rows.flatMap(({ label, regime, cells }) => {
    const lacking = cells.flatMap((cell, i) =>
      cell.standing && !isRanked(cell) ? [`${tier.tasks[i]!.title} (${cell.standing})`] : [],
    );
    return lacking.length > 0 ? [`${label}, ${regime}: not ranked on ${lacking.join(', ')}.`] : [];
  });
  const wrong = tier.rows.flatMap(({ label, regime, cells }) =>
    cells.flatMap((cell, i) =>
      cell.state !== 'missing' && cell.reason
        ? [`${label}, ${regime}, ${tier.tasks[i]!.title}: ${cell.reason}.`]
        : [],
    ),
  );
  const leftOut = tier.leftOut.map(({ file, reason }) => `${file} is not compared: ${reason}.`);
  return [...missing, ...apart, ...wrong, ...leftOut];
}
