/** The eager engine on TensorFlow's native library, through tfjs-node-gpu or tfjs-node. */
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
  restoreRemovedUtilities();
  tf.backend(); // Chooses tfjs's default backend now: loading must not change it for others.
  const previous = tf.getBackend();
  const problems: string[] = [];
  for (const name of packages) {
    try {
      require(name);
      void tf.setBackend(previous);
      const usesGpu = name.endsWith('-gpu');
      return openEager(
        'tensorflow',
        'tensorflow',
        usesGpu ? (nvidiaDevice() ?? cpuDevice()) : cpuDevice(),
      );
    } catch (error) {
      const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
      problems.push(`${name}: ${line!.trim().replace(/\.$/, '')}`);
    }
  }
  throw new EngineError(`TensorFlow's native library does not load (${problems.join('; ')}).`);
}

/** tfjs-node 4.22 calls two functions that Node 23 removed from `util`. */
function restoreRemovedUtilities(): void {
  const util = require('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  util['isArray'] ??= Array.isArray;
}
