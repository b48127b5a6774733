/**
 * The study of lengths: which models can be tested beyond the length they were trained at, and on what.
 * A longer sequence has the same questions and the same pairs among more noise, and distances that go
 * on doubling: the farthest is half of the sequence.
 */
import { OptionError } from '../../core/errors.ts';
import { findTask, resolveOptions } from '../../generators/registry.ts';
import type { RunSpec } from '../../leaderboards/records/schema.ts';
import { extensionOf, type Extension } from '../../models/backbone/extension.ts';
import type { AnyMixer } from '../../models/registry.ts';
import { findMixer, mixers } from '../../models/registry.ts';
import { parseOptions } from '../../models/options.ts';
import { shapeOf, type ModelRequest } from './spec.ts';
import { presetOf } from './tiers.ts';

/** Multiples of the trained length, and the share of the tier's test groups: long sequences cost more. */
export const lengthFactors = [
  { factor: 2, groups: 1 },
  { factor: 4, groups: 1 },
  { factor: 16, groups: 0.25 },
] as const;

/** Task options of the data set on which a run is tested at a multiple of its length. */
export function longerOptions(
  { task, tier, taskOptions }: Pick<RunSpec, 'task' | 'tier' | 'taskOptions'>,
  factor: number,
): RunSpec['taskOptions'] {
  const given = resolveOptions(findTask(task), tier, taskOptions) as {
    length: number;
    distances: number[];
    test: number;
  };
  const { groups = 1 } = lengthFactors.find((known) => known.factor === factor) ?? {};
  const distances = [...given.distances];
  while (2 * distances.at(-1)! <= (given.length * factor) / 2)
    distances.push(2 * distances.at(-1)!);
  return {
    ...taskOptions,
    ...{ length: given.length * factor, distances },
    // Nothing is trained on it.
    ...{ train: 1, val: 1, test: Math.max(2, Math.round(given.test * groups)) },
  };
}

/** Whether a run can be tested at a multiple of its length. */
export function extensionOfRun(spec: RunSpec, factor: number): Extension {
  const shape = shapeOf(spec.task, spec.tier, spec.taskOptions);
  const mixer = findMixer(spec.model);
  return extensionOf(mixer, spec.modelOptions, shape, spec.size, shape.length * factor);
}

export interface Candidate extends ModelRequest {
  title: string;
  extension: Extension;
}

/** Positions that a model is given where its own are learned, the first that it knows. */
const positions = ['rotary', 'sinusoidal', 'none'] as const;

let known: Candidate[] | undefined;

/**
 * Every mixer, with whether it can be tested: with its default options, or where these have learned
 * positions, with others; and the Transformer with each kind of positions.
 */
export function lengthCandidates(): Candidate[] {
  return (known ??= mixers.flatMap((mixer) => {
    if (mixer.name === 'transformer')
      return ['learned', ...positions, 'alibi'].map((kind) =>
        candidate(mixer, { positions: kind }),
      );
    const own = candidate(mixer, {});
    if (own.extension.extends) return [own];
    const others = positions.flatMap((kind) => {
      try {
        return [candidate(mixer, { positions: kind })];
      } catch (error) {
        if (error instanceof OptionError) return [];
        throw error;
      }
    });
    // Where none can be, the reason is one that no choice of positions removes.
    const last = { ...(others.at(-1) ?? own), title: mixer.title };
    return [others.find(({ extension }) => extension.extends) ?? last];
  }));
}

function candidate(mixer: AnyMixer, options: Record<string, unknown>): Candidate {
  const shape = shapeOf('recall', 'lite', {});
  const { size } = presetOf('recall', 'lite', shape.maskRatio);
  const parsed = parseOptions(mixer, options);
  const { factor } = lengthFactors.at(-1)!;
  const extension = extensionOf(mixer, parsed, shape, size, shape.length * factor);
  const kind = Object.values(options).join(', ');
  const title = kind === '' ? mixer.title : `${mixer.title} (${kind})`;
  return { name: mixer.name, options, title, extension };
}

/** The models that the study trains. */
export const lengthModels = (): ModelRequest[] =>
  lengthCandidates().flatMap(({ name, options, extension }) =>
    extension.extends ? [{ name, options }] : [],
  );
