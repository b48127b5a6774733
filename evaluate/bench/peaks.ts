/** Peak speeds of the machine, measured on the engine itself, to compare a step with. */
import tf from '@tensorflow/tfjs';
import type { Engine, Program, Values } from '../engine/engine.ts';

export interface Peaks {
  /** Billions of floating-point operations per second of a large square matrix product. */
  gflops: number;
  /** Billions of bytes per second, read and written, of an element-wise sum far larger than the caches. */
  gigabytes: number;
}

const side = 512;
const elements = 2 ** 24;
/** Operations per call, so many that the cost of the call itself does not count. */
const chained = 8;

export async function measurePeaks(engine: Engine): Promise<Peaks> {
  const matrix = { shape: [side, side], dtype: 'float32' as const };
  const product = await fastest(
    engine,
    {
      name: 'product',
      inputs: { a: matrix, b: matrix },
      build({ a, b }) {
        let y = a!;
        for (let i = 0; i < chained; i++) y = tf.matMul(y, b!);
        return { y: y.slice([0, 0], [1, 1]) };
      },
    },
    { a: new Float32Array(side * side).fill(0.5), b: new Float32Array(side * side).fill(1e-3) },
  );
  const sum = await fastest(
    engine,
    {
      name: 'sum',
      inputs: { x: { shape: [elements], dtype: 'float32' } },
      build({ x }) {
        let y = x!;
        for (let i = 0; i < chained; i++) y = y.add(i + 1);
        return { y: y.slice(0, 1) };
      },
    },
    { x: new Float32Array(elements) },
  );
  return {
    gflops: (chained * 2 * side ** 3) / product / 1e6,
    gigabytes: (chained * 2 * 4 * elements) / sum / 1e6,
  };
}

/** Milliseconds of the fastest of some calls. */
async function fastest(
  engine: Engine,
  program: Program,
  feeds: Record<string, Values>,
): Promise<number> {
  const executable = await engine.compile(program);
  let best = Infinity;
  for (let call = 0; call < 8; call++) {
    const start = performance.now();
    const { y } = await executable.run(feeds);
    // A GPU has done the work only when its result is here.
    await y!.read();
    best = Math.min(best, performance.now() - start);
    y!.dispose();
  }
  await executable.dispose();
  return best;
}
