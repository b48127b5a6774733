/**
 * A small chart of lines, as SVG text without any library: for the many charts of runs and models,
 * and for those that are drawn in the browser, with the look of the large ones.
 */
import { escapeHtml } from '../words/html.ts';
import { scale, shareTicks, spaced } from './axis.ts';
import { dodge } from './dodge.ts';
import { fitted, textWidth } from './measure.ts';

export interface Line {
  /** At the end of the line. */
  label: string;
  /** CSS colour. */
  colour: string;
  dash?: string | undefined;
  points: readonly { x: number; y: number; low?: number; high?: number }[];
  /** Values of each seed at the points: thin lines, drawn in place of a band. */
  seeds?: readonly (readonly number[])[];
}

export interface LineChart {
  /** What the chart is, and what it shows, for those who do not see it. */
  label: string;
  description: string;
  lines: readonly Line[];
  /** Whether the horizontal axis is logarithmic. */
  log: boolean;
  xTicks: readonly number[];
  /** What the axes measure; y is in shares unless `yTicks` are given. */
  xTitle: string;
  yTitle: string;
  yTicks?: readonly number[];
  /** Level line with its text. */
  chance?: number;
  /** Upright line with its text. */
  limit?: { at: number; text: string };
  width: number;
  height: number;
}

const size = 12;
const left = 40;
const top = 24;
const bottom = 40;
const tickGap = 30;

export function lineChart(chart: LineChart): string {
  const { lines, width, height, chance, limit } = chart;
  const room = Math.min(220, width * 0.36);
  const labels = lines.map(({ label }) => fitted(label, room, size, true));
  const right = width - 12 - Math.max(0, ...labels.map((label) => textWidth(label, size, true)));
  const base = height - bottom;
  const yTicks =
    chart.yTicks ?? shareTicks(lines.flatMap(({ points }) => points.map(({ y }) => y)));
  const [lowest, highest] = [yTicks[0]!, yTicks.at(-1)!];
  const along = chart.log ? Math.log : (value: number) => value;
  const xs = [...lines.flatMap(({ points }) => points.map(({ x }) => x)), ...chart.xTicks];
  const placed = scale([along(Math.min(...xs)), along(Math.max(...xs))], [left, right]);
  const x = (value: number) => placed(along(value));
  const level = scale([lowest, highest], [base, top]);
  // What lies below the axis, as the end of an interval may, is drawn at its foot.
  const y = (value: number) => level(Math.max(lowest, value));
  const at = (point: { x: number; y: number }) => `${round(x(point.x))} ${round(y(point.y))}`;
  const tick = (value: number) => (chart.yTicks ? String(value) : String(Math.round(100 * value)));

  const parts = yTicks.map(
    (value) =>
      `<path d="M${left} ${round(y(value))}H${round(right)}" stroke="var(--rule)"/>` +
      text(tick(value), left - 6, y(value) + 4, 'end'),
  );
  for (const value of spaced(chart.xTicks, x, tickGap))
    parts.push(text(String(value), x(value), base + 16, 'middle'));
  parts.push(text(chart.yTitle, 2, 11, 'start'), text(chart.xTitle, left, height - 5, 'start'));
  if (chance !== undefined) {
    const level = round(y(chance));
    parts.push(
      `<path d="M${left} ${level}H${round(right)}" stroke="currentColor" stroke-dasharray="2 3"/>`,
      text(
        chance === 0 ? 'chance' : `chance ${round(100 * chance)}`,
        left + 4,
        y(chance) + (chance > 0.2 ? 14 : -5),
        'start',
      ),
    );
  }
  if (limit) {
    const place = round(x(limit.at));
    const late = x(limit.at) + 5 + textWidth(limit.text, size) > width;
    parts.push(
      `<path d="M${place} ${top - 6}V${base}" stroke="currentColor" stroke-width="1.5"/>`,
      text(limit.text, x(limit.at) + (late ? -5 : 5), top - 2, late ? 'end' : 'start'),
    );
  }
  for (const line of lines) parts.push(lineMarks(line, at, (point) => [x(point.x), y(point.y)], y));
  const ends = lines.map(({ points }) => y(points.at(-1)!.y));
  const ofLabels = dodge(ends, 15, [top, base]);
  lines.forEach(({ colour, points }, i) =>
    parts.push(
      `<g fill="${colour}" font-weight="600">${text(labels[i]!, x(points.at(-1)!.x) + 8, ofLabels[i]! + 4, 'start')}</g>`,
    ),
  );
  return `<svg role="img" class="plot" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-size="${size}" fill="currentColor" aria-label="${escapeHtml(chart.label)}" aria-description="${escapeHtml(chart.description)}">${parts.join('')}</svg>`;
}

type Point = Line['points'][number];

function lineMarks(
  { colour, dash, points, seeds = [] }: Line,
  at: (point: { x: number; y: number }) => string,
  place: (point: Point) => [number, number],
  y: (value: number) => number,
): string {
  const banded =
    seeds.length > 1
      ? []
      : points.filter(({ low, high }) => low !== undefined && high !== undefined);
  const thin = (seeds.length > 1 ? seeds : [])
    .map(
      (values) =>
        `<path d="M${points.map(({ x }, i) => at({ x, y: values[i]! })).join('L')}" fill="none" stroke="${colour}" stroke-opacity=".4"/>`,
    )
    .join('');
  const band =
    banded.length > 1
      ? `<path d="M${banded.map((p) => at({ x: p.x, y: p.high! })).join('L')}L${banded
          .toReversed()
          .map((p) => at({ x: p.x, y: p.low! }))
          .join('L')}z" fill="${colour}" fill-opacity=".12"/>`
      : banded
          .map((p) => {
            const [x] = place(p);
            return `<path d="M${round(x)} ${round(y(p.low!))}V${round(y(p.high!))}" stroke="${colour}"/>`;
          })
          .join('');
  const dots =
    points.length > 40
      ? ''
      : points
          .map((p) => {
            const [cx, cy] = place(p);
            return `<circle cx="${round(cx)}" cy="${round(cy)}" r="2.5"/>`;
          })
          .join('');
  const stroke = dash ? ` stroke-dasharray="${dash}"` : '';
  return `${band}${thin}<path d="M${points.map(at).join('L')}" fill="none" stroke="${colour}" stroke-width="2"${stroke}/><g fill="${colour}">${dots}</g>`;
}

function text(words: string, x: number, y: number, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escapeHtml(words)}</text>`;
}

const round = (value: number) => Math.round(value * 10) / 10;

/** Round numbers from 0 to at least `most`, about four of them. */
export function niceTicks(most: number): number[] {
  const rough = Math.max(most, 1e-9) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(6)));
}
