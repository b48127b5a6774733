/**
 * From standard tasks to certified distances: each model by its accuracy above chance on the one and
 * its use at the farthest distance of the other. A steep fall is a model that standard tasks flatter.
 */
import * as Plot from '@observablehq/plot';
import type { Regime } from '../../../../core/vocabulary.ts';
import type { TierBoard } from '../../../../leaderboards/board/schema.ts';
import { isRanked } from '../../../../leaderboards/board/standing.ts';
import { chanceCorrected } from '../../../../leaderboards/statistics/metrics.ts';
import { mean } from '../../../../core/math.ts';
import { scale } from './axis.ts';
import { dodge } from './dodge.ts';
import { fitted } from './measure.ts';
import { familyColour, familyStyle } from './palette.ts';
import { fontSize, renderSvg, type Alternative } from './svg.ts';

export interface SlopeRow {
  label: string;
  family: string;
  /** Mean over the standard tasks, corrected for chance. */
  standard: number;
  /** Mean use, or accuracy above chance, at the farthest distance of the controlled tasks. */
  far: number;
  /** Whether a certificate bounds its reach below the farthest distance of a task. */
  bounded: boolean;
}

/** The models that are ranked on every standard and every controlled task, best far away first. */
export function slopeRows({ tasks, rows }: TierBoard, regime: Regime): SlopeRow[] {
  return rows
    .filter((row) => row.regime === regime && row.standard.corrected && row.cells.every(isRanked))
    .map(({ label, family, standard, cells }) => {
      const controlled = cells.flatMap((cell, i) =>
        tasks[i]!.kind === 'controlled' ? [{ cell, task: tasks[i]! }] : [],
      );
      const far = controlled.map(({ cell, task }) =>
        chanceCorrected(cell.distances.at(-1)!.accuracy, task.chance),
      );
      const bounded = controlled.some(
        ({ cell, task }) =>
          cell.certifiedLimit !== null && cell.certifiedLimit < task.distances.at(-1)!,
      );
      return { ...{ label, family, bounded }, standard: standard.corrected!.mean, far: mean(far) };
    })
    .filter(({ far }) => !Number.isNaN(far))
    .sort((a, b) => b.far - a.far);
}

export interface SlopeChart extends Alternative {
  rows: readonly SlopeRow[];
  /** Means of what the strongest shortcuts score; null where a task was not audited. */
  floors: { standard: number | null; far: number | null };
  width: number;
}

const labelGap = 14;
const marginTop = 34;
const marginBottom = 12;
const gapX = 10;

export function slopeChart(chart: SlopeChart): string {
  const { rows, floors, width } = chart;
  const room = Math.min(170, width * 0.3);
  const height = marginTop + marginBottom + Math.max(260, rows.length * labelGap);
  const levels = [
    ...rows.flatMap(({ standard, far }) => [standard, far]),
    ...[floors.standard, floors.far].filter((floor) => floor !== null),
  ];
  const lowest = Math.min(0, ...levels);
  const highest = Math.min(1, Math.ceil(10 * Math.max(0.1, ...levels) + 0.5) / 10);
  const y = scale([lowest, highest], [height - marginBottom, marginTop]);
  const ends = ['standard', 'far'] as const;
  const labels = ends.flatMap((end, x) => {
    const wanted = rows.map((row) => y(row[end]));
    const placed = dodge(wanted, labelGap, [marginTop, height - marginBottom]);
    return rows.map(({ label, family, bounded, ...row }, i) =>
      Plot.text([`${fitted(label, room - 40, fontSize, bounded)} ${Math.round(100 * row[end])}`], {
        x,
        y: row[end],
        dx: x === 0 ? -gapX : gapX,
        dy: placed[i]! - wanted[i]!,
        textAnchor: x === 0 ? 'end' : 'start',
        fill: bounded ? 'var(--fail)' : familyColour(family),
        fontWeight: bounded ? 700 : 400,
      }),
    );
  });
  return renderSvg(
    {
      ...{ width, height, marginTop, marginBottom, marginLeft: room, marginRight: room },
      x: { type: 'linear', domain: [0, 1], axis: null },
      y: { domain: [lowest, highest], axis: null },
      marks: [
        Plot.ruleX([0, 1], { stroke: 'var(--rule)' }),
        Plot.text(['standard tasks', 'farthest certified distance'], {
          x: [0, 1],
          y: [highest, highest],
          dy: -22,
          textAnchor: 'middle',
          fontWeight: 600,
          fill: 'var(--ink)',
        }),
        ends.map((end, x) =>
          floors[end] === null
            ? null
            : Plot.link([floors[end]], {
                ...{ x1: x - 0.06, x2: x + 0.06, y1: (v: number) => v, y2: (v: number) => v },
                stroke: 'var(--fail)',
                strokeWidth: 3,
              }),
        ),
        rows.map(({ standard, far, family, bounded }) => {
          const stroke = bounded ? 'var(--fail)' : familyColour(family);
          const points = [
            { x: 0, y: standard },
            { x: 1, y: far },
          ];
          return [
            Plot.line(points, { x: 'x', y: 'y', stroke, strokeOpacity: 0.7, strokeWidth: 1.5 }),
            Plot.dot(points, {
              ...{ x: 'x', y: 'y', r: 3.5, fill: stroke, stroke },
              symbol: familyStyle(family).symbol,
            }),
          ];
        }),
        labels,
      ],
    },
    chart,
  );
}
