/**
 * The reach of pretraining, before any label: what a pretrained model predicts of values that stand twice,
 * by the distance of the first copy. It is asked on the part `signal` of a data set, held out, with the
 * objective that it was pretrained by: a bidirectional model is given the mask in place of the second
 * copy, a causal one predicts it as the next token. Only the values of the task are answers.
 *
 * Whoever reads fewer than D tokens from the hidden value, to either side, is right exactly once in k.
 */
import type { Dataset } from '../../generators/store/dataset.ts';
import type { Split } from '../../generators/store/split.ts';
import type { SignalShape } from '../../generators/task.ts';
import type { BeforeLabels } from '../../leaderboards/records/schema.ts';
import type { Model } from '../../models/backbone/backbone.ts';
import type { Engine } from '../engine/engine.ts';
import { groupsOf, predict, score, scoreByDistance } from './predict.ts';
import { hiddenValueProgram } from './programs.ts';

export interface HiddenValues {
  model: Model;
  dataset: Dataset;
  engine: Engine;
  /** Examples per pass. */
  batch: number;
}

/**
 * @param parameters flat, in the layout of pretraining
 * @returns undefined where the inputs hold no signal
 */
export async function predictHiddenValues(
  { model, dataset, engine, batch }: HiddenValues,
  parameters: Float32Array,
): Promise<BeforeLabels | undefined> {
  const { shape } = dataset.meta;
  const { signal, length, classes } = shape;
  if (!signal) return undefined;
  const part = await dataset.split('signal');
  const program = hiddenValueProgram(
    model,
    { batch, length },
    { position: signal.position, first: signal.firstValue, count: classes },
  );
  const executable = await engine.compile(program);
  const predictions = await predict(executable, parameters, hide(part, signal, model.maskToken));
  await executable.dispose();
  const groups = groupsOf(predictions, part, shape);
  const { kind, distance, pairs } = signal;
  return {
    objective: model.causal ? 'next token' : 'masked token',
    signal: { kind, distance, pairs },
    overall: score(groups),
    distances: scoreByDistance(groups, shape.distances),
  };
}

/** The part with the mask in place of the hidden values; a causal model does not read so far. */
function hide(part: Split, { position }: SignalShape, mask: number): Split {
  const inputs = Uint16Array.from(part.inputs);
  for (let row = 0; row < part.count; row++) inputs[row * part.length + position] = mask;
  return { ...part, inputs };
}
