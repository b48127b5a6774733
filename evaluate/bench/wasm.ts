/**
 * `npm run bench -- wasm`: a training step of every model as a compiled graph beside the same step on
 * tfjs's own WebAssembly backend, the fastest that needs no native library. The two take turns, one
 * thread each. Every model is a process of its own, since that backend's memory only grows.
 */
import { findMixer, mixers } from '../../models/registry.ts';
import { formatTable } from '../../core/terminal/table.ts';
import { median, quantile } from '../../core/math.ts';
import type { StepShape } from '../training/stepper.ts';
import { runProbe } from './probing.ts';

export interface WasmProbe {
  shape: StepShape;
  /** Pairs of steps that the clock counts. */
  pairs: number;
}

/** Milliseconds of each step, in the order taken, and its loss. */
export interface WasmFigures {
  compiled: Taken[];
  wasm: Taken[];
}

interface Taken {
  milliseconds: number;
  loss: number;
}

export interface WasmReport {
  bench: 'wasm';
  date: string;
  shape: Omit<StepShape, 'model'>;
  models: ({ model: string } & (WasmFigures | { problem: string }))[];
}

/** @param models names; all when absent. @throws RangeError when there is no such model */
export async function benchWasm(
  { shape, pairs }: WasmProbe,
  models: readonly string[] | undefined,
  onModel: (name: string) => void = () => {},
): Promise<WasmReport> {
  const chosen = models ? models.map(findMixer) : mixers;
  const report: WasmReport = { bench: 'wasm', date: new Date().toISOString(), shape, models: [] };
  for (const { name: model } of chosen) {
    onModel(model);
    const probe: WasmProbe = { shape: { ...shape, model }, pairs };
    const found = await runProbe<WasmFigures>('wasm', probe).catch(
      (error: { stderr?: string; message: string }) => ({ problem: problemOf(error) }),
    );
    report.models.push({ model, ...found });
  }
  return report;
}

/** What the child complained of, in short. */
export function problemOf({ stderr = '', message }: { stderr?: string; message: string }): string {
  const kernel = /Kernel '(\w+)' not registered for backend 'wasm'/.exec(stderr)?.[1];
  if (kernel) return `the backend has no kernel ${kernel}`;
  return /^\w*Error: (.*)$/m.exec(stderr)?.[1] ?? message.split('\n')[0]!;
}

export function formatWasm({ shape, models }: WasmReport): string {
  const right = { align: 'right' } as const;
  const times = (taken: Taken[]) => taken.map(({ milliseconds }) => milliseconds);
  const rows = models.map((row) => {
    if ('problem' in row) return { model: row.model, problem: row.problem };
    const [mine, theirs] = [times(row.compiled), times(row.wasm)];
    const ratios = theirs.map((time, i) => time / mine[i]!);
    const [first, second] = [row.compiled, row.wasm].map((taken) => taken.map(({ loss }) => loss));
    const difference = Math.max(...first!.map((loss, i) => Math.abs(loss - second![i]!)));
    return { model: row.model, mine, theirs, ratios, difference };
  });
  type Row = (typeof rows)[number];
  const number = (value: number[] | undefined, digits: number) =>
    value ? median(value).toFixed(digits) : '–';
  const table = formatTable<Row>(
    [
      { title: 'model', cell: ({ model }) => model },
      { title: 'onnx-cpu, ms', cell: ({ mine }) => number(mine, 1), ...right },
      { title: 'tfjs wasm, ms', cell: ({ theirs }) => number(theirs, 0), ...right },
      { title: 'times as fast', cell: ({ ratios }) => number(ratios, 1), ...right },
      {
        title: 'middle half, or what is missing',
        cell: ({ ratios, problem }) =>
          ratios
            ? `${quantile(ratios, 0.25).toFixed(1)} to ${quantile(ratios, 0.75).toFixed(1)}`
            : problem,
      },
      {
        title: 'losses differ by',
        cell: ({ difference }) => difference?.toExponential(1) ?? '–',
        ...right,
      },
    ],
    rows,
  );
  const { layers, width, length, batch } = shape;
  const size = `${layers} layers, width ${width}, length ${length}, batch ${batch}, one thread`;
  return `Training steps: ${size}.\n\n${table}`;
}
