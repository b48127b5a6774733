/**
 * Strips: drawings of one row of a table, stretched to the width of their cell. Marks keep their
 * width and dots stay round at any stretch. Decoration: the numbers stand beside them in words.
 */
import type { Interval } from '../../../../leaderboards/statistics/metrics.ts';

const height = 16;
const keep = 'vector-effect="non-scaling-stroke"';

/** A distance on the logarithmic axis from the smallest to the largest one, 0 to 100. */
export function place(tokens: number, distances: readonly number[]): number {
  const [near, far] = [distances[0]!, distances.at(-1)!];
  const share = far > near ? Math.log(tokens / near) / Math.log(far / near) : 1;
  return 100 * Math.min(1, Math.max(0, share));
}

export interface ReachStrip {
  colour: string;
  distances: readonly number[];
  /** At each distance, 0 to 1; the depth of the colour. */
  use: readonly number[];
  /** In tokens; a dot for each seed that solved the smallest distance. */
  seeds: readonly number[];
  interval: Interval | null;
  /** Certified: nothing beyond can be used. */
  limit: number | null;
}

/** From the smallest to the largest distance: use as depth of colour, seeds as dots, the limit as a bar. */
export function reachStrip({ colour, distances, use, seeds, interval, limit }: ReachStrip): string {
  const at = distances.map((distance) => place(distance, distances));
  const edges = at.slice(1).map((x, i) => (x + at[i]!) / 2);
  const parts = [rect(0, 100, 3, 8, 'var(--bar)', 1)];
  use.forEach((value, i) => {
    const [from, to] = [edges[i - 1] ?? 0, edges[i] ?? 100];
    if (value > 0.01) parts.push(rect(from, to, 3, 8, colour, Math.min(1, value)));
  });
  if (interval) parts.push(line(place(interval[0], distances), place(interval[1], distances), 13));
  for (const reach of seeds) parts.push(dot(place(reach, distances), 13, 'var(--ink)', 5));
  if (limit !== null && limit < distances.at(-1)!)
    parts.push(upright(place(limit, distances), 0, 'var(--fail)'));
  return strip(parts);
}

export interface LevelStrip {
  colour: string;
  value: number;
  interval: Interval | null;
  /** Drawn in place of an interval, where the seeds tell different stories. */
  seeds?: readonly number[];
  /** What the strongest shortcut scores. */
  floor: number | null;
}

/** A share from 0 to 1 as a bar, with its interval and the floor of shortcuts as a tick. */
export function levelStrip({ colour, value, interval, seeds = [], floor }: LevelStrip): string {
  const x = (share: number) => 100 * Math.min(1, Math.max(0, share));
  const parts = [rect(0, 100, 4, 8, 'var(--bar)', 1), rect(0, x(value), 4, 8, colour, 0.7)];
  if (interval && seeds.length === 0) parts.push(line(x(interval[0]), x(interval[1]), 8));
  for (const seed of seeds) parts.push(dot(x(seed), 8, 'var(--ink)', 5));
  if (floor !== null) parts.push(upright(x(floor), 1, 'var(--fail)'));
  return strip(parts);
}

export interface Effect {
  mean: number;
  interval: Interval | null;
}

/** Two effects round zero, near as an open and far as a filled dot, on an axis of ± `span`. */
export function gainStrip(near: Effect | null, far: Effect, span: number, colour: string): string {
  const x = (value: number) => 50 + 50 * Math.min(1, Math.max(-1, value / span));
  const parts = [upright(50, 0, 'var(--rule)')];
  const effect = ({ mean, interval }: Effect, y: number, isOpen: boolean) => {
    if (interval) parts.push(line(x(interval[0]), x(interval[1]), y, colour));
    parts.push(dot(x(mean), y, colour, 8));
    if (isOpen) parts.push(dot(x(mean), y, 'var(--paper)', 4.5));
  };
  if (near) effect(near, 4, true);
  effect(far, near ? 12 : 8, false);
  return strip(parts);
}

/** An upright bar for each task: the share of its tested range that is reached; null if none is. */
export function rangeStrip(shares: readonly (number | null)[], colour: string): string {
  const step = 100 / shares.length;
  const parts = shares.map((share, i) => {
    const [from, to] = [i * step + step * 0.1, (i + 1) * step - step * 0.1];
    if (share === null) return rect(from, to, height - 1.5, 1.5, 'var(--ink-soft)', 0.6);
    return (
      rect(from, to, 0, height, 'var(--bar)', 1) +
      rect(from, to, height * (1 - share), height * share, colour, 0.85)
    );
  });
  return strip(parts);
}

function strip(parts: readonly string[]): string {
  return `<svg class="strip" viewBox="0 0 100 ${height}" preserveAspectRatio="none" aria-hidden="true">${parts.join('')}</svg>`;
}

function rect(from: number, to: number, y: number, tall: number, fill: string, opacity: number) {
  return `<path d="M${round(from)} ${round(y)}H${round(to)}v${round(tall)}H${round(from)}z" fill="${fill}"${opacity < 1 ? ` fill-opacity="${round(opacity)}"` : ''}/>`;
}

function line(from: number, to: number, y: number, colour = 'var(--ink)'): string {
  return `<path d="M${round(from)} ${y}H${round(to)}" stroke="${colour}" stroke-width="1.5" ${keep}/>`;
}

function upright(x: number, from: number, colour: string): string {
  return `<path d="M${round(x)} ${from}V${height - from}" stroke="${colour}" stroke-width="2" ${keep}/>`;
}

function dot(x: number, y: number, colour: string, size: number): string {
  return `<path d="M${round(x)} ${y}h.01" stroke="${colour}" stroke-width="${size}" stroke-linecap="round" ${keep}/>`;
}

const round = (value: number) => Math.round(value * 100) / 100;
