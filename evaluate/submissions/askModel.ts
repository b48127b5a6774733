/**
 * Asks a submitted ONNX file for all examples, in one secret order, so that neither a row's place in
 * its batch nor the rows beside it tell anything; some are asked again (`../training/agreement.ts`).
 */
import ort from 'onnxruntime-node';
import { argmax } from '../../core/math.ts';
import { stream } from '../../core/random.ts';
import {
  Answers,
  planCalls,
  repeatedShares,
  type Disagreement,
  type Precision,
} from '../training/agreement.ts';
import { gatherRows } from '../training/batches.ts';

export interface InferenceOrder {
  model: Uint8Array;
  tokens: 'int32' | 'int64';
  batch: number;
  /** Whether the file fixes the batch. */
  fixed: boolean;
  precision: Precision;
  /** Tokens per example. */
  length: number;
  classes: number;
  /** Tokens of all examples [N, L]. */
  inputs: Uint8Array | Uint16Array;
  /** Name of the random stream of the order, which nobody may know beforehand. */
  secret: string;
}

export interface InferenceEnd {
  predictions: Uint8Array; // [N]
  /** Answers that were compared with first ones. */
  repeated: number;
  disagreement?: Disagreement | undefined;
  /** Seconds of the pass over all examples, and of the repetitions. */
  seconds: { pass: number; repetitions: number };
}

export async function askModel(order: InferenceOrder): Promise<InferenceEnd> {
  const { model, batch, fixed, precision, length, classes, inputs, secret } = order;
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ['cpu'],
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const count = inputs.length / length;
  const share = repeatedShares.submitted;
  const answers = new Answers(count, classes);
  const seconds = { pass: 0, repetitions: 0 };
  for (const call of planCalls(count, { batch, fixed, share }, stream(secret))) {
    const began = performance.now();
    answers.take(call, await logitsOf(session, call.rows, order));
    seconds[call.manner ? 'repetitions' : 'pass'] += (performance.now() - began) / 1000;
  }
  const predictions = Uint8Array.from({ length: count }, (_, example) =>
    argmax(answers.logits, example * classes, classes),
  );
  const { repeated } = answers;
  return { predictions, repeated, disagreement: answers.disagreement(precision), seconds };
}

/** The logits [rows, classes] of some examples. */
async function logitsOf(
  session: ort.InferenceSession,
  rows: number[],
  { tokens, length, classes, inputs }: InferenceOrder,
): Promise<Float32Array> {
  const values = gatherRows(inputs, length, rows);
  const feed =
    tokens === 'int32'
      ? new ort.Tensor('int32', values, [rows.length, length])
      : new ort.Tensor('int64', BigInt64Array.from(values, BigInt), [rows.length, length]);
  const { logits } = await session.run({ tokens: feed });
  const { dims, type, data } = logits!;
  if (type !== 'float32' || dims.length !== 2 || dims[0] !== rows.length || dims[1] !== classes)
    throw new Error(
      `its logits are ${type} [${dims.join(', ')}], expected float32 [${rows.length}, ${classes}]`,
    );
  const numbers = data as Float32Array;
  const bad = numbers.findIndex(Number.isNaN);
  if (bad >= 0)
    throw new Error(
      `its logits of example ${rows[Math.floor(bad / classes)]} have NaN, expected numbers`,
    );
  return numbers;
}

ort.env.logLevel = 'fatal';
