/** Every row of every board, with the address of its page: what stands behind its numbers. */
import type { BoardTask, Cell, Row, TierBoard } from '../../../../leaderboards/board/schema.ts';
import type { RunRecord } from '../../../../leaderboards/records/schema.ts';
import { displayName } from '../../../../leaderboards/records/names.ts';
import { chanceCorrected } from '../../../../leaderboards/statistics/metrics.ts';
import { lineChart } from '../charts/lines.ts';
import { familyColour } from '../charts/palette.ts';
import { compact, counted, duration, percent, reachText } from '../words/format.ts';
import { measureName, measureTitle } from '../words/measures.ts';
import { floorLevels } from './audits.ts';
import { boards, rowPath, rowSlug } from './boards.ts';
import { recordOf } from './data.ts';

/** The static paths of pages about one row. */
export const rowPaths = () =>
  boards.flatMap((tier) =>
    tier.rows.map((row) => ({
      params: { model: row.model, row: rowSlug(tier, row) },
      props: { tier, row },
    })),
  );

/** Address of the cell that each compared run belongs to, by its id. */
export const cellPaths: ReadonlyMap<string, `/${string}`> = new Map(
  boards.flatMap((tier) =>
    tier.rows.flatMap((row) =>
      row.cells.flatMap(({ task, seeds }) =>
        seeds.map(({ id }) => [id, `${rowPath(tier, row)}#${task}`] as const),
      ),
    ),
  ),
);

/** The records behind a cell, in the order of its seeds. */
export function cellRecords({ seeds }: Cell): RunRecord[] {
  return seeds.flatMap(({ id }) => recordOf.get(id)?.record ?? []);
}

/** One line a seed against distance, with the strongest shortcut and the proved limit; null without distances. */
export function seedChart(tier: TierBoard, row: Row, task: BoardTask, cell: Cell): string | null {
  const { distances, chance } = task;
  if (distances.length === 0) return null;
  const floor = floorLevels(tier, task);
  const limit = cell.certifiedLimit;
  const measure = measureName(task);
  return lineChart({
    label: `${measureTitle(task)} against distance of ${row.label} on ${task.title}, a line for each seed`,
    description: `Reach in tokens: ${cell.seeds
      .map(
        ({ seed, reach }) => `seed ${seed} ${reachText(reach, distances.at(-1)!) ?? 'not solved'}`,
      )
      .join(', ')}.`,
    lines: [
      ...cell.seeds.map((one) => ({
        label: `seed ${one.seed}`,
        colour: familyColour(row.family),
        points: distances.map((x, i) => ({ x, y: chanceCorrected(one.distances[i]!, chance) })),
      })),
      ...(floor
        ? [
            {
              label: 'shortcut',
              colour: 'var(--fail)',
              dash: '2 3',
              points: floor.distances.map(({ distance, value }) => ({ x: distance, y: value })),
            },
          ]
        : []),
    ],
    log: true,
    xTicks: distances,
    xTitle: 'distance of the evidence, tokens',
    yTitle: `${measure}, %`,
    chance: 0,
    limit:
      limit !== null && limit >= distances[0]! && limit <= distances.at(-1)!
        ? { at: limit, text: `proved limit ${limit}` }
        : undefined,
    width: 420,
    height: 270,
  });
}

const ends = (interval: readonly [number, number] | null | undefined) =>
  interval ? `, 95 % interval ${interval.map(percent).join(' to ')}` : ', no interval';

const over: Record<NonNullable<Cell['intervalOver']>, string> = {
  seeds: 'over seeds',
  groups: 'over groups of one seed',
  both: 'over seeds and groups',
};

/** What is known of a cell, in words, with its intervals. */
export function cellFacts(tier: TierBoard, task: BoardTask, cell: Cell): [string, string][] {
  const records = cellRecords(cell);
  const floor = floorLevels(tier, task);
  const farthest = task.distances.at(-1) ?? 0;
  const { solved, learningCost } = cell;
  const facts: [string, string | null | undefined][] = [
    ['Standing', `${cell.standing ?? cell.state}${cell.reason ? `: ${cell.reason}` : ''}`],
    [
      'Accuracy',
      cell.accuracy === null
        ? null
        : `${percent(cell.accuracy)}${ends(cell.interval)}${cell.intervalOver ? ` ${over[cell.intervalOver]}` : ''}; chance ${percent(task.chance)}`,
    ],
    ['Use', cell.use && `${percent(cell.use.value)}${ends(cell.use.interval)}`],
    [
      'Solved',
      solved && `the smallest distance, by ${solved.seeds} of ${counted(solved.of, 'seed')}`,
    ],
    [
      'Reach',
      cell.reach !== null
        ? `${reachText(cell.reach, farthest)} tokens${cell.reachInterval ? `, 95 % interval ${cell.reachInterval.map((end) => reachText(end, farthest)).join(' to ')}` : ', no interval'}`
        : null,
    ],
    ['Far', solved?.far && `${percent(solved.far.value)}${ends(solved.far.interval)}`],
    [
      'Limit',
      cell.certifiedLimit !== null
        ? `proved: nothing beyond ${cell.certifiedLimit} tokens; measured exactly at chance there: ${cell.limitHolds ? 'yes' : 'no'}`
        : null,
    ],
    [
      'Learning cost',
      learningCost &&
        `${compact(Math.round(learningCost.tokenSteps))} token-steps${learningCost.interval ? `, 95 % interval ${learningCost.interval.map((end) => compact(Math.round(end))).join(' to ')}` : ''}, ${counted(learningCost.seeds, 'seed')}`,
    ],
    [
      'Floor',
      floor && `${percent(floor.use)} above chance by the strongest shortcut, ${floor.title}`,
    ],
    ['Budget', cell.budget === null ? null : `${compact(cell.budget)} token-steps a run`],
    ['Time', records.length > 0 ? timeWords(records) : null],
    ['Learning rate', records.length > 0 ? rateWords(records) : null],
  ];
  return facts.flatMap(([term, value]) => (value ? [[term, value] as [string, string]] : []));
}

function timeWords(records: readonly RunRecord[]): string {
  const devices = [...new Set(records.map(({ provenance }) => displayName(provenance.device, 80)))];
  const times = records.map(({ timing }) => duration(timing.seconds)).join(', ');
  return `${times} (${devices.join('; ')})`;
}

function rateWords(records: readonly RunRecord[]): string {
  const { protocol } = records[0]!.spec;
  if (!protocol.learningRates) return `fixed: ${protocol.learningRate}`;
  const chosen = records.map(({ result }) => result?.learningRate ?? '–').join(', ');
  return `chosen on validation among ${protocol.learningRates.join(', ')}: ${chosen}`;
}

/** How the training of a run ended, in words. */
export function endingWords({ status, result, reason }: RunRecord): string {
  if (status !== 'done') return displayName(`${status}: ${reason ?? ''}`, 120);
  const ending = result?.ending;
  return ending ? `${ending.outcome} after ${ending.steps} steps (${ending.reason})` : 'done';
}
