/** `npm run bench -- engines`: the same training step on every engine that works on this machine. */
import { findMixer } from '../../models/registry.ts';
import { listEngines, openEngine } from '../engine/open.ts';
import { messageOf } from '../errors.ts';
import { formatTable } from '../terminal/table.ts';
import { median } from './statistics.ts';
import { Stepper, stepFeeds, stepProgram, type StepShape } from './step.ts';

export interface EngineTime {
  engine: string;
  device: string;
  /** Milliseconds to compile, and of each step; absent where it does not work or cannot run this model. */
  compile?: number;
  times?: number[];
  /** Loss of the first step, the same everywhere but for rounding. */
  loss?: number;
  problem?: string;
}

export interface EnginesReport {
  bench: 'engines';
  date: string;
  shape: StepShape;
  engines: EngineTime[];
}

export async function benchEngines(
  shape: StepShape,
  steps: number,
  onEngine: (name: string) => void = () => {},
): Promise<EnginesReport> {
  const engines: EngineTime[] = [];
  for (const { name, works, device, problem } of await listEngines()) {
    onEngine(name);
    engines.push(
      works
        ? await measure(name, device, shape, steps)
        : { engine: name, device, ...(problem && { problem }) },
    );
  }
  return { bench: 'engines', date: new Date().toISOString(), shape, engines };
}

async function measure(
  name: string,
  device: string,
  shape: StepShape,
  steps: number,
): Promise<EngineTime> {
  try {
    const engine = await openEngine(name, { threads: 1 });
    const start = performance.now();
    const executable = await engine.compile(stepProgram(shape));
    const compile = performance.now() - start;
    const stepper = new Stepper(executable, stepFeeds(shape));
    // The first step claims memory, and on a device compiles its kernels.
    const { loss } = await stepper.step();
    const times: number[] = [];
    for (let i = 0; i < steps; i++) times.push((await stepper.step()).milliseconds);
    await executable.dispose();
    await engine.dispose();
    return { engine: name, device, compile, times, loss };
  } catch (error) {
    return { engine: name, device, problem: messageOf(error) };
  }
}

export function formatEngineTimes({ shape, engines }: EnginesReport): string {
  const model = findMixer(shape.model ?? 'transformer').title;
  const fastest = Math.min(...engines.map(({ times }) => (times ? median(times) : Infinity)));
  const right = { align: 'right' } as const;
  const table = formatTable<EngineTime>(
    [
      { title: 'engine', cell: ({ engine }) => engine },
      {
        title: 'ms a step',
        cell: ({ times }) => (times ? median(times).toFixed(1) : '–'),
        ...right,
      },
      {
        title: 'times the fastest',
        cell: ({ times }) => (times ? (median(times) / fastest).toFixed(1) : '–'),
        ...right,
      },
      { title: 'compiled in, ms', cell: ({ compile }) => compile?.toFixed(0) ?? '–', ...right },
      { title: 'loss', cell: ({ loss }) => loss?.toFixed(6) ?? '–', ...right },
      { title: 'device, or what is missing', cell: ({ device, problem }) => problem ?? device },
    ],
    engines,
  );
  return `Training step, ${model}: length ${shape.length}, batch ${shape.batch}, one thread.\n\n${table}`;
}
