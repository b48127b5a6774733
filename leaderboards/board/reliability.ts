/**
 * How far a board's numbers are its models' and not its seeds': by task and regime, and over the board
 * beside the goals of benchmark 2.0. Pure. Values are chance-corrected accuracies of whole test splits,
 * which is use for tasks with questions.
 *
 * Intraclass and rank correlation are over all cells with at least three seeds, ranked or not: leaving
 * out what did not train would hide the luck that they are to measure.
 */
import { mean } from '../../core/math.ts';
import { boardRegimes, type Regime, type TaskKind } from '../../core/vocabulary.ts';
import type { RecordFile } from '../records/read.ts';
import type { RunRecord } from '../records/schema.ts';
import { chanceCorrected } from '../statistics/metrics.ts';
import {
  intraclass,
  rangeOf,
  seedCorrelation,
  type Intraclass,
} from '../statistics/reliability.ts';
import { assembleTier } from './build.ts';
import { regimeOrder, type BoardTask, type Cell, type TierBoard } from './schema.ts';
import { fewestSeeds, isRanked } from './standing.ts';

/** Seeds further apart than this, corrected for chance, tell different stories. */
export const farApart = 0.2;

/** Models that a correlation needs. */
const fewestModels = 3;

/** How many of so many. */
export interface Part {
  count: number;
  of: number;
}

export interface TaskReliability {
  task: string;
  kind: TaskKind;
  regime: Regime;
  /** With at least three seeds. */
  models: number;
  /** Null for fewer than three such models, or if nothing varies. */
  intraclass: Intraclass | null;
  /** Mean of Spearman's over pairs of seeds. */
  seedCorrelation: number | null;
  /** Cells of at least three seeds whose seeds are far apart. */
  apart: Part;
  /** The same of the ranked ones. */
  rankedApart: Part;
  /** Runs that were still rising at the end. */
  unfinished: Part;
  /** Runs that never left chance, but for models that a certificate holds there. */
  untrained: Part;
  /** Runs that diverged or failed. */
  failed: Part;
  /** Ranked cells that hold a run that was still rising. */
  unfinishedInRank: number;
}

export interface Goal {
  about: string;
  /** The goal in words, such as `at least 0.9`. */
  wanted: string;
  /** Null if there was nothing to measure it on. */
  measured: number | null;
  verdict: 'met' | 'missed' | 'not tested here';
}

export interface Reliability {
  tier: string;
  benchmark: string;
  tasks: TaskReliability[];
  /** Means over the tasks and regimes that have one. */
  intraclass: number | null;
  seedCorrelation: number | null;
  goals: Goal[];
}

/** @param files at least one, all of one tier and version of the benchmark */
export function reliabilityOf(files: readonly RecordFile[]): Reliability {
  const { board } = assembleTier(files);
  const records = new Map(files.map(({ record }) => [record.id, record]));
  const regimes = regimeOrder.filter((regime) => board.rows.some((row) => row.regime === regime));
  const tasks = board.tasks.flatMap((task) =>
    regimes.map((regime) => taskReliability(board, task, regime, records)),
  );
  const shown = tasks.filter(({ unfinished }) => unfinished.of > 0);
  const meanOf = (value: (of: TaskReliability) => number | null | undefined) => {
    const known = shown.flatMap((of) => value(of) ?? []);
    return known.length > 0 ? mean(known) : null;
  };
  const overall = {
    intraclass: meanOf((of) => of.intraclass?.value),
    seedCorrelation: meanOf((of) => of.seedCorrelation),
  };
  const { tier, benchmark } = board;
  return { tier, benchmark, tasks: shown, ...overall, goals: goalsOf(shown, overall) };
}

function taskReliability(
  board: TierBoard,
  task: BoardTask,
  regime: Regime,
  records: ReadonlyMap<string, RunRecord>,
): TaskReliability {
  const index = board.tasks.indexOf(task);
  const cells = board.rows
    .filter((row) => row.regime === regime)
    .map((row) => row.cells[index]!)
    .filter(({ state }) => state !== 'missing');
  const repeated = cells.filter(({ seeds }) => seeds.length >= fewestSeeds);
  const values = (cell: Cell) =>
    cell.seeds.map(({ accuracy }) => chanceCorrected(accuracy, task.chance));
  const table = repeated.map(
    (cell) => new Map(cell.seeds.map(({ seed }, i) => [seed, values(cell)[i]!])),
  );
  const enough = repeated.length >= fewestModels;
  const ranked = repeated.filter(isRanked);
  const apart = (some: readonly Cell[]): Part => ({
    count: some.filter((cell) => rangeOf(values(cell)) > farApart).length,
    of: some.length,
  });
  const recordsOf = (cell: Cell) => cell.seeds.flatMap(({ id }) => records.get(id) ?? []);
  const all = cells.flatMap(recordsOf);
  const seeing = cells.filter((cell) => !isBlind(task, cell)).flatMap(recordsOf);
  const part = (runs: readonly RunRecord[], is: (record: RunRecord) => boolean): Part => ({
    count: runs.filter(is).length,
    of: runs.length,
  });
  return {
    task: task.name,
    kind: task.kind,
    regime,
    models: repeated.length,
    intraclass: (enough && intraclass(repeated.map(values))) || null,
    seedCorrelation: (enough && seedCorrelation(table, fewestModels)) || null,
    apart: apart(repeated),
    rankedApart: apart(ranked),
    unfinished: part(all, isUnfinished),
    untrained: part(seeing, isUntrained),
    failed: part(all, ({ status }) => status !== 'done'),
    unfinishedInRank: cells.filter((cell) => cell.rank && recordsOf(cell).some(isUnfinished))
      .length,
  };
}

/** Whether a certificate holds the model at chance at every distance. */
const isBlind = ({ distances }: BoardTask, { certifiedLimit }: Cell) =>
  certifiedLimit !== null && certifiedLimit < (distances[0] ?? 0);

/** Rise of the last look that was still too much, corrected for chance. */
const stillRising = 0.02;

/**
 * By the run's own rule; in benchmark 1.0, which had none, if the best look at the validation split is
 * the last one and above the one before it by more than 0.02, corrected for chance.
 */
export function isUnfinished({ result, curve, task }: RunRecord): boolean {
  if (result?.ending) return result.ending.outcome === 'unfinished';
  const looks = curve.flatMap(({ phase, validation }) =>
    phase === 'train' && validation !== undefined ? [validation] : [],
  );
  const [before, last] = [looks.at(-2), looks.at(-1)];
  if (before === undefined || last === undefined) return false;
  return last === Math.max(...looks) && (last - before) / (1 - task.chance) > stillRising;
}

/** By the run's own rule; in benchmark 1.0 if the interval of its test accuracy holds chance. */
export function isUntrained({ result, task }: RunRecord): boolean {
  if (!result) return false;
  if (result.ending) return result.ending.outcome === 'did not train';
  return result.test.interval[0] <= task.chance;
}

/** The goals of benchmark 2.0, for the board as it is published. */
function goalsOf(
  tasks: readonly TaskReliability[],
  overall: Pick<Reliability, 'intraclass' | 'seedCorrelation'>,
): Goal[] {
  const ofBoard = tasks.filter(({ regime }) =>
    (boardRegimes as readonly Regime[]).includes(regime),
  );
  const controlled = ofBoard.flatMap(({ kind, intraclass }) =>
    kind === 'controlled' && intraclass ? [intraclass.value] : [],
  );
  const apart = ofBoard.reduce((sum, { rankedApart }) => sum + rankedApart.count, 0);
  const cells = ofBoard.reduce((sum, { rankedApart }) => sum + rankedApart.of, 0);
  const unfinished = ofBoard.reduce((sum, { unfinishedInRank }) => sum + unfinishedInRank, 0);
  const atLeast = (about: string, least: number, measured: number | null): Goal => ({
    ...{ about, wanted: `at least ${least}`, measured },
    verdict: measured === null ? 'not tested here' : measured >= least ? 'met' : 'missed',
  });
  const atMost = (about: string, most: number, measured: number | null): Goal => ({
    ...{ about, wanted: most === 0 ? 'none' : `at most ${most}`, measured },
    verdict: measured === null ? 'not tested here' : measured <= most ? 'met' : 'missed',
  });
  return [
    atLeast(
      'intraclass correlation, least of the controlled tasks',
      0.9,
      controlled.length > 0 ? Math.min(...controlled) : null,
    ),
    atLeast('intraclass correlation, mean', 0.95, overall.intraclass),
    atLeast('rank correlation between seeds, mean', 0.9, overall.seedCorrelation),
    atMost(
      `share of ranked cells whose seeds are more than ${farApart} apart`,
      0.05,
      cells > 0 ? apart / cells : null,
    ),
    atMost('ranked cells with an unfinished run', 0, cells > 0 ? unfinished : null),
  ];
}
