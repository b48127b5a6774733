/** Runs a submitted ONNX file on test splits, in a process of its own, bounded in time and memory. */
import type { Split } from '../../generators/store/dataset.ts';
import { messageOf } from '../../core/exitCode.ts';
import type { ModelFacts } from './modelFile.ts';
import { SubmissionError } from './errors.ts';
import { guarded } from './guarded.ts';
import type { InferenceEnd, InferenceOrder } from './inferenceChild.ts';

export interface InferenceLimits {
  seconds: number;
  bytes: number;
}

export const inferenceLimits: InferenceLimits = { seconds: 1800, bytes: 4 * 2 ** 30 };

/** Examples a call, where the file leaves it open: fewer of long ones, whose attention is large. */
const batchFor = (length: number) => Math.max(1, Math.min(16, Math.floor(8192 / length)));

/** @throws SubmissionError where the file does not run, or not within the limits */
export async function infer(
  file: string,
  { bytes, facts }: { bytes: Uint8Array; facts: ModelFacts },
  splits: Pick<Split, 'count' | 'inputs'>[],
  { classes, limits = inferenceLimits }: { classes: number; limits?: InferenceLimits },
): Promise<{ predictions: Uint8Array[]; peakBytes: number }> {
  const length = splits[0]!.inputs.length / splits[0]!.count;
  const order: InferenceOrder = {
    model: bytes,
    tokens: facts.tokens,
    batch: facts.batch ?? batchFor(length),
    length,
    classes,
    splits: splits.map(({ count, inputs }) => ({ count, inputs })),
  };
  const script = new URL('./inferenceChild.ts', import.meta.url);
  try {
    const { end, peakBytes } = await guarded<InferenceEnd>({ script, ...limits }, order);
    const whole = end.every(
      (answers, i) => answers instanceof Uint8Array && answers.length === splits[i]!.count,
    );
    if (end.length !== splits.length || !whole) throw new Error('it gave no whole answer');
    return { predictions: end, peakBytes };
  } catch (error) {
    throw new SubmissionError(
      file,
      'the model',
      `does not run: ${messageOf(error).replace(/\.$/, '')}`,
    );
  }
}
