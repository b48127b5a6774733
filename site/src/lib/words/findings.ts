/**
 * What the board shows, in words made from the records. A difference is only claimed where its
 * 95 % interval excludes zero.
 */
import type { Regime } from '../../../../core/vocabulary.ts';
import type {
  BoardTask,
  Cell,
  Difference,
  Estimate,
} from '../../../../leaderboards/board/schema.ts';
import { verdict, type Verdict } from '../../../../leaderboards/board/sptReach.ts';
import { counted, listed, percent, points, reachText } from './format.ts';
import type { Entry } from '../tables/view.ts';

const trained: Record<Regime, string> = {
  scratch: 'Trained from scratch',
  'scratch-matched': 'From scratch with the whole budget',
  spt: 'With self-pretraining',
  joint: 'Trained on labels and hidden tokens together',
  augmented: 'Trained with label-preserving changes',
};

/** How many models reach the farthest distance, in at most 15 words. */
export function reachHeadline(task: BoardTask, regime: Regime, entries: readonly Entry[]): string {
  const farthest = `${task.distances.at(-1)}\u00a0tokens`;
  const holding = entries.filter(({ cell }) => cell.reach === 'beyond').length;
  const of = entries.length === 1 ? 'the one model' : `${entries.length} models`;
  if (holding > 0)
    return `${trained[regime]}, ${holding} of ${of} still ${holding === 1 ? 'answers' : 'answer'} from ${farthest} away.`;
  const best = entries
    .filter(({ cell }) => typeof cell.reach === 'number')
    .toSorted((a, b) => Number(b.cell.reach) - Number(a.cell.reach))[0];
  return best
    ? `${trained[regime]}, nobody answers from ${farthest}; the best stops at ${reachText(best.cell.reach, 0)}.`
    : `${trained[regime]}, no model learned it even at ${task.distances[0]}\u00a0tokens.`;
}

/** Who reaches how far under one regime. */
export function reachFinding(task: BoardTask, regime: Regime, entries: readonly Entry[]): string {
  const farthest = task.distances.at(-1)!;
  const labels = (chosen: readonly Entry[]) => names(chosen.map(({ row }) => row.label));
  const holding = entries.filter(({ cell }) => cell.reach === 'beyond');
  const lost = entries.filter(({ cell }) => cell.learned === false);
  const falling = entries
    .filter(({ cell }) => typeof cell.reach === 'number')
    .sort((a, b) => Number(b.cell.reach) - Number(a.cell.reach));
  const clauses: string[] = [];
  if (holding.length > 0) {
    const verb = holding.length === 1 ? 'holds' : 'hold';
    clauses.push(`${labels(holding)} ${verb} to the farthest distance, ${farthest}\u00a0tokens`);
  }
  const [first, ...others] = falling.slice(0, 4);
  if (first) {
    const rest = others.map(
      ({ row, cell }) => `${row.label} by ${reachText(cell.reach, farthest)}`,
    );
    const lead = `${first.row.label} falls to half by ${reachText(first.cell.reach, farthest)}\u00a0tokens`;
    clauses.push(listed([lead, ...rest]));
    const unnamed = falling.length - 4;
    if (unnamed > 0) clauses.push(`${counted(unnamed, 'more model')} sooner`);
  }
  if (lost.length > 0) {
    clauses.push(`${labels(lost)} did not learn it even at ${task.distances[0]}`);
  }
  return `${trained[regime]}, ${clauses.join('; ')}.`;
}

/** Names in a sentence; more than `limit` are counted instead. */
export function names(labels: readonly string[], limit = 4): string {
  return labels.length > limit ? `${labels.length} models` : listed(labels);
}

/** Whether the certificate's bound is what was measured, for models bound by the same limit. */
export function limitFinding(task: BoardTask, limit: number, bound: readonly Entry[]): string {
  const labels = (entries: readonly Entry[]) => names(entries.map(({ row }) => row.label));
  const beyond = task.distances.filter((distance) => distance > limit);
  const proof = `The read-out of ${labels(bound)} depends on at most ${limit} tokens to either side.`;
  if (beyond.length === 0) return `${proof} No distance tested lies farther away.`;
  const chance = `${percent(task.chance)}\u00a0%`;
  const broken = bound.filter(({ cell }) => !cell.limitHolds);
  if (broken.length > 0) {
    return `${proof} The certificate proves chance beyond that, ${chance}, but another accuracy was measured with ${labels(broken)}: the run or the certificate is wrong.`;
  }
  return `${proof} Beyond that the certificate proves chance, and exactly chance was measured: ${chance} at ${listed(beyond.map(String))} tokens.`;
}

interface Subject {
  label: string;
  gain: Estimate;
}

/** Whether SPT extends reach, judged at the farthest distance against the same total budget. */
export function sptReachFinding(entries: readonly Entry[]): string {
  const far = subjects(entries, (cell) => cell.gain?.far);
  return judged('At the farthest distance and equal total budget', far);
}

/** Whether SPT helps on a task as a whole. */
export function sptFinding(entries: readonly Entry[]): string {
  return judged(
    'At equal total budget',
    subjects(entries, (cell) => cell.gain?.overall),
  );
}

function subjects(entries: readonly Entry[], gain: (cell: Cell) => Estimate | null | undefined) {
  return entries.flatMap(({ row, cell }): Subject[] => {
    const estimate = cell.gain?.ranked ? gain(cell) : null;
    return estimate ? [{ label: row.label, gain: estimate }] : [];
  });
}

function judged(where: string, all: readonly Subject[]): string {
  if (all.length === 0) {
    return 'Whether self-pretraining helps is not known yet: no model was run both with it and from scratch for the same budget.';
  }
  const say: Record<Verdict, (who: string) => string> = {
    up: (who) => `self-pretraining helps ${who}`,
    down: (who) => `self-pretraining hurts ${who}`,
    none: (who) => `no difference can be told for ${who}`,
    unknown: (who) => `one seed is too few to tell for ${who}`,
  };
  const clauses = (['up', 'down', 'none', 'unknown'] as const).flatMap((kind) => {
    const labels = all.filter(({ gain }) => verdict(gain) === kind).map(({ label }) => label);
    return labels.length > 0 ? [say[kind](names(labels))] : [];
  });
  return `${where}, ${clauses.join('; ')}.`;
}

/** A gain in points with its 95 % interval and the effect that it could have seen. */
export function gainText({ mean, interval, seeds, couldSee }: Difference): string {
  if (!interval) return `${points(mean)} (one seed, no interval)`;
  const range = `${points(interval[0])} to ${points(interval[1])}`;
  return `${points(mean)} (${range}), ${counted(seeds, 'seed')}, could have seen ${percent(couldSee!)}`;
}
