/**
 * Trained models that a task page runs in the reader's browser: ONNX files in `public/models`, each
 * with the run that made it in `<task>.json` beside them. `npm run evaluate -- export` writes them.
 */
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { z } from 'zod';
import { specSchema } from '../../../../leaderboards/records/schema.ts';

const trainedSchema = z.strictObject({
  task: z.string(),
  models: z.array(
    z.strictObject({
      file: z.string(),
      title: z.string(),
      /** Tokens that its read-out can depend on; null for all. */
      reach: z.int().positive().nullable(),
      parameters: z.int().positive(),
      /** Id of the run's record, and the command that repeats the run. */
      run: z.string(),
      command: z.string(),
      spec: specSchema,
      /** On the whole test split. */
      distances: z.array(z.strictObject({ distance: z.int(), accuracy: z.number() })),
      bytes: z.int().positive(),
      sha256: z.string(),
    }),
  ),
});

export type Trained = z.infer<typeof trainedSchema>;

const files = import.meta.glob<unknown>('../../../public/models/*.json', {
  eager: true,
  import: 'default',
});

/** The models that answer the examples of a task; null where there are none. */
export function trainedOn(task: string): Trained | null {
  const all = Object.values(files).map((file) => trainedSchema.parse(file));
  return all.find((trained) => trained.task === task) ?? null;
}

/** Bytes of ONNX Runtime's WebAssembly, which the first run loads. */
export function runtimeBytes(): number {
  const path = createRequire(import.meta.url).resolve(
    'onnxruntime-web/ort-wasm-simd-threaded.wasm',
  );
  return statSync(path).size;
}
