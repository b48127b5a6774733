/** Numbers and lists as a reader sees them. Accuracies come as shares and are shown in percent. */
import type { Interval } from '../../../../leaderboards/statistics/metrics.ts';
import type { Cell } from '../../../../leaderboards/board/schema.ts';

const minus = '\u2212';

/** 0.8731 -> "87.3". */
export function percent(share: number): string {
  return signed((100 * share).toFixed(1));
}

/** Percentage points with their sign: 0.0412 -> "+4.1". */
export function points(difference: number): string {
  const text = percent(difference);
  return text.startsWith(minus) || text === '0.0' ? text : `+${text}`;
}

/** Half the width of an interval of shares, in percent: "±1.2". */
export function plusMinus([low, high]: Interval): string {
  return `±${(50 * (high - low)).toFixed(1)}`;
}

export function fixed(value: number, digits = 2): string {
  return signed(value.toFixed(digits));
}

/** A true minus sign, and none before zero. */
function signed(text: string): string {
  return /^-0\.?0*$/.test(text) ? text.slice(1) : text.replace('-', minus);
}

/** 100352 -> "100 k". */
export function compact(count: number): string {
  if (count < 10_000) return String(count);
  if (count < 1_000_000) return `${Math.round(count / 1000)}\u202fk`;
  return `${(count / 1_000_000).toPrecision(3)}\u202fM`;
}

/** Tokens of reach: "33", "> 240" where the largest distance tested is not enough, null for none. */
export function reachText(reach: Cell['reach'], farthest: number): string | null {
  if (reach === null) return null;
  return reach === 'beyond' ? `>\u202f${farthest}` : String(Math.round(reach));
}

/** "A", "A and B", "A, B and C". */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** "1 seed", "3 seeds". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** "2 January 2026", in UTC. */
export function longDate(iso: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(
    new Date(iso),
  );
}

/** A place, or the places that a tie leaves open: "2", "1–3". */
export function rankText([best, worst]: [number, number]): string {
  return best === worst ? String(best) : `${best}–${worst}`;
}

/** Seconds as a reader likes them: "42 s", "3.5 min", "2.1 h". */
export function duration(seconds: number): string {
  if (seconds < 99.5) return `${Math.round(seconds)}\u00a0s`;
  if (seconds < 5400) return `${(seconds / 60).toFixed(1)}\u00a0min`;
  return `${(seconds / 3600).toFixed(1)}\u00a0h`;
}
