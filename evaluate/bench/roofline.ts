/**
 * `npm run bench -- roofline`: where the time of a training step goes, by kind of operator, beside
 * what the machine could do at most (the roofline of Williams, Waterman, Patterson 2009,
 * https://doi.org/10.1145/1498765.1498785): bound by arithmetic, by memory, or by neither.
 */
import { prod } from '../../core/math.ts';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import ort from 'onnxruntime-node';
import { findMixer } from '../../models/registry.ts';
import { encode } from '../engine/encode.ts';
import { openEngine } from '../engine/open.ts';
import { optimise } from '../engine/passes/all.ts';
import { trace } from '../engine/trace.ts';
import { formatTable, type Column } from '../../core/terminal/table.ts';
import { measurePeaks, type Peaks } from './peaks.ts';
import { stepFeeds, stepProgram, type StepShape } from '../training/stepper.ts';

export interface Kind {
  /** ONNX Runtime's operator, after its fusions. */
  op: string;
  /** Calls, milliseconds, floating-point operations of matrix products and bytes of one step. */
  calls: number;
  milliseconds: number;
  flops: number;
  bytes: number;
}

export interface RooflineReport {
  bench: 'roofline';
  date: string;
  device: string;
  shape: StepShape;
  threads: number;
  peaks: Peaks;
  /** Slowest first. */
  kinds: Kind[];
}

interface Event {
  name: string;
  dur: number;
  args?: {
    op_name?: string;
    input_type_shape?: Record<string, number[]>[];
    output_type_shape?: Record<string, number[]>[];
  };
}

/** The first ones claim memory; their times are no part of the figures. */
const warmUp = 2;

export async function benchRoofline(
  shape: StepShape,
  { threads, steps }: { threads: number; steps: number },
): Promise<RooflineReport> {
  const engine = await openEngine('onnx-cpu', { threads });
  const peaks = await measurePeaks(engine);
  await engine.dispose();
  const events = await profile(shape, threads, warmUp + steps);
  return {
    bench: 'roofline',
    date: new Date().toISOString(),
    device: engine.device,
    shape,
    threads,
    peaks,
    kinds: kindsOf(events, warmUp, steps),
  };
}

/** The kernel events of ONNX Runtime's profile of some steps from the same state. */
async function profile(shape: StepShape, threads: number, steps: number): Promise<Event[]> {
  const graph = optimise(trace(stepProgram(shape)), 'cpu');
  const values = stepFeeds(shape);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'reach-arena-'));
  try {
    const session = await ort.InferenceSession.create(encode(graph), {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'all',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      enableMemPattern: false,
      enableProfiling: true,
      profileFilePrefix: path.join(folder, 'profile'),
    });
    const feeds = Object.fromEntries(
      graph.inputs.map(({ name, dtype, shape }) => [
        name,
        new ort.Tensor(dtype as 'float32', values[name] as Float32Array, [...shape]),
      ]),
    );
    for (let step = 0; step < steps; step++) await session.run(feeds);
    session.endProfiling();
    await session.release();
    const [file] = await readdir(folder);
    const events = JSON.parse(await readFile(path.join(folder, file!), 'utf8')) as Event[];
    return events.filter(({ name, args }) => args?.op_name && name.endsWith('_kernel_time'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param events of `skip` steps, which do not count, and then of `steps` */
export function kindsOf(events: readonly Event[], skip: number, steps: number): Kind[] {
  const each = events.length / (skip + steps);
  const kinds = new Map<string, Kind>();
  for (const { dur, args } of events.slice(skip * each)) {
    const op = args!.op_name!;
    const kind = kinds.get(op) ?? { op, calls: 0, milliseconds: 0, flops: 0, bytes: 0 };
    const shapes = (list: Record<string, number[]>[] = []) =>
      list.flatMap((one) => Object.values(one));
    const [inputs, outputs] = [shapes(args!.input_type_shape), shapes(args!.output_type_shape)];
    kind.calls += 1 / steps;
    kind.milliseconds += dur / 1000 / steps;
    // Nearly all tensors are of four bytes.
    kind.bytes += (4 * [...inputs, ...outputs].reduce((sum, one) => sum + prod(one), 0)) / steps;
    if (/^(Fused)?MatMul$|^Gemm$/.test(op)) {
      kind.flops += (2 * prod(outputs[0]!) * innerOf(inputs, outputs)) / steps;
    }
    kinds.set(op, kind);
  }
  return [...kinds.values()].sort((a, b) => b.milliseconds - a.milliseconds);
}

/** The dimension that a product sums over, whichever of its operands are transposed. */
function innerOf([a, b]: number[][], [out]: number[][]): number {
  const [rows, columns] = [out!.at(-2)!, out!.at(-1)!];
  const [last, before] = [a!.at(-1)!, a!.at(-2)!];
  if (last !== before) return rows === before ? last : before;
  // A square operand leaves it open; the other one does not, or it does not matter.
  return b!.at(-1) === columns ? b!.at(-2)! : b!.at(-1)!;
}

export function formatRoofline({ device, shape, threads, peaks, kinds }: RooflineReport): string {
  const total = kinds.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const flops = kinds.reduce((sum, kind) => sum + kind.flops, 0);
  const right = { align: 'right' } as const;
  // The time that arithmetic and memory take at least, were the machine at its peaks.
  const least = (kind: Kind) => ({
    arithmetic: kind.flops / peaks.gflops / 1e6,
    memory: kind.bytes / peaks.gigabytes / 1e6,
  });
  const rate = (value: number, { milliseconds }: Kind) =>
    value === 0 ? '' : (value / milliseconds / 1e6).toFixed(1);
  const columns: Column<Kind>[] = [
    { title: 'operator', cell: ({ op }) => op },
    { title: 'calls', cell: ({ calls }) => calls.toFixed(0), ...right },
    { title: 'ms', cell: ({ milliseconds }) => milliseconds.toFixed(1), ...right },
    { title: '%', cell: ({ milliseconds }) => ((100 * milliseconds) / total).toFixed(1), ...right },
    { title: 'GFLOP/s', cell: (kind) => rate(kind.flops, kind), ...right },
    { title: 'GB/s', cell: (kind) => rate(kind.bytes, kind), ...right },
    {
      title: 'at the peaks, ms',
      cell: (kind) => Math.max(least(kind).arithmetic, least(kind).memory).toFixed(1),
      ...right,
    },
    {
      title: 'bound by',
      cell: (kind) => (least(kind).arithmetic > least(kind).memory ? 'arithmetic' : 'memory'),
    },
  ];
  const shown = kinds.filter(({ milliseconds }) => milliseconds >= total / 200);
  const floor = kinds.reduce(
    (sum, kind) => sum + Math.max(least(kind).arithmetic, least(kind).memory),
    0,
  );
  const share = (100 * flops) / total / 1e6 / peaks.gflops;
  return [
    `Training step, ${findMixer(shape.model ?? 'transformer').title}: length ${shape.length}, batch ${shape.batch}, ` +
      `${threads} ${threads === 1 ? 'thread' : 'threads'}, ${device}.`,
    `Peaks measured here: ${peaks.gflops.toFixed(1)} GFLOP/s in a matrix product of 512 x 512, ` +
      `${peaks.gigabytes.toFixed(1)} GB/s in an element-wise sum.`,
    formatTable(columns, shown),
    `${total.toFixed(0)} ms in all; ${(flops / 1e9).toFixed(2)} GFLOP in matrix products, ` +
      `${share.toFixed(0)} % of the peak over the whole step. With every operator at its peak the step would take ${floor.toFixed(0)} ms.`,
  ].join('\n\n');
}
