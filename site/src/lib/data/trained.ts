/**
 * Trained models that a task page runs in the reader's browser: ONNX files in `public/models`, each
 * with the run that made it in `<task>.json` beside them. `npm run demo-models` makes them.
 */
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tasks } from '../../../../generators/index.ts';
import { trainedSchema, type Trained } from './trainedSchema.ts';

export type { Trained } from './trainedSchema.ts';

const files = import.meta.glob<unknown>('../../../public/models/*.json', {
  eager: true,
  import: 'default',
});

/** The models that answer the examples of a task; null if there are none of its present version. */
export function trainedOn(task: string): Trained | null {
  const version = tasks.find(({ name }) => name === task)?.version;
  const all = Object.values(files).map((file) => trainedSchema.parse(file));
  return (
    all.find((trained) => trained.task === task && trained.generatorVersion === version) ?? null
  );
}

/** Bytes of ONNX Runtime's WebAssembly, which the first run loads. */
export function runtimeBytes(): number {
  const path = createRequire(import.meta.url).resolve(
    'onnxruntime-web/ort-wasm-simd-threaded.wasm',
  );
  return statSync(path).size;
}
