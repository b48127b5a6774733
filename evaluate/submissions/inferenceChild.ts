/**
 * The process in which a submitted ONNX file runs. It is sent the file and tokens, and never has a
 * label: what it sends back is the class of the largest logit of every example.
 */
import ort from 'onnxruntime-node';
import { gatherRows } from '../training/batches.ts';
import { reason } from '../engine/load.ts';

export interface InferenceOrder {
  model: Uint8Array;
  tokens: 'int32' | 'int64';
  batch: number;
  /** Tokens an example. */
  length: number;
  classes: number;
  splits: { count: number; inputs: Uint8Array | Uint16Array }[];
}

export type InferenceEnd = Uint8Array[];

const send = (message: unknown) =>
  new Promise<void>((resolve) => process.send!(message, undefined, undefined, () => resolve()));

async function answer({ model, tokens, batch, length, classes, splits }: InferenceOrder) {
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ['cpu'],
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const results: InferenceEnd = [];
  for (const { count, inputs } of splits) {
    const predictions = new Uint8Array(count);
    for (let start = 0; start < count; start += batch) {
      const rows = Array.from({ length: batch }, (_, b) => (start + b < count ? start + b : start));
      const values = gatherRows(inputs, length, rows);
      const feed =
        tokens === 'int32'
          ? new ort.Tensor('int32', values, [batch, length])
          : new ort.Tensor('int64', BigInt64Array.from(values, BigInt), [batch, length]);
      const { logits } = await session.run({ tokens: feed });
      const { dims, type, data } = logits!;
      if (type !== 'float32' || dims.length !== 2 || dims[0] !== batch || dims[1] !== classes)
        throw new Error(
          `its logits are ${type} [${dims.join(', ')}], expected float32 [${batch}, ${classes}]`,
        );
      for (let b = 0; b < batch && start + b < count; b++)
        predictions[start + b] = argmax(data as Float32Array, b * classes, classes, start + b);
    }
    results.push(predictions);
  }
  return results;
}

/** The lowest class among equals, as for the models of this package. */
function argmax(logits: Float32Array, from: number, classes: number, example: number): number {
  let best = 0;
  for (let i = 0; i < classes; i++) {
    const value = logits[from + i]!;
    if (Number.isNaN(value))
      throw new Error(`its logits of example ${example} have NaN, expected numbers`);
    if (value > logits[from + best]!) best = i;
  }
  return best;
}

ort.env.logLevel = 'fatal';
process.once('message', (order: InferenceOrder) => {
  answer(order)
    .then((end) => send({ end }))
    .catch((error: unknown) => send({ error: reason(error) }))
    .finally(() => process.exit(0));
});
process.once('disconnect', () => process.exit(1));
