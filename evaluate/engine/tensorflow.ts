/**
 * The eager engine on TensorFlow's native library, through tfjs-node-gpu or tfjs-node. Neither brings
 * the library with its package; `tensorflow.sh` builds the first one's binding against PyPI's.
 */
import { createRequire } from 'node:module';
import tf from '@tensorflow/tfjs';
import { cpuDevice, nvidiaDevice } from './device.ts';
import { openEager } from './eager.ts';
import { EngineError } from './engine.ts';
import type { Engine } from './engine.ts';

const require = createRequire(import.meta.url);
const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

/** @throws EngineError with the reason when neither package loads. */
export function openTensorflow(): Engine {
  replaceOldUtilities();
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'; // Errors alone: what it says of the processor is no news.
  tf.backend(); // Chooses tfjs's default backend now: loading must not change it for others.
  const previous = tf.getBackend();
  const problems: string[] = [];
  for (const name of packages) {
    try {
      require(name);
      void tf.setBackend(previous);
      const backend = tf.findBackend('tensorflow') as unknown as { isUsingGpuDevice: boolean };
      const device = backend.isUsingGpuDevice ? (nvidiaDevice() ?? 'NVIDIA GPU') : cpuDevice();
      return openEager('tensorflow', 'tensorflow', device);
    } catch (error) {
      const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
      problems.push(`${name}: ${line!.trim().replace(/\.$/, '')}`);
    }
  }
  throw new EngineError(`TensorFlow's native library does not load (${problems.join('; ')}).`);
}

/** tfjs-node 4.22 calls two functions of `util` that Node 22 warns of and Node 23 lacks. */
function replaceOldUtilities(): void {
  const util = require('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] = (value: unknown) => value === null || value === undefined;
  util['isArray'] = Array.isArray;
}
