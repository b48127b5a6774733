/**
 * Cells of the leaderboard: a number, its interval or how many seeds it is of, and a strip that draws
 * it. A mean over tasks counts each the same and takes tasks as independent.
 */
import type { Cell, Difference } from '../../../../leaderboards/board/schema.ts';
import { chanceCorrected, type Interval } from '../../../../leaderboards/statistics/metrics.ts';
import { mean } from '../../../../core/math.ts';
import { farApart } from '../../../../leaderboards/board/reliability.ts';
import { rangeOf } from '../../../../leaderboards/statistics/reliability.ts';
import { gainStrip, levelStrip, place, rangeStrip, reachStrip } from '../charts/strip.ts';
import { compact, counted, percent, points, reachText } from '../words/format.ts';
import type { Taken } from './sections.ts';

export interface LeaderCell {
  text: string;
  /** The interval, or of how many seeds or tasks it is. */
  detail?: string;
  /** What to sort by; null puts the row last. */
  sort: number | null;
  /** SVG. */
  strip?: string;
  /** For those who hear the page: why there is no number, or what the strip shows. */
  words?: string;
  /** Not above the floor of shortcuts, or a difference whose interval holds zero. */
  faded?: boolean;
  /** Of a part of the tasks alone: not comparable with what others have of all. */
  isPart?: boolean;
}

export const none = (words: string): LeaderCell => ({ text: '–', sort: null, words });

const join = (...parts: (string | null | undefined | false)[]) => parts.filter(Boolean).join(', ');
const detailOf = (...parts: Parameters<typeof join>) => {
  const detail = join(...parts);
  return detail ? { detail } : {};
};

/** `71.2–85.3`, in percent. */
const between = (interval: Interval | null | undefined) =>
  interval && interval.map(percent).join('–');

/** `4 of 6 tasks`; nothing where it is of all. */
const part = (count: number, of: number, noun: string) =>
  count < of && `${count} of ${counted(of, noun)}`;

export interface Level {
  value: number;
  interval: Interval | null;
  /** Of each seed, where they lie so far apart that no interval of a mean describes them. */
  seeds?: number[];
}

/** `3 seeds`, `1–3 seeds`: of how many a number is that has no interval. */
export function seedCount(taken: readonly Taken[]): string {
  const counts = taken.map(({ cell }) => cell.seeds.length);
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  return fewest === most ? counted(most, 'seed') : `${fewest}–${most} seeds`;
}

/** A chance-corrected share with its interval, beside the floor of shortcuts. */
export function levelCell(
  { value, interval, seeds }: Level,
  floor: number | null,
  colour: string,
  ...of: (string | false)[]
): LeaderCell {
  const isBelow = floor !== null && (interval?.[0] ?? value) <= floor;
  return {
    text: percent(value),
    ...detailOf(seeds ? `seeds ${seeds.map(percent).join(' · ')}` : between(interval), ...of),
    sort: value,
    strip: levelStrip({ colour, value, interval, floor, ...(seeds && { seeds }) }),
    ...(floor !== null && {
      words: `${isBelow ? 'not above' : 'above'} the strongest shortcut, ${percent(floor)}`,
    }),
    ...(isBelow && { faded: true }),
  };
}

/** A cell's chance-corrected accuracy, which is its use where the task has questions. */
export function ownLevel({ task, cell }: Taken): Level | null {
  if (cell.state !== 'done') return null;
  const corrected = (share: number) => chanceCorrected(share, task.chance);
  const { interval } = cell;
  return {
    value: cell.corrected!,
    interval: interval && [corrected(interval[0]), corrected(interval[1])],
  };
}

/** Means over tasks of each seed that ran on all of them, where these lie far apart. */
export function seedsApart(taken: readonly Taken[]): Pick<Level, 'seeds'> {
  const [first] = taken;
  const seeds = (first?.cell.seeds ?? []).flatMap(({ seed }) => {
    const own = taken.map(({ task, cell }) => {
      const found = cell.seeds.find((one) => one.seed === seed);
      return found ? chanceCorrected(found.accuracy, task.chance) : NaN;
    });
    const value = mean(own);
    return Number.isNaN(value) ? [] : [value];
  });
  return seeds.length > 1 && rangeOf(seeds) > farApart ? { seeds } : {};
}

/** Mean of independent levels; without an interval where one of them has none. */
export function meanLevel(levels: readonly Level[]): Level | null {
  if (levels.length === 0) return null;
  const value = levels.reduce((sum, level) => sum + level.value, 0) / levels.length;
  const half = (end: 0 | 1) => {
    const parts = levels.map((level) => (level.interval ? level.interval[end] - level.value : NaN));
    return Math.sqrt(parts.reduce((sum, part) => sum + part ** 2, 0)) / levels.length;
  };
  const [low, high] = [half(0), half(1)];
  return { value, interval: Number.isNaN(low) ? null : [value - low, value + high] };
}

/** Of the seeds that solved the smallest distance, out of all of these tasks. */
export function solvedWords(taken: readonly Taken[]): string | false {
  const solved = taken.flatMap(({ cell }) => cell.solved ?? []);
  const seeds = solved.reduce((sum, each) => sum + each.seeds, 0);
  return part(
    seeds,
    solved.reduce((sum, each) => sum + each.of, 0),
    'seed',
  );
}

const hasReach = ({ cell }: Taken) => cell.reach !== null;
const notSolved = (taken: readonly Taken[]) =>
  none(`not defined: ${solvedWords(taken) || 'no seed'} solved the smallest distance`);

const beyond = (reach: Cell['reach'], farthest: number) => (reach === 'beyond' ? farthest : reach!);

/** Reach on one task, in tokens. */
export function reachCell(taken: Taken, colour: string): LeaderCell {
  const { task, cell } = taken;
  if (cell.state === 'missing') return none(cell.reason!);
  const { distances } = task;
  const farthest = distances.at(-1)!;
  const solved = cell.seeds.filter(({ reach }) => reach !== null);
  const curves = (solved.length > 0 ? solved : cell.seeds).map((seed) => seed.distances);
  const use = distances.map((_, d) =>
    chanceCorrected(curves.reduce((sum, own) => sum + own[d]!, 0) / curves.length, task.chance),
  );
  const tokens = (end: Cell['reach']) => beyond(end, farthest);
  const interval = cell.reachInterval && ([...cell.reachInterval].map(tokens) as [number, number]);
  const strip = reachStrip({
    colour,
    distances,
    use,
    seeds: solved.map(({ reach }) => tokens(reach)),
    interval,
    limit: cell.certifiedLimit,
  });
  if (cell.reach === null) return { ...notSolved([taken]), strip };
  const ends = cell.reachInterval?.map((end) => reachText(end, farthest));
  const range = ends && (ends[0] === ends[1] ? '' : ends.join(' to '));
  const limit = cell.certifiedLimit;
  return {
    text: reachText(cell.reach, farthest)!,
    ...detailOf(range, solvedWords([taken]) || (!ends && seedCount([taken]))),
    // Who holds to the end is ordered by how much of its use it has there.
    sort: cell.reach === 'beyond' ? farthest + cell.solved!.far!.value : tokens(cell.reach),
    strip,
    ...(limit !== null && { words: `proved limit ${limit} tokens` }),
  };
}

/** Share of the tested range that is reached, over tasks; a bar for each. */
export function rangeCell(taken: readonly Taken[], colour: string): LeaderCell {
  const shareOf = (end: Cell['reach'], { task: { distances } }: Taken) =>
    place(beyond(end, distances.at(-1)!), distances) / 100;
  const known = taken.filter(hasReach);
  const strip = rangeStrip(
    taken.map((each) => (each.cell.reach === null ? null : shareOf(each.cell.reach, each))),
    colour,
  );
  const words = taken.map(
    ({ task, cell }) =>
      `${task.title} ${reachText(cell.reach, task.distances.at(-1)!) ?? 'not solved'}`,
  );
  const over = meanLevel(
    taken.map((each): Level => {
      // Left out, a task that was not solved would raise the mean of whoever did not solve it.
      if (each.cell.reach === null) return { value: 0, interval: [0, 0] };
      const ends = each.cell.reachInterval;
      return {
        value: shareOf(each.cell.reach, each),
        interval: ends && [shareOf(ends[0], each), shareOf(ends[1], each)],
      };
    }),
  );
  if (!over || known.length === 0)
    return { ...notSolved(taken), ...(taken.length > 0 && { strip }) };
  const isOpen = known.some(({ cell }) => cell.reach === 'beyond');
  const { value, interval } = over;
  const inside = interval && ([Math.max(0, interval[0]), Math.min(1, interval[1])] as Interval);
  return {
    text: `${isOpen ? '≥\u202f' : ''}${percent(value)}`,
    ...detailOf(
      interval && interval[1] - interval[0] > 0.0005 && between(inside),
      solvedTasks(taken),
      solvedWords(taken) || (!interval && seedCount(taken)),
    ),
    sort: value + (isOpen ? 1e-6 : 0),
    strip,
    words: words.join(', '),
  };
}

/** `4 of 6 tasks solved`; nothing where all are. */
function solvedTasks(taken: readonly Taken[]): string | false {
  const lacking = part(taken.filter(({ cell }) => cell.solved?.far).length, taken.length, 'task');
  return lacking && `${lacking} solved`;
}

/** At the farthest distance, of the seeds that solved the smallest one; of all if too few did. */
function farLevel({ task, cell }: Taken): Level {
  if (cell.solved?.far) return cell.solved.far;
  const { accuracy, interval } = cell.distances.at(-1)!;
  const corrected = (share: number) => chanceCorrected(share, task.chance);
  return {
    value: corrected(accuracy),
    interval: interval && [corrected(interval[0]), corrected(interval[1])],
  };
}

/** Use at the farthest distance, over tasks. */
export function farCell(taken: readonly Taken[], floor: number | null, colour: string): LeaderCell {
  const over = meanLevel(taken.map(farLevel));
  if (!over || taken.every(({ cell }) => !cell.solved?.far)) return notSolved(taken);
  const seeds = solvedWords(taken) || (!over.interval && seedCount(taken));
  return levelCell(over, floor, colour, solvedTasks(taken), seeds);
}

/** Learning cost in token-steps: the geometric mean over tasks. */
export function costCell(taken: readonly Taken[]): LeaderCell {
  const costs = taken.flatMap(({ cell: { learningCost } }) => learningCost ?? []);
  const over = meanLevel(
    costs.map(({ tokenSteps, interval }) => ({
      value: Math.log(tokenSteps),
      interval: interval && [Math.log(interval[0]), Math.log(interval[1])],
    })),
  );
  if (!over) return none('not known: no seed learned it, or its runs did not record it');
  const tokens = (log: number) => compact(Math.round(Math.exp(log)));
  const seeds = costs.reduce((sum, cost) => sum + cost.seeds, 0);
  return {
    text: tokens(over.value),
    ...detailOf(
      over.interval ? over.interval.map(tokens).join('–') : counted(seeds, 'seed'),
      part(costs.length, taken.length, 'task'),
    ),
    sort: Math.exp(over.value),
    ...(costs.length < taken.length && { isPart: true }),
  };
}

export type Where = 'near' | 'far' | 'overall';

/** What SPT adds, over the tasks on which both cells are ranked. */
export function gainOver(taken: readonly Taken[], where: Where) {
  const gains = taken.flatMap(({ cell: { gain } }): Difference[] => {
    const difference = gain?.ranked ? gain[where] : null;
    return difference ? [difference] : [];
  });
  const over = meanLevel(gains.map(({ mean, interval }) => ({ value: mean, interval })));
  return over && { mean: over.value, interval: over.interval, tasks: gains.length };
}

/** Half the width of the interval: the smallest effect that it would tell from zero. */
export const couldSee = ([low, high]: Interval) => (high - low) / 2;

const holdsZero = (interval: Interval | null) =>
  interval === null || (interval[0] <= 0 && interval[1] >= 0);

/** @param taken of the row of `spt` */
export function gainCell(taken: readonly Taken[], where: Where, colour: string): LeaderCell {
  const gain = gainOver(taken, where);
  if (!gain) return none('not known: no ranked runs with and without it at equal budget');
  const { mean, interval, tasks } = gain;
  return {
    text: points(mean),
    ...detailOf(
      interval ? interval.map(points).join(' to ') : 'one seed',
      part(tasks, taken.length, 'task'),
    ),
    sort: mean,
    strip: gainStrip(null, { mean, interval }, 1, colour),
    ...(interval && { words: `could have seen ${percent(couldSee(interval))} points` }),
    ...(holdsZero(interval) && { faded: true }),
  };
}
