/**
 * One row a task: every model by its chance-corrected accuracy, those of bounded reach filled, and a
 * bar from the best of these to the best of all. Standard tasks above, certified distances below.
 */
import * as Plot from '@observablehq/plot';
import { points } from '../words/format.ts';
import { fitted } from './measure.ts';
import { familyColour, familyStyle } from './palette.ts';
import type { Separated, Separation } from './separation.ts';
import { fontSize, renderSvg, type Alternative } from './svg.ts';

export interface SeparationChart extends Alternative {
  rows: readonly Separation[];
  /** Of the drawing, in CSS pixels at its natural size. */
  width: number;
}

const rowHeight = 46;
const headHeight = 28;
const marginLeft = 12;
const marginRight = 68;
const marginTop = 8;
const marginBottom = 40;
const ticks = [0, 0.25, 0.5, 0.75, 1];

export function separationChart(chart: SeparationChart): string {
  const { width, rows } = chart;
  const heads: { words: string; at: number }[] = [];
  const placed: (Separation & { at: number })[] = [];
  let at = 0;
  const parts = [
    { words: 'Standard tasks', rows: rows.filter(({ distance }) => distance === null) },
    {
      words: 'Farthest certified distance',
      rows: rows.filter(({ distance }) => distance !== null),
    },
  ];
  for (const part of parts.filter(({ rows }) => rows.length > 0)) {
    heads.push({ words: part.words, at: at + headHeight / 2 });
    at += headHeight;
    for (const row of part.rows) {
      placed.push({ ...row, at });
      at += rowHeight;
    }
  }
  const levels = rows.flatMap(({ models }) => models.map(({ level }) => level));
  return renderSvg(
    {
      width,
      height: marginTop + at + marginBottom,
      marginTop,
      marginBottom,
      marginLeft,
      marginRight,
      x: { domain: [Math.min(-0.02, ...levels), 1] },
      y: { domain: [at, 0], axis: null },
      marks: [
        Plot.gridX(ticks, { stroke: 'var(--rule)', strokeOpacity: 1 }),
        Plot.axisX(ticks, {
          tickSize: 0,
          text: (share: number) => (share === 0 ? 'chance' : String(Math.round(100 * share))),
          label: null,
        }),
        Plot.text(['chance-corrected accuracy, %'], {
          frameAnchor: 'bottom-left',
          dy: marginBottom - 4,
          textAnchor: 'start',
          lineAnchor: 'bottom',
        }),
        heads.map(({ words, at }, i) => [
          headText(words, at, width),
          i === 0
            ? Plot.text(['gap'], {
                frameAnchor: 'right',
                y: at,
                dx: marginRight - 4,
                textAnchor: 'end',
              })
            : null,
        ]),
        placed.map((row) => rowMarks(row, width)),
      ],
    },
    chart,
  );
}

function headText(words: string, at: number, width: number) {
  return Plot.text([fitted(words, width - marginRight, fontSize, true)], {
    frameAnchor: 'left',
    y: at,
    dx: 2 - marginLeft,
    textAnchor: 'start',
    fontWeight: 600,
    fill: 'var(--ink)',
  });
}

function rowMarks({ task, distance, models, gap, at }: Separation & { at: number }, width: number) {
  const title = distance === null ? task.title : `${task.title}, ${distance} tokens`;
  const line = at + 30;
  const best = models[0]!.level;
  const [filled, hollow] = [true, false].map((bounded) =>
    models.filter((model) => model.bounded === bounded),
  ) as [Separated[], Separated[]];
  return [
    Plot.text([fitted(title, width - marginRight, fontSize)], {
      frameAnchor: 'left',
      y: at + 10,
      dx: 2 - marginLeft,
      textAnchor: 'start',
    }),
    Plot.ruleY([line], {
      x1: filled[0]!.level,
      x2: best,
      stroke: 'currentColor',
      strokeWidth: 3,
      strokeOpacity: 0.3,
    }),
    hollow.toReversed().map((model) => dot(model, line, { fill: 'var(--paper)' })),
    filled.toReversed().map((model) => dot(model, line, { fill: familyColour(model.family) })),
    Plot.text([points(gap)], {
      frameAnchor: 'right',
      y: line,
      dx: marginRight - 4,
      textAnchor: 'end',
      fontVariant: 'tabular-nums',
      fontWeight: 600,
    }),
  ];
}

function dot({ level, family }: Separated, y: number, { fill }: { fill: string }) {
  return Plot.dot([{ level, y }], {
    x: 'level',
    y: 'y',
    r: 4.5,
    symbol: familyStyle(family).symbol,
    stroke: familyColour(family),
    strokeWidth: 1.5,
    fill,
  });
}
