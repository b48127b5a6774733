/**
 * Reach is not all: each model by what learning cost it and by its use at the farthest distance, with
 * the frontier of those that no other model beats on both, and the strongest shortcut as a line.
 */
import * as Plot from '@observablehq/plot';
import type { Leaders } from '../leaders/view.ts';
import { compact } from '../words/format.ts';
import { scale } from './axis.ts';
import { fitted, textWidth } from './measure.ts';
import { familyColour, familyStyle } from './palette.ts';
import { fontSize, renderSvg, type Alternative } from './svg.ts';

export interface ScatterPoint {
  label: string;
  family: string;
  /** Token-steps. */
  cost: number;
  /** Use at the farthest distance, 0 to 1. */
  far: number;
}

/** The finished models of which both are known, cost of all tasks, cheapest first. */
export function scatterPoints({ columns, sections }: Leaders): ScatterPoint[] {
  const [cost, far] = ['cost', 'far'].map((id) => columns.findIndex((column) => column.id === id));
  const finished = sections.find(({ name }) => name === 'finished')?.rows ?? [];
  return finished
    .flatMap(({ row: { label, family }, cells }): ScatterPoint[] => {
      const [x, y] = [cells[cost!]?.sort ?? null, cells[far!]?.sort ?? null];
      return x === null || y === null || cells[cost!]!.isPart
        ? []
        : [{ label, family, cost: x, far: y }];
    })
    .sort((a, b) => a.cost - b.cost || b.far - a.far);
}

/** Those that no cheaper one equals. @param points cheapest first */
export function frontier(points: readonly ScatterPoint[]): ScatterPoint[] {
  let best = -Infinity;
  return points.filter(({ far }) => far > best && ((best = far), true));
}

export interface ScatterChart extends Alternative {
  points: readonly ScatterPoint[];
  /** Of the strongest shortcuts; null where a task was not audited. */
  floor: number | null;
  width: number;
}

/** 1, 2 and 5 times powers of ten within the axis. */
function costTicks([low, high]: readonly [number, number]): number[] {
  const powers = Array.from({ length: 16 }, (_, power) => 10 ** power);
  return powers
    .flatMap((power) => [power, 2 * power, 5 * power])
    .filter((tick) => tick >= low && tick <= high);
}

const margin = { marginTop: 30, marginBottom: 40, marginLeft: 38, marginRight: 20 };

export function scatterChart(chart: ScatterChart): string {
  const { points, floor, width } = chart;
  const height = Math.round(width * 0.56) + 60;
  const costs = points.map(({ cost }) => cost);
  const domain: [number, number] = [Math.min(...costs) / 1.15, Math.max(...costs) * 1.15];
  const lowest = Math.min(0, ...points.map(({ far }) => far));
  const best = frontier(points);
  const x = scale(
    [Math.log(domain[0]), Math.log(domain[1])],
    [margin.marginLeft, width - margin.marginRight],
  );
  const named = best.map((point) => {
    const text = fitted(point.label, width / 3, fontSize, true);
    const isLate = x(Math.log(point.cost)) + textWidth(text, fontSize, true) + 12 > width;
    return Plot.text([text], {
      ...{ x: point.cost, y: point.far, dx: isLate ? -9 : 9, dy: -8 },
      textAnchor: isLate ? 'end' : 'start',
      fill: familyColour(point.family),
      fontWeight: 600,
    });
  });
  return renderSvg(
    {
      ...{ width, height, ...margin },
      x: { type: 'log', domain },
      y: { domain: [lowest, 1.06] },
      marks: [
        Plot.gridY([0, 0.25, 0.5, 0.75, 1], { stroke: 'var(--rule)', strokeOpacity: 1 }),
        Plot.axisY([0, 0.25, 0.5, 0.75, 1], {
          tickSize: 0,
          text: (share: number) => String(100 * share),
          label: null,
        }),
        Plot.axisX(costTicks(domain), {
          tickSize: 4,
          label: null,
          text: (cost: number) => compact(cost),
        }),
        Plot.text(['use at the farthest distance, %'], {
          ...{ frameAnchor: 'top-left', dx: 6 - margin.marginLeft, dy: 2 - margin.marginTop },
          ...{ textAnchor: 'start', lineAnchor: 'top' },
        }),
        Plot.text(['learning cost, token-steps (log scale)'], {
          ...{ frameAnchor: 'bottom-left', dy: margin.marginBottom - 4 },
          ...{ textAnchor: 'start', lineAnchor: 'bottom' },
        }),
        floor === null ? null : Plot.ruleY([floor], { stroke: 'var(--fail)', strokeWidth: 1.5 }),
        Plot.line(best, {
          ...{ x: 'cost', y: 'far', curve: 'step-after' },
          ...{ stroke: 'var(--ink-soft)', strokeDasharray: '3 3' },
        }),
        points.map(({ family, ...point }) =>
          Plot.dot([point], {
            ...{ x: 'cost', y: 'far', r: 5, symbol: familyStyle(family).symbol },
            ...{ fill: familyColour(family), title: () => point.label },
          }),
        ),
        named,
      ],
    },
    chart,
  );
}
