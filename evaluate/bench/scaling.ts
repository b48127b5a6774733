/**
 * `npm run bench -- scaling`: how a training step of some models grows with the length, from 256 to
 * 16,384 tokens: the cells of `models.ts`, read along the length.
 */
import { formatTable, type Column } from '../../core/terminal/table.ts';
import { fittedExponent, type Cell } from './models.ts';
import { median } from '../../core/math.ts';

/** Attention to all and to near tokens, two state spaces, and a convolution as long as the input. */
export const scalingModels = ['transformer', 'local', 's4d', 'mamba2', 'long-conv'];

/** 256, 512, ... 16,384. */
export const scalingLengths = Array.from({ length: 7 }, (_, i) => 256 * 2 ** i);

export type ScalingPoint =
  | {
      length: number;
      /** Median of a step. */
      milliseconds: number;
      tokensPerSecond: number;
      /** Largest resident set of the process. */
      peakMegabytes: number;
    }
  | { length: number; problem: string };

type Measured = Extract<ScalingPoint, { milliseconds: number }>;

export interface ScalingModel {
  model: string;
  /** The order that the model claims. */
  cost: string;
  /** Exponent of L between the first and the last length that was measured; absent for less than two. */
  exponent?: number;
  points: ScalingPoint[];
}

export interface ScalingReport {
  bench: 'scaling';
  date: string;
  engine: string;
  threads: number;
  batch: number;
  steps: number;
  models: ScalingModel[];
}

const isMeasured = (point: ScalingPoint): point is Measured => 'milliseconds' in point;

/** @param cells at least one, all of the same settings */
export function scalingReport(cells: readonly Cell[]): ScalingReport {
  const { engine, threads, batch, steps } = cells[0]!;
  const names = [...new Set(cells.map(({ model }) => model))];
  const models = names.map((model): ScalingModel => {
    const own = cells
      .filter((cell) => cell.model === model)
      .toSorted((a, b) => a.length - b.length);
    const points = own.map(pointOf);
    const measured = points.filter(isMeasured);
    const ends = [measured[0], measured.at(-1)].flatMap((point): [number, number][] =>
      point ? [[point.length, point.milliseconds]] : [],
    );
    return {
      model,
      cost: own[0]!.cost,
      ...(measured.length > 1 && { exponent: fittedExponent(ends) }),
      points,
    };
  });
  const date = new Date().toISOString();
  return { bench: 'scaling', date, engine, threads, batch, steps, models };
}

function pointOf(cell: Cell): ScalingPoint {
  const { length, batch } = cell;
  if ('error' in cell) return { length, problem: cell.error };
  const milliseconds = median(cell.times);
  const tokensPerSecond = (batch * length) / (milliseconds / 1000);
  return { length, milliseconds, tokensPerSecond, peakMegabytes: cell.peakMegabytes };
}

/** Three tables for people (times, speeds, memory), and why cells are empty. */
export function formatScaling(report: ScalingReport): string {
  const { engine, threads, batch, steps, models } = report;
  const points = models.flatMap(({ points }) => points);
  const lengths = [...new Set(points.map(({ length }) => length))].sort((a, b) => a - b);
  const whole = (value: number) => Math.round(value).toLocaleString('en');
  const right = { align: 'right' } as const;
  const table = (of: (point: Measured) => number, more: Column<ScalingModel>[] = []) =>
    formatTable<ScalingModel>(
      [
        { title: 'model', cell: ({ model }) => model },
        ...lengths.map((length) => ({
          title: whole(length),
          cell: ({ points }: ScalingModel) => {
            const point = points.find((one) => one.length === length);
            return point && isMeasured(point) ? whole(of(point)) : '–';
          },
          ...right,
        })),
        ...more,
      ],
      models,
    );
  const problems = models.flatMap(({ model, points }) =>
    points.flatMap((point) =>
      isMeasured(point) ? [] : [`${model} at ${whole(point.length)} tokens: ${point.problem}`],
    ),
  );
  return [
    `Training step at the lite tier's size, batch ${batch}, ${engine}, ` +
      `${threads} ${threads === 1 ? 'thread' : 'threads'}, median of ${steps} steps.`,
    'Milliseconds a step by length, and the exponent of L between the first and the last:',
    table(
      ({ milliseconds }) => milliseconds,
      [
        { title: 'exponent', cell: ({ exponent }) => exponent?.toFixed(2) ?? '', ...right },
        { title: 'order', cell: ({ cost }) => cost },
      ],
    ),
    'Tokens a second:',
    table(({ tokensPerSecond }) => tokensPerSecond),
    'Peak megabytes of the process:',
    table(({ peakMegabytes }) => peakMegabytes),
    ...(problems.length > 0 ? [`Not measured:\n${problems.join('\n')}`] : []),
  ].join('\n\n');
}
