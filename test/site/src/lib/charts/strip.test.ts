import { describe, expect, it } from 'vitest';
import {
  gainStrip,
  levelStrip,
  place,
  rangeStrip,
  reachStrip,
} from '../../../../../site/src/lib/charts/strip.ts';

const distances = [4, 16, 64];
const count = (svg: string, part: string) => svg.split(part).length - 1;

describe('strips', () => {
  it('place distances by their logarithm, within the range', () => {
    expect(distances.map((distance) => place(distance, distances))).toEqual([0, 50, 100]);
    expect(place(1000, distances)).toBe(100);
    expect(place(4, [4])).toBe(100);
  });
  it('draw reach with a dot for each seed, and the proved limit only within the range', () => {
    const common = { colour: 'red', distances, use: [1, 0.5, 0], interval: null } as const;
    const bound = reachStrip({ ...common, seeds: [8, 16], limit: 32 });
    expect(count(bound, 'stroke-linecap="round"')).toBe(2);
    expect(count(bound, 'var(--fail)')).toBe(1);
    // The third distance is not used at all.
    expect(count(bound, 'fill="red"')).toBe(2);
    expect(reachStrip({ ...common, seeds: [], limit: 64 })).not.toContain('var(--fail)');
  });
  it('draw seeds in place of an interval where they are given', () => {
    const level = {
      colour: 'red',
      value: 0.5,
      interval: [0.1, 0.9] as [number, number],
      floor: 0.2,
    };
    expect(count(levelStrip(level), 'stroke="var(--ink)"')).toBe(1);
    expect(levelStrip(level)).toContain('M10 8H90');
    const seeds = levelStrip({ ...level, seeds: [0.1, 0.9] });
    expect(seeds).not.toContain('M10 8H90');
    expect(count(seeds, 'stroke-linecap="round"')).toBe(2);
    expect(count(seeds, 'var(--fail)')).toBe(1);
  });
  it('draw gains round zero, and hold them within the axis', () => {
    const far = { mean: 3, interval: [-3, 3] as [number, number] };
    expect(gainStrip(null, far, 1, 'red')).toContain('M0 8H100');
    expect(count(gainStrip({ mean: 0, interval: null }, far, 1, 'red'), 'var(--paper)')).toBe(1);
  });
  it('draw a bar for each task, and a line at the foot for what was not solved', () => {
    expect(count(rangeStrip([1, null], 'red'), 'fill="red"')).toBe(1);
    expect(rangeStrip([1, null], 'red')).toContain('var(--ink-soft)');
  });
});
