/**
 * `npm run bench -- engines`: the same training steps on every engine that works on this machine, how
 * long they take, and how far the losses along the way are from each other.
 */
import { findMixer } from '../../models/registry.ts';
import { listEngines, openEngine } from '../engine/open.ts';
import { messageOf } from '../../core/errors.ts';
import { formatTable } from '../../core/terminal/table.ts';
import { median } from '../../core/math.ts';
import { Stepper, stepFeeds, stepProgram, type StepShape } from '../training/stepper.ts';

export interface EngineTime {
  engine: string;
  device: string;
  /** Milliseconds to compile and per step; absent if the engine does not work or cannot run this model. */
  compile?: number;
  times?: number[];
  /** Loss of each step, equal on all engines up to rounding. */
  losses?: number[];
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
    const taken: { milliseconds: number; loss: number }[] = [];
    for (let i = 0; i < steps; i++) taken.push(await stepper.step());
    await executable.dispose();
    await engine.dispose();
    const losses = taken.map(({ loss }) => loss);
    // The first step claims memory, and on a device compiles its kernels.
    const counted = steps > 1 ? taken.slice(1) : taken;
    const times = counted.map(({ milliseconds }) => milliseconds);
    return { engine: name, device, compile, times, losses };
  } catch (error) {
    return { engine: name, device, problem: messageOf(error) };
  }
}

/** Largest difference of the losses of any two engines at any step; NaN for less than two engines. */
export function lossDifference(engines: readonly EngineTime[]): number {
  const runs = engines.flatMap(({ losses }) => (losses ? [losses] : []));
  if (runs.length < 2) return NaN;
  const spreads = runs[0]!.map((_, step) => {
    const losses = runs.map((run) => run[step]!);
    return Math.max(...losses) - Math.min(...losses);
  });
  return Math.max(...spreads);
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
      { title: 'last loss', cell: ({ losses }) => losses?.at(-1)?.toFixed(6) ?? '–', ...right },
      { title: 'device, or what is missing', cell: ({ device, problem }) => problem ?? device },
    ],
    engines,
  );
  const lines = [
    `Training step, ${model}: length ${shape.length}, batch ${shape.batch}, one thread.`,
    table,
  ];
  const difference = lossDifference(engines);
  if (!Number.isNaN(difference)) {
    const steps = engines.find(({ losses }) => losses)!.losses!.length;
    lines.push(
      `Largest difference of the losses of ${steps} steps: ${difference.toExponential(1)}.`,
    );
  }
  return lines.join('\n\n');
}
