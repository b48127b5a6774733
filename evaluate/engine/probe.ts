/**
 * A child process that tries one engine, because a native library that fails may end the process:
 * compiles a small program, runs it, checks the numbers, and sends the device to the parent.
 *
 * node evaluate/engine/probe.ts ENGINE
 */
import tf from '@tensorflow/tfjs';
import type { Program } from './engine.ts';
import { openEngine, type ProbeReport } from './open.ts';

/** Matrix product, softmax and a gradient: enough to meet a provider that only seems to work. */
const program: Program = {
  name: 'probe',
  inputs: { x: { shape: [2, 3], dtype: 'float32' } },
  build: ({ x }) => {
    const loss = (y: tf.Tensor) =>
      tf
        .softmax(tf.matMul(y, y, false, true))
        .square()
        .sum();
    return { y: tf.grad(loss)(x!) };
  },
};

async function probe(name: string): Promise<ProbeReport> {
  const engine = await openEngine(name);
  const executable = await engine.compile(program);
  const x = Float32Array.of(0.1, -0.2, 0.3, 0.4, 0.5, -0.6);
  const { y } = await executable.run({ x });
  const values = await y!.read();
  const expected = tf.tidy(() => program.build({ x: tf.tensor2d(x, [2, 3]) })['y']!.dataSync());
  const worst = Math.max(...expected.map((value, i) => Math.abs(value - values[i]!)));
  if (!(worst < 1e-4)) return { problem: `it computes wrong numbers (off by ${worst})` };
  y!.dispose();
  await executable.dispose();
  await engine.dispose();
  return { device: engine.device };
}

const report = await probe(process.argv[2]!).catch((error: unknown): ProbeReport => {
  return { problem: error instanceof Error ? error.message : String(error) };
});
process.send!(report, () => process.exit(0));
