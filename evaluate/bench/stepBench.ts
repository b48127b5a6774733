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
import { messageOf } from '../../core/errors.ts';
import { TorchStepper, findPython, twins } from './torch.ts';
import type { TorchInfo, PeerWay } from './torch.ts';

export interface StepOptions {
  engine: string;
  threads: number[];
  pairs: number;
  shape?: StepShape;
  /** Who takes the step beside the engine; PyTorch eager alone when absent. */
  ways?: readonly PeerWay[];
}

/** Steps of PyTorch or JAX beside the engine's, pair by pair. */
export interface PeerTimes {
  way: PeerWay;
  milliseconds: number[];
  /** Why it takes no steps, or no more. */
  problem?: string;
}

export interface StepTimes {
  threads: number;
  /** Milliseconds to compile the program. */
  compile: number;
  /** Milliseconds of each step, in the order taken. */
  engine: number[];
  peers: PeerTimes[];
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
  { engine: name, threads, pairs, shape = referenceStep, ways = ['eager'] }: StepOptions,
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
    const peers = python ? ways.map((way) => new Peer(way, python, shape, count)) : [];
    for (const peer of peers) {
      await peer.start();
      if (peer.times.way !== 'jax') report.torch ??= peer.info;
    }
    report.device ||= engine.device.replace(/, \d+ threads?$/, '');

    const times: StepTimes = {
      threads: count,
      compile,
      engine: [],
      peak: gflops,
      peers: peers.map(({ times }) => times),
    };
    for (let pair = -WARM_UP; pair < pairs; pair++) {
      const mine = await own.step();
      if (pair >= 0) times.engine.push(mine.milliseconds);
      for (const peer of peers) await peer.step(pair >= 0);
      if (pair >= 0) onPair(count, pair + 1);
    }
    report.times.push(times);
    for (const peer of peers) peer.stop();
    await executable.dispose();
    await engine.dispose();
  }
  report.peakMegabytes = process.resourceUsage().maxRSS / 1024;
  return report;
}

/** PyTorch or JAX taking steps; what fails is said in its times, and the others go on. */
class Peer {
  readonly times: PeerTimes;
  readonly #begin: () => Promise<TorchStepper>;
  #stepper: TorchStepper | undefined;

  constructor(way: PeerWay, python: string, shape: StepShape, threads: number) {
    this.times = { way, milliseconds: [] };
    this.#begin = () => TorchStepper.start(python, shape, threads, { way });
  }

  get info(): TorchInfo | undefined {
    return this.#stepper?.info;
  }

  async start(): Promise<void> {
    this.#stepper = await this.#begin().catch((error: unknown) => this.#fail(error));
  }

  async step(counts: boolean): Promise<void> {
    try {
      const taken = await this.#stepper?.step();
      if (taken && counts) this.times.milliseconds.push(taken.milliseconds);
    } catch (error) {
      this.#stepper = this.#fail(error);
    }
  }

  stop(): void {
    this.#stepper?.stop();
  }

  #fail(error: unknown): undefined {
    const last = messageOf(error).split('\n').at(-1)!;
    this.times.problem = last.replace(/^.* could not run \S+: /, '');
  }
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

function formatTimes(name: string, { threads, compile, engine, peers }: StepTimes): string {
  const label = `${threads} ${threads === 1 ? 'thread ' : 'threads'}`;
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  const own = `${label}  ${name} ${ms(median(engine))} a step (compiled in ${ms(compile)})`;
  const beside = peers.map(({ way, milliseconds, problem }) => {
    const peer = `${' '.repeat(label.length)}  ${way === 'jax' ? 'JAX' : `PyTorch ${way}`}`;
    if (problem !== undefined) return `${peer}: ${problem}`;
    const ratios = milliseconds.map((time, i) => time / engine[i]!);
    const [low, middle, high] = [0.25, 0.5, 0.75].map((share) =>
      quantile(ratios, share).toFixed(2),
    );
    return (
      `${peer} ${ms(median(milliseconds))}: ${name} is ${middle} times as fast ` +
      `(middle half of ${ratios.length} pairs: ${low} to ${high})`
    );
  });
  return [own, ...beside].join('\n');
}
