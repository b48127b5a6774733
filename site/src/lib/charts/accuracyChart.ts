/**
 * Accuracy on a standard task, regimes side by side: for each model a group of rows, one a regime,
 * each a dot with its interval.
 */
import type { Regime } from '../../../../core/vocabulary.ts';
import * as Plot from '@observablehq/plot';
import type { Interval } from '../../../../leaderboards/statistics/metrics.ts';
import { percent } from '../words/format.ts';
import { fitted } from './measure.ts';
import { familyColour, familyStyle, regimeDash } from './palette.ts';
import { fontSize, renderSvg, type Alternative } from './svg.ts';

export interface AccuracyGroup {
  label: string;
  family: string;
  results: readonly { regime: Regime; accuracy: number; interval: Interval | null }[];
}

export interface AccuracyChart extends Alternative {
  groups: readonly AccuracyGroup[];
  chance: number;
  /** Accuracy of the strongest shortcut, where it was audited. */
  floor?: number | null;
  width: number;
}

const rowHeight = 20;
const groupGap = 26;
const marginLeft = 116;
const marginRight = 46;
const marginTop = 24;
const marginBottom = 40;

export function accuracyChart(chart: AccuracyChart): string {
  const { groups, chance, floor = null, width } = chart;
  const rows: Placed[] = [];
  const heads: { label: string; family: string; at: number }[] = [];
  let at = 0;
  for (const { label, family, results } of groups) {
    heads.push({ label, family, at: at + groupGap / 2 });
    at += groupGap;
    for (const result of results) {
      rows.push({ ...result, family, at: at + rowHeight / 2 });
      at += rowHeight;
    }
  }
  const domain = accuracyDomain(rows, chance, floor ?? chance);
  const ticks = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1].filter(
    (share) => share >= domain[0] - 1e-9 && share <= domain[1] + 1e-9,
  );
  return renderSvg(
    {
      width,
      height: marginTop + at + marginBottom,
      marginTop,
      marginBottom,
      marginLeft,
      marginRight,
      x: { domain },
      y: { domain: [at, 0], axis: null },
      marks: [
        Plot.gridX(ticks, { stroke: 'var(--rule)', strokeOpacity: 1 }),
        Plot.axisX(ticks, {
          tickSize: 0,
          text: (share: number) => String(Math.round(100 * share)),
          label: null,
        }),
        Plot.text(['test accuracy, %'], {
          frameAnchor: 'bottom-left',
          dy: marginBottom - 4,
          textAnchor: 'start',
          lineAnchor: 'bottom',
        }),
        floor === null ? null : Plot.ruleX([floor], { stroke: 'var(--fail)', strokeWidth: 1.5 }),
        Plot.ruleX([chance], { stroke: 'currentColor', strokeDasharray: '2 3' }),
        Plot.text([`chance ${percent(chance)}`], {
          x: chance,
          frameAnchor: 'top',
          dy: -8,
          dx: 4,
          textAnchor: 'start',
        }),
        Plot.text(heads, {
          x: domain[0],
          y: 'at',
          dx: -marginLeft + 2,
          textAnchor: 'start',
          text: ({ label }: { label: string }) => fitted(label, width - 4, fontSize, true),
          fill: ({ family }: { family: string }) => familyColour(family),
          fontWeight: 600,
        }),
        Plot.text(rows, {
          x: domain[0],
          y: 'at',
          dx: -8,
          textAnchor: 'end',
          text: 'regime',
        }),
        rows.map(rowMarks),
      ],
    },
    chart,
  );
}

interface Placed {
  regime: Regime;
  accuracy: number;
  interval: Interval | null;
  family: string;
  at: number;
}

/** From chance, or what lies below it, to the next ten above the highest interval. */
function accuracyDomain(rows: readonly Placed[], chance: number, floor: number): [number, number] {
  const ends = rows.flatMap(({ accuracy, interval }) => interval ?? [accuracy]);
  const low = Math.min(chance, ...ends);
  const high = Math.max(chance, floor, ...ends);
  return [Math.floor(low * 10 + 1e-9) / 10, Math.min(1, Math.ceil(high * 10 + 0.2) / 10)];
}

function rowMarks(row: Placed): Plot.Markish[] {
  const colour = familyColour(row.family);
  const dash = regimeDash[row.regime];
  return [
    row.interval &&
      Plot.ruleY([row], {
        y: 'at',
        x1: row.interval[0],
        x2: row.interval[1],
        stroke: colour,
        strokeWidth: 2,
        ...(dash ? { strokeDasharray: dash } : {}),
      }),
    Plot.dot([row], {
      x: 'accuracy',
      y: 'at',
      r: 4,
      symbol: familyStyle(row.family).symbol,
      fill: row.regime === 'spt' ? colour : 'var(--paper)',
      stroke: colour,
      strokeWidth: 1.5,
    }),
    Plot.text([percent(row.accuracy)], {
      frameAnchor: 'right',
      y: row.at,
      dx: marginRight - 4,
      textAnchor: 'end',
      fontVariant: 'tabular-nums',
    }),
  ];
}
