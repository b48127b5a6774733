/**
 * What must hold of every board before it is published: no number contradicts a certificate, none is
 * out of its range. A board that breaks one was built from a wrong record or by a wrong program, so
 * building stops.
 */
import { DataError } from '../../core/errors.ts';
import { chanceCorrected, type Reach } from '../statistics/metrics.ts';
import { solvedLevel } from '../statistics/solved.ts';
import { boardSchema, type Board, type BoardTask, type BoardUse, type Cell } from './schema.ts';

/** @throws DataError that names the board, row and task, and what is wrong */
export function checkBoard(board: Board): void {
  const parsed = boardSchema.safeParse(board);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new DataError(
      `The board breaks its schema at ${issue!.path.join('.')}: ${issue!.message}; check the records behind it.`,
    );
  }
  for (const { tier, benchmark, tasks, rows } of board.tiers)
    for (const { key, cells } of rows)
      cells.forEach((cell, t) => {
        const wrong = faultOf(tasks[t]!, cell);
        if (wrong === undefined) return;
        throw new DataError(
          `The board of tier ${tier}, benchmark ${benchmark}, may not be published: ${key} on ${cell.task} ${wrong}; check its records and its certificate.`,
        );
      });
}

/** What is wrong with a cell, as the rest of a sentence. */
function faultOf(task: BoardTask, cell: Cell): string | undefined {
  return limitFault(task, cell) ?? chanceFault(task, cell) ?? rangeFault(task, cell);
}

function limitFault(task: BoardTask, cell: Cell): string | undefined {
  const { certifiedLimit: limit, limitHolds, reach, reachInterval, seeds } = cell;
  if (limit === null) return undefined;
  if (limitHolds === false)
    return `has more or less than one right answer in ${task.classes} beyond its certified limit of ${limit} tokens`;
  const isBeyond = (one: Cell['reach']) =>
    one === 'beyond' ? limit < task.distances.at(-1)! : one !== null && one > limit;
  const all = [reach, ...(reachInterval ?? []), ...seeds.map((seed) => seed.reach)];
  return all.some(isBeyond)
    ? `has a reach above its certified limit of ${limit} tokens`
    : undefined;
}

/** A reach needs seeds that solved the smallest distance: none at chance has one. */
function chanceFault(task: BoardTask, cell: Cell): string | undefined {
  const { solved, reach, localitySensitivity, seeds } = cell;
  const hasReach = reach !== null || localitySensitivity !== null;
  if (hasReach && (!solved || solved.seeds === 0 || 2 * solved.seeds < solved.of))
    return `has a reach, though ${solved?.seeds ?? 0} of ${solved?.of ?? 0} seeds solved the smallest distance`;
  const lost = seeds.find(
    (seed) =>
      seed.reach !== null &&
      chanceCorrected(seed.distances[0] ?? task.chance, task.chance) < solvedLevel - rounding,
  );
  return lost && `has a reach of seed ${lost.seed}, which did not solve the smallest distance`;
}

/** Of the last digits. */
const rounding = 1e-9;

interface Measured {
  name: string;
  value: Cell['reach'] | undefined;
  interval: readonly [Reach, Reach] | null | undefined;
  from: number;
  to: number;
}

function rangeFault(task: BoardTask, cell: Cell): string | undefined {
  const [near, far] = [task.distances[0] ?? 0, task.distances.at(-1) ?? 0];
  const { solved, learningCost } = cell;
  const use = (name: string, of: BoardUse | null | undefined, from: number): Measured => ({
    ...{ name, value: of?.value, interval: of?.interval, from, to: 1 },
  });
  const accuracy = (name: string, of: Pick<Cell, 'accuracy' | 'interval'>): Measured => ({
    ...{ name, value: of.accuracy, interval: of.interval, from: 0, to: 1 },
  });
  const least = -1 / (task.classes - 1);
  const all: Measured[] = [
    accuracy('accuracy', cell),
    use('use', cell.use, least),
    use('near use', solved?.near, solvedLevel),
    use('far use', solved?.far, least),
    ...cell.distances.map((one) => accuracy(`accuracy at ${one.distance}`, one)),
    { name: 'reach', value: cell.reach, interval: cell.reachInterval, from: near, to: far },
    {
      // The near value is at least half, so the mean over distances is at most twice as large.
      ...{ name: 'locality sensitivity', from: -1, to: 3 },
      ...{ value: cell.localitySensitivity, interval: cell.localityInterval },
    },
    {
      ...{ name: 'learning cost', from: 0, to: cell.budget ?? 0 },
      ...{ value: learningCost?.tokenSteps, interval: learningCost?.interval },
    },
  ];
  const tokens = (value: Reach) => (value === 'beyond' ? far : value);
  for (const { name, value, interval, from, to } of all) {
    if (value === null || value === undefined) continue;
    const number = tokens(value);
    // Comparisons that are not true are of NaN too.
    if (!(number >= from - rounding && number <= to + rounding))
      return `has ${name} ${value}, expected ${from} to ${to}`;
    const [low, high] = interval?.map(tokens) ?? [number, number];
    if (!(low! <= number + rounding && high! >= number - rounding))
      return `has ${name} ${value} outside of its interval, ${low} to ${high}`;
  }
  return undefined;
}
