/**
 * Use, or accuracy above chance, against distance: a line for each curve, the chance line at 0, and
 * the certified limits as upright lines. Lines are labelled at their ends. Behind a mean of several seeds stand the seeds as
 * thin lines: over a few seeds of which some learn and some do not, an interval describes no run. A
 * single seed has its interval as a band.
 */
import * as Plot from '@observablehq/plot';
import type { CurvePoint } from '../words/measures.ts';
import { scale, shareTicks, spaced } from './axis.ts';
import { dodge } from './dodge.ts';
import { fitted, textWidth } from './measure.ts';
import { familyColour, familyStyle } from './palette.ts';
import { fontSize, renderSvg, type Alternative } from './svg.ts';

export interface Curve {
  /** Stands at the end of the line. */
  label: string;
  family: string;
  /** Dash pattern; solid if absent. */
  dash?: string | undefined;
  points: readonly CurvePoint[];
  /** Values of each seed at the same distances. */
  seeds: readonly (readonly number[])[];
  /** Whether the marks are empty, to tell curves of one family apart. */
  hollow: boolean;
}

export interface Limit {
  distance: number;
  label: string;
  family: string;
}

export interface DistanceChart extends Alternative {
  curves: readonly Curve[];
  limits: readonly Limit[];
  /** What the vertical axis measures. */
  measure: string;
  /** Of the drawing, in CSS pixels at its natural size. */
  width: number;
  height: number;
  /** Most room for the labels at the ends of lines. */
  labelWidth: number;
}

const marginLeft = 38;
const marginBottom = 40;
const labelGap = 15;
const lineOfText = 15;
const labelGapX = 9;
const tickGap = 28;

export function distanceChart(chart: DistanceChart): string {
  const { curves, limits, width, height } = chart;
  const labels = curves.map(({ label }) => fitted(label, chart.labelWidth, fontSize, true));
  const marginRight =
    labelGapX + 4 + Math.max(...labels.map((label) => textWidth(label, fontSize, true)));
  const grid = [...new Set(curves.flatMap(({ points }) => points.map((p) => p.distance)))].sort(
    (a, b) => a - b,
  );
  const nearest = grid[0]!;
  const farthest = grid.at(-1)!;
  const marginTop = 28 + limits.length * lineOfText;
  const x = scale([Math.log(nearest), Math.log(farthest)], [marginLeft, width - marginRight]);
  const ticks = shareTicks(
    curves.flatMap(({ points, seeds }) => [...points.map(({ value }) => value), ...seeds.flat()]),
  );
  const lowest = ticks[0]!;
  const y = scale([lowest, 1], [height - marginBottom, marginTop]);
  return renderSvg(
    {
      width,
      height,
      marginTop,
      marginRight,
      marginBottom,
      marginLeft,
      x: { type: 'log', domain: [nearest, farthest] },
      y: { domain: [lowest, 1] },
      marks: [
        Plot.gridY(ticks, { stroke: 'var(--rule)', strokeOpacity: 1 }),
        Plot.axisY(ticks, {
          tickSize: 0,
          text: (share: number) => String(100 * share),
          label: null,
        }),
        Plot.axisX(
          spaced(grid, (d) => x(Math.log(d)), tickGap),
          {
            tickSize: 4,
            text: (distance: number) => String(distance),
            label: null,
          },
        ),
        Plot.text([`${chart.measure}, %`], {
          frameAnchor: 'top-left',
          dx: 6 - marginLeft,
          dy: -marginTop + 2,
          textAnchor: 'start',
          lineAnchor: 'top',
        }),
        Plot.text(['distance of the evidence, tokens (log scale)'], {
          frameAnchor: 'bottom-left',
          dy: marginBottom - 4,
          textAnchor: 'start',
          lineAnchor: 'bottom',
        }),
        limits.map((limit, i) => limitMarks(limit, i, x(Math.log(limit.distance)), chart)),
        Plot.ruleY([0], { stroke: 'currentColor', strokeDasharray: '2 3' }),
        Plot.text(['chance'], { x: nearest, y: 0, dx: 4, dy: -9, textAnchor: 'start' }),
        curves.map((curve) => curveMarks(curve, lowest)),
        endLabels(curves, labels, y, [marginTop, height - marginBottom]),
      ],
    },
    chart,
  );
}

function limitMarks(limit: Limit, row: number, at: number, chart: DistanceChart): Plot.Markish[] {
  const stroke = familyColour(limit.family);
  const top = (chart.limits.length - row) * lineOfText;
  const label = fitted(limit.label, chart.width, fontSize);
  const start = labelStart(at, textWidth(label, fontSize), chart.width);
  return [
    Plot.ruleX([limit.distance], { stroke, strokeWidth: 1.5, insetTop: -1 - top }),
    Plot.text([label], {
      x: limit.distance,
      frameAnchor: 'top',
      dx: start - at,
      dy: 3 - top,
      textAnchor: 'start',
      lineAnchor: 'middle',
      fill: stroke,
    }),
  ];
}

/** Where a label begins: right of its line, else left of it, else as far left as there is room. */
function labelStart(at: number, length: number, width: number): number {
  if (at + 5 + length <= width) return at + 5;
  return Math.max(2, at - 5 - length);
}

function curveMarks(
  { family, dash, points, seeds, hollow }: Curve,
  lowest: number,
): Plot.Markish[] {
  const colour = familyColour(family);
  const at = { x: 'distance', y: 'value' };
  const banded = seeds.length > 1 ? [] : points.filter(({ interval }) => interval !== null);
  const several = seeds.length > 1 ? seeds : [];
  return [
    Plot.areaY(banded, {
      x: 'distance',
      y1: ({ interval }: CurvePoint) => Math.max(interval![0], lowest),
      y2: ({ interval }: CurvePoint) => interval![1],
      fill: colour,
      fillOpacity: 0.12,
    }),
    several.map((values) =>
      Plot.line(points, {
        x: 'distance',
        y: values,
        stroke: colour,
        strokeWidth: 1,
        strokeOpacity: 0.35,
      }),
    ),
    Plot.line(points, {
      ...at,
      stroke: colour,
      strokeWidth: 2,
      ...(dash ? { strokeDasharray: dash } : {}),
    }),
    Plot.dot(points, {
      ...at,
      fill: hollow ? 'var(--paper)' : colour,
      stroke: colour,
      r: 3,
      symbol: familyStyle(family).symbol,
    }),
  ];
}

function endLabels(
  curves: readonly Curve[],
  labels: readonly string[],
  y: (share: number) => number,
  frame: [number, number],
): Plot.Markish[] {
  const wanted = curves.map(({ points }) => y(points.at(-1)!.value));
  const placed = dodge(wanted, labelGap, frame);
  return curves.map(({ family, points }, i) => {
    const last = points.at(-1)!;
    return Plot.text([labels[i]!], {
      x: last.distance,
      y: last.value,
      dx: labelGapX,
      dy: placed[i]! - wanted[i]!,
      textAnchor: 'start',
      fill: familyColour(family),
      fontWeight: 600,
    });
  });
}
