/** Submissions with nothing wrong, and what a wrong one is made of. */
import fc from 'fast-check';
import { benchmarkVersion, shapeOf } from '../../../../evaluate/plan/spec.ts';
import { encodePredictions } from '../../../../evaluate/submissions/predictionsFile.ts';
import { encodeModel, linear } from '../onnx.ts';

/** A submission that must be refused, with the file and the field that the refusal must name. */
export interface Hostile {
  files: Record<string, string | Uint8Array>;
  /** Entries that are no plain files. */
  special?: { name: string; kind: 'link' | 'folder' | 'pipe' | 'giant' };
  file: string;
  field: RegExp;
}

export type Json = Record<string, unknown>;

const { counts, length, classes } = shapeOf('recall', 'smoke', {});
/** Recall at tier smoke. */
export const split = { count: counts.test, length, classes };

const common = {
  schema: 1,
  benchmark: benchmarkVersion,
  name: 'a-model',
  title: 'A model',
  family: 'attention',
  authors: ['Somebody'],
};
export const run = {
  task: 'recall',
  tier: 'smoke',
  regime: 'scratch',
  seed: 1,
  budget: { pretrain: 0, train: 1000 },
};
const declared = { parameters: 10, stateSize: 10 };

export const validCsv = encodePredictions(
  Array.from({ length: split.count }, (_, i) => i % split.classes),
);
export const validMixer = `import tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { zeros } from '../models/index.ts';
const options = z.strictObject({});
export const mixer = { name: 'a-model', options, create: () => ({ parameters: {}, apply: (x) => tf.neg(x) }), zeros };
`;
export const validModel = () => linear(split.length, split.classes);

/** submission.json of each kind, in order. */
export const descriptions = {
  predictions: (): Json => ({
    ...structuredClone(common),
    kind: 'predictions',
    ...declared,
    results: [{ ...structuredClone(run), file: 'a.csv' }],
  }),
  model: (): Json => ({
    ...structuredClone(common),
    kind: 'model',
    ...declared,
    results: [{ ...structuredClone(run), file: 'a.onnx' }],
  }),
  architecture: (): Json => ({
    ...structuredClone(common),
    kind: 'architecture',
    file: 'a.ts',
    options: {},
    tasks: ['recall'],
    tier: 'smoke',
    seeds: [1],
  }),
};
export type Kind = keyof typeof descriptions;

export const validFiles: Record<Kind, () => Hostile['files']> = {
  predictions: () => ({ 'a.csv': validCsv }),
  model: () => ({ 'a.onnx': encodeModel(validModel()) }),
  architecture: () => ({ 'a.ts': validMixer }),
};

export function validSubmission(kind: Kind): Hostile['files'] {
  return { 'submission.json': JSON.stringify(descriptions[kind]()), ...validFiles[kind]() };
}

export const kinds = fc.constantFrom<Kind[]>('predictions', 'model', 'architecture');
