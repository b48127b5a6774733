/** The predictions that a run is scored by. Asks some examples again and compares the answers. */
import { RunError } from '../../core/errors.ts';
import { stream } from '../../core/random.ts';
import type { Split } from '../../generators/store/split.ts';
import type { Executable, Handle, Values } from '../engine/engine.ts';
import { Answers, figuresOf, planCalls, repeatedShares } from './agreement.ts';
import { gatherRows } from './batches.ts';
import { predict } from './predict.ts';

/**
 * Class of every example, as `predict` gives it.
 *
 * @throws RunError if an answer depends on the examples beside it in the batch, on its place, or on
 *   chance
 */
export async function predictTest(
  executable: Executable,
  parameters: Values | Handle,
  split: Split,
  onBatch?: (done: number) => void,
): Promise<Uint8Array> {
  const [batch, length] = executable.inputs.tokens!.shape as [number, number];
  const answers = new Answers(split.count, executable.outputs.logits!.shape[1]!);
  const predictions = await predict(executable, parameters, split, onBatch, answers);
  const setting = { batch, fixed: true, share: repeatedShares.own };
  for (const call of planCalls(split.count, setting, stream('agreement'))) {
    if (!call.manner) continue;
    const tokens = gatherRows(split.inputs, length, call.rows);
    const { logits } = await executable.run({ parameters, tokens });
    answers.take(call, await logits!.read());
    logits!.dispose();
  }
  const disagreement = answers.disagreement('float32');
  if (disagreement)
    throw new RunError(
      `The model ${figuresOf(disagreement)}; its mixer may compute nothing over the batch.`,
    );
  return predictions;
}
