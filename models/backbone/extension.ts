/**
 * Whether a model that was trained at one length can be tested at another: from its parameters, not
 * from a list. A parameter whose shape depends on the length has values for positions, and those of
 * positions beyond training were never trained.
 */
import type { z } from 'zod';
import type { MixerDefinition } from '../mixer.ts';
import { createModel } from './backbone.ts';
import type { ModelShape } from './shape.ts';
import type { Size } from './size.ts';

export type Extension =
  /** `note`: what the same parameters do otherwise at another length, one sentence. */
  | { extends: true; note?: string }
  /** Why not, one sentence. */
  | { extends: false; reason: string };

/** @param length tokens per sequence of the test, others than those of `shape` */
export function extensionOf<Options extends z.ZodObject>(
  definition: MixerDefinition<Options>,
  options: z.output<Options>,
  shape: ModelShape,
  size: Size,
  length: number,
): Extension {
  const parametersAt = (tokens: number) => {
    const model = createModel(definition, options, { ...shape, length: tokens }, size);
    const all = [...model.parameters, ...model.classifierParameters];
    return new Map(all.map((parameter) => [parameter.name, parameter.shape]));
  };
  const [trained, tested] = [parametersAt(shape.length), parametersAt(length)];
  for (const name of new Set([...trained.keys(), ...tested.keys()])) {
    const [before, after] = [trained.get(name), tested.get(name)].map((own) =>
      own ? `[${own.join(', ')}]` : 'not there',
    );
    if (before !== after)
      return {
        extends: false,
        reason: `Its parameter ${name} is ${before} at ${shape.length} tokens and ${after} at ${length}, so values that it needs there were never trained.`,
      };
  }
  const note = definition.stretches?.(options);
  return { extends: true, ...(note !== undefined && { note }) };
}
