/**
 * `npm run bench -- generate`: how many examples per second one core makes, and how much memory that
 * and the writing of large sets takes. Every measurement is a process of its own.
 */
import { cpus } from 'node:os';
import { tasks } from '../../generators/registry.ts';
import { formatTable } from '../../core/terminal/table.ts';
import type { Figures, Probe } from './probes/generate.ts';
import { runProbe } from './probing.ts';

/** Targets for LRA's tasks: examples per second, many times the speed of the original Python generators. */
const speeds: (Probe & { target?: number })[] = [
  { task: 'listops', target: 17_000 },
  { task: 'pathfinder', target: 1_500 },
  { task: 'pathx', target: 230 },
  { task: 'pathx-256', target: 50 },
  ...tasks
    .filter(({ kind }) => kind === 'controlled')
    .flatMap(({ name: task }) => [
      { task, split: 'train' as const },
      { task, split: 'test' as const },
    ]),
];
/** Large sets, through the writer, at the sizes of the Long Range Arena. */
const sets = [
  { task: 'listops', examples: 100_000 },
  { task: 'pathx', examples: 10_000 },
];
const targetMegabytes = 300;

export interface GenerateOptions {
  /** Seconds that examples of a task are made for. */
  seconds: number;
  /** Examples of the sets that are written, instead of those above. */
  examples?: number | undefined;
}

export interface GenerateReport {
  bench: 'generate';
  date: string;
  device: string;
  node: string;
  measurements: (Probe & Figures & { target?: number; isWritten: boolean })[];
}

export async function benchGenerate(
  { seconds, examples }: GenerateOptions,
  onProbe: (what: string) => void = () => {},
): Promise<GenerateReport> {
  const report: GenerateReport = {
    bench: 'generate',
    date: new Date().toISOString(),
    device: cpus()[0]?.model ?? 'unknown',
    node: process.version,
    measurements: [],
  };
  for (const { target, ...what } of speeds) {
    onProbe(`${nameOf(what)}, made`);
    const figures = await run({ ...what, seconds });
    report.measurements.push({ ...figures, ...(target && { target }), isWritten: false });
  }
  for (const set of sets) {
    onProbe(`${set.task}, written`);
    const figures = await run({ ...set, examples: examples ?? set.examples });
    report.measurements.push({ ...figures, isWritten: true });
  }
  return report;
}

const nameOf = ({ task, split }: Pick<Probe, 'task' | 'split'>) =>
  split ? `${task}, ${split}` : task;

async function run(probe: Probe): Promise<Probe & Figures> {
  return { ...probe, ...(await runProbe<Figures>('generate', probe)) };
}

/** The report for people. */
export function formatGenerate({ device, node, measurements }: GenerateReport): string {
  const whole = (value: number) => Math.round(value).toLocaleString('en');
  const right = { align: 'right' } as const;
  const table = formatTable(
    [
      { title: 'task, tier lra', cell: (row) => nameOf(row) },
      { title: 'examples', cell: ({ examples }) => whole(examples), ...right },
      { title: 'how', cell: ({ isWritten }) => (isWritten ? 'made and written' : 'made') },
      { title: 'a second', cell: (row) => whole(row.examples / row.seconds), ...right },
      { title: 'a CPU second', cell: (row) => whole(row.examples / row.cpuSeconds), ...right },
      { title: 'aim', cell: ({ target }) => (target ? whole(target) : ''), ...right },
      { title: 'peak MB', cell: ({ peakMegabytes }) => whole(peakMegabytes), ...right },
      { title: 'aim', cell: () => `< ${targetMegabytes}`, ...right },
    ],
    measurements,
  );
  return `One thread on ${device}, Node ${node}.\n\n${table}`;
}
