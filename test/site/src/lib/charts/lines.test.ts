import { describe, expect, it } from 'vitest';
import { lineChart, niceTicks, type LineChart } from '../../../../../site/src/lib/charts/lines.ts';

const sample: LineChart = {
  label: 'Accuracy against distance',
  description: 'A <finding>.',
  lines: [
    {
      label: 'scratch <b>',
      colour: 'var(--attention)',
      dash: '1 4',
      points: [
        { x: 4, y: 0.95, low: 0.9, high: 1 },
        { x: 16, y: 0.9, low: 0.85, high: 0.95 },
        { x: 64, y: 0.125, low: 0.125, high: 0.125 },
      ],
    },
    {
      label: 'spt',
      colour: 'var(--attention)',
      points: [
        { x: 4, y: 0.5 },
        { x: 64, y: 0.5 },
      ],
    },
  ],
  log: true,
  xTicks: [4, 16, 64],
  xTitle: 'distance, tokens',
  yTitle: 'accuracy, %',
  chance: 0.125,
  limit: { at: 32, text: 'certified limit 32' },
  width: 340,
  height: 250,
};

describe('a small chart of lines', () => {
  it('is drawn as it was', async () => {
    await expect(`${lineChart(sample)}\n`).toMatchFileSnapshot('lines.svg');
  });
  it('is an image with a name and a description, and runs nothing', () => {
    const svg = lineChart(sample);
    expect(svg).toMatch(/^<svg role="img"/);
    expect(svg).toContain('aria-description="A &lt;finding&gt;."');
    expect(svg).not.toContain('<b>');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });
  it('holds one point, and one value', () => {
    const line = { label: 'a', colour: 'red', points: [{ x: 5, y: 0 }] };
    const svg = lineChart({ ...sample, lines: [line], xTicks: [5], yTicks: [0], log: false });
    expect(svg).not.toMatch(/NaN|Infinity/);
  });
});

describe('round ticks', () => {
  it.each([
    [1.3, [0, 0.5, 1, 1.5]],
    [600, [0, 200, 400, 600]],
    [0.07, [0, 0.02, 0.04, 0.06, 0.08]],
  ])('reach %d', (most, ticks) => {
    expect(niceTicks(most)).toEqual(ticks);
  });
});
