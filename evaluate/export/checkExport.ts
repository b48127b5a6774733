/** Whether an exported model gives the logits of the model that it was made from. */
import { stream } from '../../core/random.ts';
import type { Model } from '../../models/backbone/backbone.ts';
import { openEngine } from '../engine/open.ts';
import { RunError } from '../../core/errors.ts';
import { predictProgram, type BatchShape } from '../training/programs.ts';

/** Tolerated difference as a share of the largest logit: rounding in another order. */
const tolerance = 1e-4;

/**
 * Largest difference between the logits of the file and of the engine, on random tokens.
 *
 * @throws RunError when it is more than rounding
 */
export async function checkExport(
  bytes: Uint8Array,
  model: Model,
  parameters: Float32Array,
  shape: BatchShape,
  vocabulary: number,
): Promise<number> {
  const { default: ort } = await import('onnxruntime-node');
  const random = stream('export');
  const tokens = Int32Array.from(
    { length: shape.batch * shape.length },
    () => 1 + Math.floor(random() * (vocabulary - 1)),
  );
  const engine = await openEngine('onnx-cpu');
  const executable = await engine.compile(predictProgram(model, shape));
  const { logits } = await executable.run({ parameters, tokens });
  const expected = (await logits!.read()) as Float32Array;
  await executable.dispose();
  const session = await ort.InferenceSession.create(bytes);
  const input = new ort.Tensor('int32', tokens, [shape.batch, shape.length]);
  const actual = (await session.run({ tokens: input })).logits!.data as Float32Array;
  await session.release();
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const difference = expected.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - actual[i]!)),
    0,
  );
  if (difference <= tolerance * Math.max(1, largest)) return difference;
  throw new RunError(
    `The exported file gives other logits than the model, by ${difference.toExponential(1)}; nothing was written.`,
  );
}
