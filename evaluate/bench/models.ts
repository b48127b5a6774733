/**
 * `npm run bench -- models`: time and peak memory of a training step of every model at growing
 * lengths, at the lite tier's size, and how they grow beside the order that each model claims. Every
 * cell is a process of its own; its figures are kept as soon as it is done.
 */
import { findMixer, mixers } from '../../models/registry.ts';
import { formatTable, type Column } from '../../core/terminal/table.ts';
import type { ModelFigures, ModelProbe } from './probes/models.ts';
import { runProbe } from './probing.ts';
import { median } from '../../core/math.ts';

export interface ModelsOptions extends Omit<ModelProbe, 'model' | 'length'> {
  /** Names; all models, where their order allows it, when absent. */
  models?: string[] | undefined;
  lengths: number[];
}

/** A finished cell: its figures, or the reason for having none. */
export type Cell = ModelProbe & { cost: string } & (ModelFigures | { error: string });

/** A step of a model of order L² on longer sequences takes a minute and more: only when it is named. */
const longestSquare = 8192;

/** What is to be measured, model by model. @throws RangeError when there is no such model. */
export function plan({ models, lengths, ...rest }: ModelsOptions): ModelProbe[] {
  const chosen = models ? models.map(findMixer) : mixers;
  return chosen.flatMap(({ name, cost }) =>
    lengths
      .filter((length) => models !== undefined || cost !== 'L²' || length <= longestSquare)
      .map((length) => ({ model: name, length, ...rest })),
  );
}

/** Measures one cell after the other until all are done or `signal` says stop. */
export async function benchModels(
  probes: readonly ModelProbe[],
  onCell: (cell: Cell, done: number) => Promise<void>,
  signal?: AbortSignal,
): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const probe of probes) {
    if (signal?.aborted) break;
    const { cost } = findMixer(probe.model);
    const figures = await runProbe<ModelFigures>('models', probe, signal).catch(
      (error: Failure) => ({ error: reason(error) }),
    );
    if (signal?.aborted) break;
    const cell = { ...probe, cost, ...figures };
    cells.push(cell);
    await onCell(cell, cells.length);
  }
  return cells;
}

interface Failure {
  signal?: string | null;
  stderr?: string;
  message: string;
}

/** The line of a failed child's output that names the fault. */
function reason({ signal, stderr = '', message }: Failure): string {
  if (signal) return `ended by ${signal}; probably there was not enough memory`;
  return /^\w*Error.*$/m.exec(stderr)?.[0] ?? message.split('\n')[0]!;
}

/**
 * Exponent of L in a claimed order over a range of lengths, such as 2 for `L²` and 1.12 for
 * `L log L` from 256 to 4,096; factors that do not grow, as in `L·window`, do not count.
 */
export function claimedExponent(cost: string, lengths: readonly number[]): number {
  const orders: [RegExp, (length: number) => number][] = [
    [/^L²/, (length) => length ** 2],
    [/^L√L/, (length) => length ** 1.5],
    [/^L log L/, (length) => length * Math.log(length)],
    [/^L(·|$)/, (length) => length],
  ];
  const order = orders.find(([pattern]) => pattern.test(cost));
  if (!order) throw new RangeError(`cost '${cost}' is no order that is known here`);
  return fittedExponent(lengths.map((length) => [length, order[1](length)]));
}

/** Slope of log y over log x by least squares; NaN for less than two points. */
export function fittedExponent(points: [number, number][]): number {
  if (points.length < 2) return NaN;
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
  const [mx, my] = [mean(logs.map(([x]) => x)), mean(logs.map(([, y]) => y))];
  const over = logs.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0);
  return over / logs.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
}

/** Ratio of predicted memory, by which runs are refused, to measured memory. */
function predictions(measured: readonly Measured[]): string {
  const ratios = measured
    .map((cell) => cell.predictedMegabytes / (cell.peakMegabytes - cell.baseMegabytes))
    .sort((a, b) => a - b);
  const [low, high] = [ratios[0]!, ratios.at(-1)!].map((ratio) => ratio.toFixed(2));
  return `Memory that was predicted before the step: ${low} to ${high} times what it added, median ${median(ratios).toFixed(2)}.`;
}

type Measured = ModelProbe & { cost: string } & ModelFigures;
const isMeasured = (cell: Cell): cell is Measured => 'times' in cell;

/** The printed tables: times, then memory, then failures. */
export function formatModels(cells: readonly Cell[]): string {
  const measured = cells.filter(isMeasured);
  const lengths = [...new Set(cells.map(({ length }) => length))].sort((a, b) => a - b);
  const rows = [...new Set(cells.map(({ model }) => model))].map((model) => ({
    model,
    cells: measured.filter((cell) => cell.model === model),
    cost: cells.find((cell) => cell.model === model)!.cost,
  }));
  type Row = (typeof rows)[number];
  const right = { align: 'right' } as const;
  const whole = (value: number) => Math.round(value).toLocaleString('en');
  const exponent = (value: number) => (Number.isNaN(value) ? '' : value.toFixed(2));
  const table = (of: (cell: Measured) => number, growth: (cell: Measured) => number): string => {
    const points = (row: Row): [number, number][] =>
      row.cells.map((cell) => [cell.length, growth(cell)]);
    const claimed = (row: Row) =>
      claimedExponent(
        row.cost,
        row.cells.map(({ length }) => length),
      );
    const columns: Column<Row>[] = [
      { title: 'model', cell: ({ model }) => model },
      {
        title: 'parameters',
        cell: (row) => (row.cells[0] ? whole(row.cells[0].parameters) : ''),
        ...right,
      },
      ...lengths.map((length) => ({
        title: whole(length),
        cell: (row: Row) => {
          const cell = row.cells.find((one) => one.length === length);
          return cell ? whole(of(cell)) : '–';
        },
        ...right,
      })),
      { title: 'exponent', cell: (row) => exponent(fittedExponent(points(row))), ...right },
      {
        title: 'last two',
        cell: (row) => exponent(fittedExponent(points(row).slice(-2))),
        ...right,
      },
      { title: 'claimed', cell: (row) => exponent(claimed(row)), ...right },
      { title: 'order', cell: ({ cost }) => cost },
    ];
    return formatTable(columns, rows);
  };
  const time = ({ times }: Measured) => median(times);
  const peak = ({ peakMegabytes }: Measured) => peakMegabytes;
  const own = ({ peakMegabytes, baseMegabytes }: Measured) => peakMegabytes - baseMegabytes;
  const { batch, threads, engine, steps } = cells[0]!;
  const failures = cells.flatMap((cell) =>
    'error' in cell ? [`${cell.model} at ${whole(cell.length)} tokens: ${cell.error}`] : [],
  );
  return [
    `Training step at the lite tier's size, batch ${batch}, ${engine}, ` +
      `${threads} ${threads === 1 ? 'thread' : 'threads'}, median of ${steps} steps.`,
    'Milliseconds a step by length, the exponent of L that fits them, and the claimed one:',
    table(time, time),
    'Peak megabytes of the process by length; the exponent is that of what the step adds:',
    table(peak, own),
    ...(measured.length > 0 ? [predictions(measured)] : []),
    ...(failures.length > 0 ? [`Not measured:\n${failures.join('\n')}`] : []),
  ].join('\n\n');
}
