import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../../../leaderboards/board/build.ts';
import {
  distanceChart,
  type DistanceChart,
} from '../../../../../site/src/lib/charts/distanceChart.ts';
import { entriesOf, limitsOf, modelCurves } from '../../../../../site/src/lib/tables/view.ts';
import { asFiles, makeRecord, type Wanted } from '../../../../fixtures/records.ts';

function chartOf(...wanted: Wanted[]): DistanceChart {
  const tier = buildBoard(asFiles(wanted.map(makeRecord))).tiers[0]!;
  const entries = entriesOf(tier, tier.tasks[0]!);
  return {
    curves: modelCurves(entries),
    limits: limitsOf(entries, (labels, limit) => `limit of ${labels.join()}: ${limit}`),
    measure: 'accuracy above chance',
    width: 720,
    height: 400,
    labelWidth: 180,
    label: 'Accuracy against distance',
    description: 'A finding.',
  };
}

const sample = () =>
  chartOf(
    {},
    { model: 's4d', title: 'S4D', family: 'state space', half: 40 },
    { model: 'local', title: 'Local attention', family: 'local attention', reach: 32 },
  );

describe('the chart of accuracy against distance', () => {
  it('is drawn as it was', async () => {
    await expect(`${distanceChart(sample())}\n`).toMatchFileSnapshot('distanceChart.svg');
  });
  it('is the same every time', () => {
    expect(distanceChart(sample())).toBe(distanceChart(sample()));
  });
  it('is an image with a name and a description, and nothing named inside', () => {
    const svg = distanceChart(sample());
    expect(svg).toMatch(/^<svg role="img"/);
    expect(svg).toContain('aria-label="Accuracy against distance"');
    expect(svg).toContain('aria-description="A finding."');
    expect(svg.match(/aria-label=/g)).toHaveLength(1);
    expect(svg).not.toContain('<style');
  });
  it('draws chance, the certified limit at its distance, a label for each line', () => {
    const svg = distanceChart(sample());
    for (const text of ['>chance<', 'limit of Local attention: 32', '>Transformer<', '>S4D<']) {
      expect(svg).toContain(text);
    }
    const tick = /translate\(([\d.]+),[\d.]+\)" y="0.71em">32</.exec(svg)![1]!;
    expect(svg).toContain(`x2="${tick}" x1="${tick}"`);
  });
  it('draws each of several seeds, and the interval of a single one', () => {
    const thin = (svg: string) => svg.match(/stroke-opacity="0.35"/g)?.length ?? 0;
    const bands = (svg: string) => svg.match(/fill-opacity="0.12"/g)?.length ?? 0;
    const [one, three] = [chartOf({}), chartOf({}, { seed: 2 }, { seed: 3 })].map(distanceChart);
    expect([thin(one!), bands(one!)]).toEqual([0, 1]);
    expect(thin(three!)).toBe(3);
    expect(three).not.toMatch(/fill-opacity="0.12"[^>]*><path d="M/);
  });
  it('tells curves of one family apart by their marks', () => {
    const { curves } = chartOf({}, { model: 'other', title: 'Other' });
    expect(curves.map(({ hollow }) => hollow)).toEqual([false, true]);
  });
  it('escapes and bounds names', () => {
    const svg = distanceChart(chartOf({ title: '<script>alert(1)</script>'.padEnd(100, 'x') }));
    expect(svg).not.toContain('<script');
    expect(svg).toContain('&lt;script&gt;alert(1)&lt;/s');
  });
  it('holds one distance, and limits off the grid are not drawn', () => {
    const chart = chartOf({ reach: 2 });
    expect(chart.limits).toEqual([]);
    const one = {
      ...chart,
      curves: chart.curves.map((c) => ({ ...c, points: c.points.slice(0, 1) })),
    };
    expect(distanceChart(one)).not.toContain('NaN');
  });
});
