/**
 * Shares the cores of a machine out, from figures alone: how many runs at a time, and how many
 * threads each. `schedule.ts` measures the figures.
 */

export interface Sharing {
  /** Runs at a time. */
  jobs: number;
  /** Threads of each run. */
  threads: number;
}

/** A sharing whose speed was measured. */
export interface Timing extends Sharing {
  /** Milliseconds of a training step while `jobs` of them go on at a time. */
  milliseconds: number;
}

export interface Room {
  cores: number;
  /** Runs that remain to be done. */
  runs: number;
  /** Runs at a time for which there is memory. */
  fitting: number;
}

/** What the user has fixed; the rest is to be found. */
export type Fixed = Partial<Sharing>;

/** A sharing with more threads must be faster by this share: less is within the noise of a timing. */
const margin = 0.05;

/** The sharings worth a timing, from one thread each to all cores for one run. */
export function sharings({ cores, runs, fitting }: Room, fixed: Fixed = {}): Sharing[] {
  const counts = fixed.threads === undefined ? powersUpTo(cores) : [fixed.threads];
  const found = counts.map((threads): Sharing => {
    const most = Math.min(Math.floor(cores / threads), runs, fitting);
    return { jobs: fixed.jobs ?? Math.max(1, most), threads };
  });
  // If the requested jobs exceed the cores, give each one thread.
  const within = found.filter(({ jobs, threads }) => jobs * threads <= cores);
  return within.length > 0 ? within : found.slice(0, 1);
}

/** 1, 2, 4, ... and `most` itself. */
function powersUpTo(most: number): number[] {
  const powers: number[] = [];
  for (let power = 1; power < most; power *= 2) powers.push(power);
  return [...powers, most];
}

/** Milliseconds for a step of every remaining run: they go in rounds of `jobs`. */
export const timeOf = ({ jobs, milliseconds }: Timing, runs: number): number =>
  Math.ceil(runs / jobs) * milliseconds;

/** The sharing that is done first; of two that are about as fast the one with fewer threads. */
export function fastest(timings: readonly Timing[], runs: number): Timing {
  return timings
    .toSorted((a, b) => a.threads - b.threads)
    .reduce((best, next) => (timeOf(next, runs) < timeOf(best, runs) * (1 - margin) ? next : best));
}

/**
 * Whether threads that wait for work keep their core busy. Where runs share cores that takes the
 * time of others, which costs far more than it saves.
 */
export function spins({ jobs, threads }: Sharing, cores: number): boolean {
  return jobs === 1 && threads <= cores;
}

/** One line for people: what was chosen, and of which figures. */
export function describeChoice(
  chosen: Sharing,
  timings: readonly Timing[],
  { cores, runs, fitting }: Room,
): string {
  const plural = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`;
  const figures = timings.map(
    ({ jobs, threads, milliseconds }) =>
      `${jobs} x ${plural(threads, 'thread')} ${milliseconds.toFixed(0)} ms`,
  );
  const measured = figures.length > 0 ? ` (a step measured: ${figures.join(', ')})` : '';
  const memory = Number.isFinite(fitting) ? `, memory for ${fitting}` : '';
  return (
    `${plural(runs, 'run')} to do on ${plural(cores, 'core')}${memory}: ` +
    `${chosen.jobs} at a time, ${plural(chosen.threads, 'thread')} each${measured}`
  );
}
