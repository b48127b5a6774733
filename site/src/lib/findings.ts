/**
 * What the board shows, in words made from the records. A difference is only claimed where its
 * 95 % interval excludes zero.
 */
import type { BoardTask, Cell } from '../../../leaderboards/board.ts';
import type { Estimate } from '../../../leaderboards/metrics.ts';
import type { Regime } from '../../../leaderboards/schema.ts';
import { counted, listed, percent, points, reachText } from './format.ts';
import type { Entry } from './view.ts';

const trained: Record<Regime, string> = {
  scratch: 'Trained from scratch',
  'scratch-matched': 'Trained from scratch for the whole budget',
  spt: 'With self-pretraining',
};

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
    const lead = `${first.row.label} loses half of its accuracy by ${reachText(first.cell.reach, farthest)}\u00a0tokens`;
    clauses.push(listed([lead, ...rest]));
  }
  if (lost.length > 0) {
    clauses.push(`${labels(lost)} did not learn it even at ${task.distances[0]}`);
  }
  return `${trained[regime]}, ${clauses.join('; ')}.`;
}

/** Names in a sentence; many are counted instead. */
function names(labels: readonly string[]): string {
  return labels.length > 4 ? `${labels.length} models` : listed(labels);
}

/** Whether the certificate's bound is what was measured. */
export function limitFinding(task: BoardTask, { row, cell }: Entry): string {
  const limit = cell.certifiedLimit!;
  const beyond = task.distances.filter((distance) => distance > limit);
  const bound = `The read-out of ${row.label} depends on at most ${limit} tokens to either side.`;
  if (beyond.length === 0) return `${bound} No distance tested lies farther away.`;
  const chance = `${percent(task.chance)}\u00a0%`;
  if (!cell.limitHolds) {
    return `${bound} The certificate proves chance beyond that, ${chance}, but another accuracy was measured: the run or the certificate is wrong.`;
  }
  const measured = `${bound} Beyond that the certificate proves chance, and exactly chance was measured: ${chance} at ${listed(beyond.map(String))} tokens.`;
  const above = typeof cell.reach === 'number' && cell.reach > limit;
  if (!above) return measured;
  const inside = task.distances.findLast((distance) => distance <= limit);
  return `${measured} Its reach of ${Math.round(cell.reach as number)} is interpolated between ${inside} and ${beyond[0]}.`;
}

export type Verdict = 'up' | 'down' | 'none' | 'unknown';

/** What an estimated gain allows to be said. */
export function verdict({ interval }: Estimate): Verdict {
  if (!interval) return 'unknown';
  if (interval[0] > 0) return 'up';
  return interval[1] < 0 ? 'down' : 'none';
}

interface Subject {
  label: string;
  gain: Estimate;
}

/** Whether SPT extends reach, judged at the farthest distance against the same total budget. */
export function sptReachFinding(entries: readonly Entry[]): string {
  return judged(
    subjects(entries, (cell) => cell.gain?.far),
    {
      up: (who) => `self-pretraining lifts ${who} at the farthest distance`,
      down: (who) => `it lowers ${who}`,
      none: (who) => `for ${who} no difference there can be told`,
    },
  );
}

/** Whether SPT helps on a task as a whole. */
export function sptFinding(entries: readonly Entry[]): string {
  return judged(
    subjects(entries, (cell) => cell.gain?.overall),
    {
      up: (who) => `self-pretraining helps ${who}`,
      down: (who) => `it hurts ${who}`,
      none: (who) => `for ${who} no difference can be told`,
    },
  );
}

function subjects(entries: readonly Entry[], gain: (cell: Cell) => Estimate | null | undefined) {
  return entries.flatMap(({ row, cell }): Subject[] => {
    const estimate = gain(cell);
    return estimate ? [{ label: row.label, gain: estimate }] : [];
  });
}

function judged(
  all: readonly Subject[],
  say: Record<Exclude<Verdict, 'unknown'>, (who: string) => string>,
): string {
  if (all.length === 0) {
    return 'Whether self-pretraining helps is not known yet: no model was run both with it and from scratch for the same budget.';
  }
  const who = (wanted: Verdict) =>
    all.filter(({ gain }) => verdict(gain) === wanted).map(({ label }) => label);
  const clauses = (['up', 'down', 'none'] as const).flatMap((kind) => {
    const labels = who(kind);
    return labels.length > 0 ? [say[kind](names(labels))] : [];
  });
  const unknown = who('unknown');
  if (unknown.length > 0) clauses.push(`for ${names(unknown)} one seed is too few to tell`);
  const sentence = `At equal total budget, ${clauses.join('; ')}.`;
  // "it" needs something to refer to.
  return sentence.replace(/^(At equal total budget, )it /, '$1self-pretraining ');
}

/** A gain in points with its 95 % interval: "+4.1 (+2.0 to +6.2), 3 seeds". */
export function gainText({ mean, interval, seeds }: Estimate): string {
  if (!interval) return `${points(mean)} (one seed, no interval)`;
  const range = `${points(interval[0])} to ${points(interval[1])}`;
  return `${points(mean)} (${range}), ${counted(seeds, 'seed')}`;
}
