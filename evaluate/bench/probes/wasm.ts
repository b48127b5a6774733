/**
 * The child process of one model of `npm run bench -- wasm`: takes the training step as a compiled
 * graph and on tfjs's wasm backend, in turn, and prints milliseconds and losses.
 */
import { prod } from '../../../core/math.ts';
import { createRequire } from 'node:module';
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { openEager } from '../../engine/eager.ts';
import { openEngine } from '../../engine/open.ts';
import { Stepper, stepFeeds, stepProgram } from '../../training/stepper.ts';
import type { WasmFigures, WasmProbe } from '../wasm.ts';

/** Steps before the clock counts. */
const warmUp = 2;

interface WasmBackend {
  makeOutput(shape: number[], dtype: 'float32'): Tensor;
  typedArrayFromHeap(tensor: unknown): Float32Array | Int32Array;
}

/** The gradient of an embedding needs it, and the backend lacks it: without it no model trains. */
function supplyUnsortedSegmentSum(): void {
  tf.registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    kernelFunc({ inputs, attrs, backend }) {
      const wasm = backend as unknown as WasmBackend;
      const { x, segmentIds } = inputs as { x: Tensor; segmentIds: Tensor };
      const { numSegments } = attrs as unknown as { numSegments: number };
      const row = x.shape.slice(segmentIds.shape.length);
      const width = prod(row);
      const output = wasm.makeOutput([numSegments, ...row], 'float32');
      const values = wasm.typedArrayFromHeap(x);
      const sums = wasm.typedArrayFromHeap(output).fill(0);
      wasm.typedArrayFromHeap(segmentIds).forEach((segment: number, i: number) => {
        for (let c = 0; c < width; c++) sums[segment * width + c]! += values[i * width + c]!;
      });
      return output;
    },
  });
}

async function openWasm() {
  createRequire(import.meta.url)('@tensorflow/tfjs-backend-wasm');
  const previous = tf.getBackend();
  // Unlike the others this backend takes a while to start.
  if (!(await tf.setBackend('wasm'))) throw new Error('the wasm backend does not start');
  supplyUnsortedSegmentSum();
  await tf.setBackend(previous);
  return openEager('wasm', 'wasm', 'tfjs on WebAssembly');
}

export async function measure({ shape, pairs }: WasmProbe): Promise<WasmFigures> {
  const program = stepProgram(shape);
  const feeds = stepFeeds(shape);
  const start = async (engine: Awaited<ReturnType<typeof openEngine>>) =>
    new Stepper(await engine.compile(program), feeds);
  const compiled = await start(await openEngine('onnx-cpu', { threads: 1 }));
  const wasm = await start(await openWasm());
  const figures: WasmFigures = { compiled: [], wasm: [] };
  for (let pair = -warmUp; pair < pairs; pair++) {
    const [mine, theirs] = [await compiled.step(), await wasm.step()];
    if (pair < 0) continue;
    figures.compiled.push(mine);
    figures.wasm.push(theirs);
  }
  return figures;
}
