/** The columns of the leaderboard, at most eight with place and model before a reader asks for more. */
import type { BoardTask, Row, TierBoard } from '../../../../leaderboards/board/schema.ts';
import { hasQuestions } from '../../../../leaderboards/board/cell.ts';
import { verificationTiers } from '../../../../leaderboards/records/schema.ts';
import { familyColour } from '../charts/palette.ts';
import type { Provenance } from '../tables/provenance.ts';
import { compact, counted, duration, fixed, percent } from '../words/format.ts';
import {
  costCell,
  farCell,
  gainCell,
  levelCell,
  meanLevel,
  none,
  ownLevel,
  rangeCell,
  reachCell,
  seedCount,
  seedsApart,
  type LeaderCell,
  type Level,
  type Where,
} from './cells.ts';
import type { Taken } from './sections.ts';

export interface LeaderColumn {
  id: string;
  label: string;
  /** What the number means. */
  hint: string;
  /** Direction that puts the best first. */
  first: 'ascending' | 'descending';
  /** Whether it is shown on demand only. */
  more: boolean;
}

/** What the records say besides the board. */
export interface Sources {
  /** Chance-corrected, over the whole test split and at the farthest distance; null if not audited. */
  floor(task: BoardTask): { use: number; far: number | null } | null;
  provenance(row: Row): Provenance;
  /** Order of the time in the length, as `L²`; null for a model from outside. */
  cost(row: Row): string | null;
}

/** How a column is filled. */
export interface Filled {
  column: LeaderColumn;
  cell(of: RowOf): LeaderCell;
}

export interface RowOf {
  row: Row;
  /** The row of `spt`, where gains stand; undefined without one. */
  spt: Row | undefined;
  /** Of these tasks, what ran and was not lost. */
  taken(tasks: readonly BoardTask[], row?: Row): Taken[];
}

type Fill = (of: RowOf) => LeaderCell;

const column = (
  id: string,
  label: string,
  hint: string,
  cell: Fill,
  { first = 'descending', more = false }: Partial<Pick<LeaderColumn, 'first' | 'more'>> = {},
): Filled => ({ column: { id, label, hint, first, more }, cell });

const colourOf = ({ row }: RowOf) => familyColour(row.family);

/**
 * @param task the one that is shown; null for all
 * @param rows those that are shown
 */
export function columnsOf(
  tier: TierBoard,
  task: BoardTask | null,
  rows: readonly Row[],
  sources: Sources,
): Filled[] {
  const kinds = (kind: BoardTask['kind']) =>
    tier.tasks.filter((one) => one.kind === kind && (!task || one === task));
  const [controlled, standard] = [kinds('controlled'), kinds('standard')];
  return [
    ...(controlled.length > 0 ? controlledColumns(controlled, sources) : []),
    ...(standard.length > 0 ? standardColumns(standard, sources) : []),
    ...gainColumns(tier, controlled, standard),
    ...sizeColumns([...controlled, ...standard], sources),
  ].filter(({ column }) => column.id !== 'lra' || rows.some(({ lra }) => lra.five));
}

/** Mean of the floors; null where a task was not audited. */
function floorOver(
  tasks: readonly BoardTask[],
  sources: Sources,
  where: 'use' | 'far',
): number | null {
  const floors = tasks.map((task) => sources.floor(task)?.[where] ?? null);
  if (floors.length === 0 || floors.includes(null)) return null;
  return floors.reduce<number>((sum, floor) => sum + floor!, 0) / floors.length;
}

/** Mean over the tasks that ran: the board's own where all are ranked. */
function kindCell(
  of: RowOf,
  tasks: readonly BoardTask[],
  kind: BoardTask['kind'],
  sources: Sources,
): LeaderCell {
  const taken = of.taken(tasks);
  const own = of.row[kind].corrected;
  const levels = taken.flatMap((each): Level[] => {
    const level = ownLevel(each);
    return level ? [level] : [];
  });
  const level =
    own && tasks.length > 1 ? { value: own.mean, interval: own.interval } : meanLevel(levels);
  if (!level) return none('no run that trained');
  const lacking =
    taken.length < tasks.length && `${taken.length} of ${counted(tasks.length, 'task')}`;
  const ran = taken.map(({ task }) => task);
  const whole = { ...level, ...seedsApart(taken) };
  const seeds = !level.interval && !whole.seeds && seedCount(taken);
  return levelCell(whole, floorOver(ran, sources, 'use'), colourOf(of), seeds, lacking);
}

function controlledColumns(tasks: readonly BoardTask[], sources: Sources): Filled[] {
  const [only] = tasks;
  const isOne = tasks.length === 1;
  const over = isOne ? '' : `; mean over the ${tasks.length} controlled tasks`;
  const byUse = tasks.every(hasQuestions);
  const farthest = isOne ? `, ${only!.distances.at(-1)} tokens` : '';
  return [
    column(
      'use',
      byUse ? 'Use' : 'Above chance',
      (byUse
        ? 'hits less false alarms in percent, over all distances: 0 without the question or the evidence, 100 for perfect answers'
        : 'accuracy above chance in percent, over all distances: 0 is chance, 100 all right') +
        over,
      (of) => kindCell(of, tasks, 'controlled', sources),
    ),
    column(
      'reach',
      isOne ? 'Reach' : 'Reach, % of range',
      isOne
        ? 'tokens at which use has fallen to half of its value at the smallest distance; dots are seeds, the red bar a proved limit'
        : 'share of the tested range of distances, on a logarithmic axis, over which at least half of the use nearby is kept, 0 for a task that was not solved; a bar for each task, ≥ where some reach goes beyond the range',
      (of) => {
        const taken = of.taken(tasks);
        if (taken.length === 0) return none('no run that trained');
        return isOne ? reachCell(taken[0]!, colourOf(of)) : rangeCell(taken, colourOf(of));
      },
    ),
    column(
      'far',
      byUse ? 'Use far' : 'Far above chance',
      `the same at the farthest distance${farthest}, of the seeds that solved the smallest one, of all if fewer than half did${over}; the red tick is the strongest shortcut, grey is not above it`,
      (of) => {
        const taken = of.taken(tasks);
        const ran = taken.map(({ task }) => task);
        return farCell(taken, floorOver(ran, sources, 'far'), colourOf(of));
      },
    ),
    column(
      'cost',
      'Learning cost',
      'token-steps until validation first had 90 % of its best accuracy above chance; geometric mean over the seeds that learned it, and over the tasks that were',
      (of) => costCell(of.taken(tasks)),
      { first: 'ascending' },
    ),
    column(
      'solved',
      'Solved',
      'seeds that solved the smallest distance, at least half of the way from chance',
      (of) => solvedCell(of.taken(tasks)),
      { more: true },
    ),
    column(
      'locality',
      'Locality',
      'locality sensitivity: the share of nearby use that distance costs, 0 to 1',
      (of) => localityCell(of.taken(tasks)),
      { first: 'ascending', more: true },
    ),
  ];
}

function standardColumns(tasks: readonly BoardTask[], sources: Sources): Filled[] {
  const isOne = tasks.length === 1;
  const over = isOne ? '' : `; mean over the ${tasks.length} standard tasks`;
  const lra = column(
    'lra',
    'LRA 5',
    'average accuracy as in the Long Range Arena (Tay et al. 2021)',
    ({ row }) => {
      const mean = row.lra.five;
      if (!mean) return none(row.lra.reason ?? 'not known');
      return { text: percent(mean.mean), sort: mean.mean };
    },
    { more: true },
  );
  const columns = [
    column(
      'standard',
      isOne ? 'Above chance' : 'Standard',
      `accuracy above chance in percent${over}; the red tick is the strongest shortcut, grey is not above it`,
      (of) => kindCell(of, tasks, 'standard', sources),
    ),
  ];
  if (!isOne) return [...columns, lra];
  return [
    ...columns,
    column('accuracy', 'Accuracy', 'test accuracy in percent', (of) => {
      const [taken] = of.taken(tasks);
      if (!taken) return none('no run that trained');
      const { accuracy, interval } = taken.cell;
      return {
        text: percent(accuracy!),
        sort: accuracy,
        ...(interval && { detail: interval.map(percent).join('–') }),
      };
    }),
    column(
      'cost',
      'Learning cost',
      'token-steps until validation first had 90 % of its best accuracy above chance; geometric mean over seeds',
      (of) => costCell(of.taken(tasks)),
      { first: 'ascending' },
    ),
  ];
}

function gainColumns(
  tier: TierBoard,
  controlled: readonly BoardTask[],
  standard: readonly BoardTask[],
): Filled[] {
  if (!tier.rows.some(({ cells }) => cells.some(({ gain }) => gain))) return [];
  const gain = (
    id: string,
    label: string,
    what: string,
    tasks: readonly BoardTask[],
    where: Where,
    more: boolean,
  ) =>
    column(
      id,
      label,
      `points that self-pretraining (SPT) adds ${what}, at equal total budget; grey where the interval holds zero`,
      (of) => gainCell(of.spt ? of.taken(tasks, of.spt) : [], where, colourOf(of)),
      { more },
    );
  return [
    ...(controlled.length > 0
      ? [
          gain('gain-far', 'SPT, far', 'at the farthest distance', controlled, 'far', false),
          gain('gain-near', 'SPT, near', 'at the smallest distance', controlled, 'near', true),
        ]
      : []),
    ...(standard.length > 0
      ? [
          gain(
            'gain-standard',
            controlled.length > 0 ? 'SPT, standard' : 'SPT',
            'to accuracy on standard tasks',
            standard,
            'overall',
            controlled.length > 0,
          ),
        ]
      : []),
  ];
}

function sizeColumns(tasks: readonly BoardTask[], sources: Sources): Filled[] {
  const range = ([low, high]: [number, number]): LeaderCell => ({
    text: [...new Set([compact(low), compact(high)])].join('–'),
    sort: high,
  });
  const more = { first: 'ascending', more: true } as const;
  return [
    column(
      'time',
      'Time',
      'median wall-clock time of a run',
      ({ row }) => {
        const { seconds } = sources.provenance(row);
        return { text: duration(seconds), sort: seconds };
      },
      more,
    ),
    column(
      'memory',
      'Memory',
      'most memory of a run',
      ({ row }) => {
        const { peakBytes } = sources.provenance(row);
        return { text: `${Math.round(peakBytes / 1e6)}\u00a0MB`, sort: peakBytes };
      },
      more,
    ),
    column('params', 'Parameters', 'trainable numbers', ({ row }) => range(row.parameters), more),
    column(
      'state',
      'State',
      'numbers that a causal recurrence would carry for a sequence',
      ({ row }) => range(row.stateSize),
      more,
    ),
    column(
      'seeds',
      'Seeds',
      'fewest and most runs behind a number of the row',
      (of) => {
        const seeds = of.taken(tasks).map(({ cell }) => cell.seeds.length);
        if (seeds.length === 0) return none('no run that trained');
        return range([Math.min(...seeds), Math.max(...seeds)]);
      },
      { more: true },
    ),
    column(
      'rules',
      'Learning rate',
      'fixed: one for all models; tuned: chosen on validation for each',
      ({ row }) => {
        const { ruleset } = sources.provenance(row);
        return { text: ruleset, sort: ['fixed', 'mixed', 'tuned'].indexOf(ruleset) };
      },
      { more: true },
    ),
    column(
      'check',
      'Checked',
      'trained-here, inference-verified (predictions made here) or self-reported',
      ({ row: { verification } }) => ({
        text: verification,
        sort: verificationTiers.indexOf(verification),
      }),
      { more: true },
    ),
    column(
      'date',
      'Date',
      'when the latest run of the row ended',
      ({ row }) => {
        const { date } = sources.provenance(row);
        return { text: date, sort: Number(date.replaceAll('-', '')) };
      },
      { more: true },
    ),
  ];
}

function solvedCell(taken: readonly Taken[]): LeaderCell {
  const solved = taken.flatMap(({ cell }) => cell.solved ?? []);
  const [seeds, of] = [
    solved.reduce((sum, each) => sum + each.seeds, 0),
    solved.reduce((sum, each) => sum + each.of, 0),
  ];
  if (of === 0) return none('no run that trained');
  return { text: `${seeds}/${of}`, sort: seeds / of };
}

function localityCell(taken: readonly Taken[]): LeaderCell {
  const mean = meanLevel(
    taken.flatMap(({ cell }): Level[] =>
      cell.localitySensitivity === null
        ? []
        : [{ value: cell.localitySensitivity, interval: cell.localityInterval }],
    ),
  );
  if (!mean) return none('not defined: no task was learned');
  return {
    text: fixed(mean.value),
    sort: mean.value,
    ...(mean.interval && { detail: mean.interval.map((end) => fixed(end)).join(' to ') }),
  };
}
