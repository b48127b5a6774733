/**
 * `npm run bench -- step`: one training step on an engine beside the same step in PyTorch. The two
 * take turns, so that whatever else the machine does meets both, and are compared pair by pair.
 */
import { parseOptions } from '../../models/options.ts';
import { findMixer } from '../../models/registry.ts';
import { matrixFlops } from '../engine/flops.ts';
import { openEngine } from '../engine/open.ts';
import { optimise } from '../engine/passes/all.ts';
import { trace } from '../engine/trace.ts';
import { measurePeaks } from './peaks.ts';
import { median, quantile } from '../../core/math.ts';
import { Stepper, referenceStep, stepFeeds, stepProgram } from '../training/stepper.ts';
import type { StepShape } from '../training/stepper.ts';
import { TorchStepper, findPython, twins } from './torch.ts';
import type { TorchInfo } from './torch.ts';

export interface StepOptions {
  engine: string;
  threads: number[];
  pairs: number;
  shape?: StepShape;
}

export interface StepTimes {
  threads: number;
  /** Milliseconds to compile the program. */
  compile: number;
  /** Milliseconds of each step, in the order taken. */
  engine: number[];
  torch?: number[];
  /** Billions of floating-point operations a second of a large matrix product, on as many threads. */
  peak?: number;
}

export interface StepReport {
  bench: 'step';
  date: string;
  engine: string;
  device: string;
  shape: StepShape;
  parameters: number;
  /** Floating-point operations of a step's matrix products. */
  flops?: number;
  /** Largest resident set of the process, of all measurements together. */
  peakMegabytes?: number;
  torch?: TorchInfo | undefined;
  times: StepTimes[];
}

/** Steps before the clock counts: memory is claimed and caches fill in the first ones. */
const WARM_UP = 3;

export async function benchStep(
  { engine: name, threads, pairs, shape = referenceStep }: StepOptions,
  onPair: (threads: number, pair: number) => void = () => {},
): Promise<StepReport> {
  const model = shape.model ?? 'transformer';
  const python = twins.includes(model) ? findPython() : undefined;
  const program = stepProgram(shape);
  const feeds = stepFeeds(shape);
  const report: StepReport = {
    bench: 'step',
    date: new Date().toISOString(),
    engine: name,
    device: '',
    shape,
    parameters: feeds['parameters']!.length,
    flops: matrixFlops(optimise(trace(program), 'cpu')),
    times: [],
  };
  for (const count of threads) {
    const engine = await openEngine(name, { threads: count });
    const start = performance.now();
    const executable = await engine.compile(program);
    const compile = performance.now() - start;
    const own = new Stepper(executable, feeds);
    const { gflops } = await measurePeaks(engine);
    const torch = python ? await TorchStepper.start(python, shape, count) : undefined;
    if (torch) report.torch = torch.info;
    report.device ||= engine.device.replace(/, \d+ threads?$/, '');

    const times: StepTimes = {
      threads: count,
      compile,
      engine: [],
      peak: gflops,
      ...(torch && { torch: [] }),
    };
    for (let pair = -WARM_UP; pair < pairs; pair++) {
      const mine = await own.step();
      const theirs = await torch?.step();
      if (pair < 0) continue;
      times.engine.push(mine.milliseconds);
      if (theirs) times.torch!.push(theirs.milliseconds);
      onPair(count, pair + 1);
    }
    report.times.push(times);
    torch?.stop();
    await executable.dispose();
    await engine.dispose();
  }
  report.peakMegabytes = process.resourceUsage().maxRSS / 1024;
  return report;
}

/** The report for people. */
export function formatStep({
  engine,
  device,
  shape,
  parameters,
  flops,
  peakMegabytes,
  torch,
  times,
}: StepReport): string {
  const { model = 'transformer', layers, width, heads, length, batch } = shape;
  const mixer = findMixer(model);
  const options = parseOptions(mixer, {}) as object;
  const split = 'heads' in options ? `, ${heads} heads` : '';
  const lines = [
    `Training step, ${mixer.title}: ${layers} layers, width ${width}${split}, ` +
      `length ${length}, batch ${batch}, ${parameters} parameters.`,
    `${engine} on ${device}${torch ? ` beside PyTorch ${torch.version} (BLAS: ${torch.blas})` : ''}.`,
    '',
    ...times.map((time) => formatTimes(engine, time)),
  ];
  if (flops !== undefined) {
    lines.push('', ...times.map((time) => formatSpeed(shape, flops, time)));
  }
  if (peakMegabytes !== undefined) lines.push(`Peak memory ${peakMegabytes.toFixed(0)} MB.`);
  if (!twins.includes(model)) {
    lines.push('', `No twin in PyTorch: there are ones of ${twins.join(', ')}.`);
  } else if (!torch) {
    lines.push(
      '',
      'No Python here can import torch: evaluate/bench/peers/README.md says how to get it.',
    );
  } else if (torch.blas === 'reference') {
    lines.push(
      '',
      'PyTorch multiplies matrices with the reference BLAS here, which is no fair opponent: ' +
        'apt-get install libopenblas0-pthread.',
    );
  }
  return lines.join('\n');
}

function formatSpeed({ batch, length }: StepShape, flops: number, time: StepTimes): string {
  const { threads, engine, peak } = time;
  const seconds = median(engine) / 1000;
  const tokens = Math.round((batch * length) / seconds).toLocaleString('en');
  const speed = flops / seconds / 1e9;
  const of = peak
    ? `, ${((100 * speed) / peak).toFixed(0)} % of the ${peak.toFixed(1)} of a large one`
    : '';
  return `${threads} ${threads === 1 ? 'thread ' : 'threads'}  ${tokens} tokens/s, ${speed.toFixed(1)} GFLOP/s in matrix products${of}`;
}

function formatTimes(name: string, { threads, compile, engine, torch }: StepTimes): string {
  const label = `${threads} ${threads === 1 ? 'thread ' : 'threads'}`;
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  const own = `${label}  ${name} ${ms(median(engine))} a step (compiled in ${ms(compile)})`;
  if (!torch) return own;
  const ratios = torch.map((time, i) => time / engine[i]!);
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(ratios, share).toFixed(2));
  return (
    `${own}, PyTorch ${ms(median(torch))}: ${middle} times as fast ` +
    `(middle half of ${ratios.length} pairs: ${low} to ${high})`
  );
}
