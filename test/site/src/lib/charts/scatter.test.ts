import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../../../leaderboards/board/build.ts';
import type { Sources } from '../../../../../site/src/lib/leaders/columns.ts';
import { leadersOf } from '../../../../../site/src/lib/leaders/view.ts';
import {
  frontier,
  scatterChart,
  scatterPoints,
} from '../../../../../site/src/lib/charts/scatter.ts';
import { asFiles, makeRecord, type Wanted } from '../../../../fixtures/records.ts';

const sources: Sources = {
  floor: () => null,
  provenance: () => ({ ruleset: 'tuned', date: '2026-01-02', seconds: 90, peakBytes: 1e8 }),
  cost: () => null,
};
const three = (wanted: Wanted) =>
  [1, 2, 3].map((seed): Wanted => ({ benchmark: '2.0', seed, ...wanted }));
const tier = buildBoard(
  asFiles(
    [
      ...three({ title: 'Far', learnedAt: 400 }),
      ...three({ model: 's4d', title: 'Quick', half: 100, learnedAt: 100 }),
      ...three({ model: 's4', title: 'Beaten', half: 40, learnedAt: 300 }),
      ...three({ model: 'slow', title: 'Slow', outcome: 'unfinished', learnedAt: 50 }),
    ].map(makeRecord),
  ),
).tiers[0]!;

describe('reach and what it costs', () => {
  const points = scatterPoints(leadersOf(tier, 'scratch', null, sources));
  it('are of finished models, cheapest first', () => {
    expect(points.map(({ label }) => label)).toEqual(['Quick', 'Beaten', 'Far']);
    expect(points[0]!.cost).toBe(75 * 32 * 256);
  });
  it('have a frontier of those that none beats on both', () => {
    expect(frontier(points).map(({ label }) => label)).toEqual(['Quick', 'Far']);
  });
  it('are drawn with the names of the frontier and the floor', () => {
    const chart = { points, width: 720, label: 'a', description: 'b' };
    const svg = scatterChart({ ...chart, floor: 0.3 });
    expect(svg).toContain('>Quick<');
    expect(svg).not.toContain('fill="var(--state-space)">Beaten<');
    expect(svg).toContain('var(--fail)');
    expect(scatterChart({ ...chart, floor: null })).not.toContain('var(--fail)');
  });
});
