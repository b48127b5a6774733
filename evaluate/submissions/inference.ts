/** Runs a submitted ONNX file on test splits, in a process of its own, bounded in time and memory. */
import { randomUUID } from 'node:crypto';
import type { Split } from '../../generators/store/split.ts';
import { messageOf } from '../../core/errors.ts';
import { figuresOf, type Disagreement } from '../training/agreement.ts';
import type { ModelFacts } from './modelFile.ts';
import { SubmissionError } from './errors.ts';
import { guarded } from './guarded.ts';
import type { InferenceEnd, InferenceOrder } from './askModel.ts';

export interface InferenceLimits {
  seconds: number;
  bytes: number;
}

export const inferenceLimits: InferenceLimits = { seconds: 1800, bytes: 4 * 2 ** 30 };

/** Examples per call, where the file leaves it open: fewer of long ones, whose attention is large. */
const batchFor = (length: number) => Math.max(1, Math.min(16, Math.floor(8192 / length)));

export interface Inferred {
  /** Of each split, in its own order. */
  predictions: Uint8Array[];
  peakBytes: number;
  /** Answers that were asked for again, and agreed. */
  repeated: number;
  seconds: InferenceEnd['seconds'];
}

/**
 * @param splits of one task; their examples are mixed, in a secret order
 * @throws SubmissionError if the file does not run, not within the limits, or if its answers depend
 *   on more than the example
 */
export async function infer(
  file: string,
  { bytes, facts }: { bytes: Uint8Array; facts: ModelFacts },
  splits: Pick<Split, 'count' | 'inputs'>[],
  { classes, limits = inferenceLimits }: { classes: number; limits?: InferenceLimits },
): Promise<Inferred> {
  const length = splits[0]!.inputs.length / splits[0]!.count;
  const count = splits.reduce((sum, split) => sum + split.count, 0);
  const order: InferenceOrder = {
    model: bytes,
    tokens: facts.tokens,
    batch: facts.batch ?? batchFor(length),
    fixed: facts.batch !== undefined,
    precision: facts.precision,
    length,
    classes,
    inputs: joined(splits.map(({ inputs }) => inputs)),
    secret: randomUUID(),
  };
  const script = new URL('./inferenceChild.ts', import.meta.url);
  let ended: { end: InferenceEnd; peakBytes: number };
  try {
    ended = await guarded<InferenceEnd>({ script, ...limits }, order);
    const { predictions } = ended.end;
    if (!(predictions instanceof Uint8Array) || predictions.length !== count)
      throw new Error('it gave no whole answer');
  } catch (error) {
    throw new SubmissionError(
      file,
      'the model',
      `does not run: ${messageOf(error).replace(/\.$/, '')}`,
    );
  }
  const { predictions, repeated, seconds, disagreement } = ended.end;
  if (disagreement) throw new SubmissionError(file, 'the model', problemOf(disagreement));
  let start = 0;
  const parts = splits.map((split) => predictions.subarray(start, (start += split.count)));
  return { predictions: parts, peakBytes: ended.peakBytes, repeated, seconds };
}

function joined(parts: (Uint8Array | Uint16Array)[]): Uint8Array | Uint16Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const whole = parts[0] instanceof Uint8Array ? new Uint8Array(length) : new Uint16Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The pair of figures, and what to do about it. */
function problemOf(disagreement: Disagreement): string {
  const advice =
    disagreement.manner === 'again'
      ? 'nothing in a model may be random: call model.eval() before the export'
      : 'an answer may depend on nothing but its example: call model.eval() before the export, and let nothing compute over the batch';
  return `${figuresOf(disagreement)}; ${advice}`;
}
