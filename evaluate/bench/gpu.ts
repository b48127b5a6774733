/**
 * `npm run bench -- gpu`: training steps of several models, lengths and widths on a GPU, beside
 * PyTorch eager and compiled on the same one, in turn. Every row is a process of its own.
 */
import { fork } from 'node:child_process';
import { median } from '../../core/math.ts';
import { probeScript } from './probing.ts';
import type { StepShape } from '../training/stepper.ts';

/** A row for its process. */
export interface GpuProbe {
  shape: StepShape;
  engine: string;
  torch: 'cpu' | 'cuda';
  /** Steps of each that the clock counts. */
  steps: number;
}

/** Programs that take steps. */
export const takers = ['engine', 'eager', 'compiled'] as const;
export type Taker = (typeof takers)[number];

/** Messages of a probe: program and device, milliseconds per step, or the reason for none. */
export type GpuMessage =
  | { taker: Taker; device: string; parameters?: number; version?: string }
  | { taker: Taker; milliseconds: number }
  | { taker: Taker; problem: string };

export interface GpuOptions extends Omit<GpuProbe, 'shape'> {
  models: string[];
  lengths: number[];
  widths: number[];
  batch: number;
  layers: number;
}

/** Step times of one program, in order, or the reason why it stopped. */
export interface Taken {
  device?: string;
  version?: string;
  times: number[];
  problem?: string;
}

export type GpuRow = { shape: StepShape; parameters?: number } & Record<Taker, Taken>;

export interface GpuReport {
  bench: 'gpu';
  date: string;
  engine: string;
  rows: GpuRow[];
}

/** Channels of a head of attention. */
const headWidth = 32;

/** The rows, model by model. */
export function shapesOf({ models, lengths, widths, batch, layers }: GpuOptions): StepShape[] {
  return models.flatMap((model) =>
    widths.flatMap((width) =>
      lengths.map((length) => ({
        model,
        layers,
        width,
        length,
        batch,
        heads: Math.max(1, Math.floor(width / headWidth)),
        hidden: 4 * width,
        vocabulary: 32,
        classes: 10,
      })),
    ),
  );
}

export async function benchGpu(
  options: GpuOptions,
  onRow: (row: GpuRow, done: number, count: number) => void = () => {},
): Promise<GpuReport> {
  const { engine, torch, steps } = options;
  const shapes = shapesOf(options);
  const rows: GpuRow[] = [];
  for (const shape of shapes) {
    rows.push(await measureRow({ shape, engine, torch, steps }));
    onRow(rows.at(-1)!, rows.length, shapes.length);
  }
  return { bench: 'gpu', date: new Date().toISOString(), engine, rows };
}

function measureRow(probe: GpuProbe): Promise<GpuRow> {
  const empty = (): Taken => ({ times: [] });
  const row: GpuRow = {
    shape: probe.shape,
    engine: empty(),
    eager: empty(),
    compiled: empty(),
  };
  return new Promise((resolve, reject) => {
    const child = fork(probeScript, ['gpu', JSON.stringify(probe)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let complaint = '';
    child.stderr!.on('data', (text: Buffer) => (complaint += text.toString()));
    child.on('message', (message: GpuMessage) => take(row, message));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      // A native library that fails takes the process with it, and every taker's turn.
      const lines = complaint.trim().split('\n');
      const why = signal ? `ended by ${signal}` : `ended with code ${code}: ${lines.at(-1)}`;
      if (code !== 0) for (const taker of takers) row[taker].problem ??= why;
      resolve(row);
    });
  });
}

/** Adds a probe's message to its row. */
export function take(row: GpuRow, message: GpuMessage): void {
  const taken = row[message.taker];
  if ('milliseconds' in message) taken.times.push(message.milliseconds);
  else if ('problem' in message) taken.problem = message.problem;
  else {
    taken.device = message.device;
    if (message.version !== undefined) taken.version = message.version;
    if (message.parameters !== undefined) row.parameters = message.parameters;
  }
}

/** The report as a Markdown table, with what did not run below it. */
export function formatGpu({ engine, rows }: GpuReport): string {
  const whole = (value: number) => Math.round(value).toLocaleString('en');
  const time = ({ times, problem }: Taken) =>
    problem !== undefined || times.length === 0 ? '–' : median(times).toFixed(1);
  const cells = rows.map((row) => {
    const { model, length, width, batch } = row.shape;
    const own = time(row.engine);
    const tokens = own === '–' ? '–' : whole((1000 * batch * length) / median(row.engine.times));
    const torch = [time(row.eager), time(row.compiled)];
    return [model, width, whole(length), batch, own, tokens, ...torch].map(String);
  });
  const head = [
    ...['model', 'width', 'tokens', 'batch', `${engine}, ms a step`, 'tokens/s'],
    ...['PyTorch eager, ms', 'compiled, ms'],
  ];
  const sizes = head.map((title, i) =>
    Math.max(title.length, ...cells.map((cell) => cell[i]!.length)),
  );
  const line = (texts: string[]) =>
    `| ${texts.map((text, i) => (i === 0 ? text.padEnd(sizes[i]!) : text.padStart(sizes[i]!))).join(' | ')} |`;
  const rule = sizes.map((size, i) => (i === 0 ? '-'.repeat(size) : `${'-'.repeat(size - 1)}:`));
  const problems = rows.flatMap(({ shape, ...row }) =>
    takers.flatMap((taker) => {
      const { problem } = row[taker];
      const name = taker === 'engine' ? engine : `PyTorch ${taker}`;
      const where = `${shape.model}, width ${shape.width}, ${whole(shape.length)} tokens`;
      return problem === undefined ? [] : [`${where}: ${name} did not run: ${problem}`];
    }),
  );
  return [
    devicesOf(engine, rows),
    '',
    line(head),
    line(rule),
    ...cells.map(line),
    ...spaced(problems),
  ].join('\n');
}

const spaced = (lines: string[]) => (lines.length > 0 ? ['', ...lines] : []);

/** One sentence: which program ran on which device. */
function devicesOf(engine: string, rows: readonly GpuRow[]): string {
  const own = rows.find((row) => row.engine.device)?.engine.device;
  const torch = rows.map(({ eager }) => eager).find(({ device }) => device);
  const theirs = torch ? `PyTorch ${torch.version} on ${torch.device}` : 'PyTorch did not start';
  return `${engine} ${own ? `on ${own}` : 'did not start'}; ${theirs}.`;
}
