/**
 * Mixers compute what their authors' code computes, on the same parameters: `authors.py` calls packages
 * of PyPI. Skipped with one line where they are not installed. Where a mixer differs on purpose, the
 * case says how: parameters that the authors' code lacks are 0.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { peerPython } from '../peers.ts';
import { performerFeatures } from '../../models/mixers/performer.ts';
import { reformerHashing } from '../../models/mixers/reformer.ts';
import { parseOptions } from '../../models/options.ts';
import { tensorsOf } from '../../models/parameters.ts';
import { findMixer } from '../../models/registry.ts';
import {
  randomInput,
  randomParameters,
  relativeError,
  stream,
  type Inputs,
} from '../models/parity.ts';

const [batch, length, width] = [2, 48, 16];

interface Case {
  /** Package of PyPI. */
  from: string;
  /** That of the key if absent. */
  mixer?: string;
  options: Record<string, unknown>;
  /** Parameters that the authors' code does not have. */
  zero?: string[];
  /** Numbers that are no parameters here. */
  also?: Inputs;
  /** Largest difference over the largest value, if other than {@link tolerance}. */
  within?: number;
}

const tolerance = 2e-6;

const cases: Record<string, Case> = {
  transformer: { from: 'torch', options: { heads: 2 } },
  'rotary transformer': {
    from: 'x-transformers',
    mixer: 'transformer',
    options: { heads: 2, positions: 'rotary' },
    zero: ['qkvBias', 'outputBias'],
  },
  reformer: {
    from: 'reformer-pytorch',
    options: { heads: 2, chunk: 8, rounds: 2 },
    zero: ['qvBias'],
    also: {
      directions: {
        shape: [8, 2 * 6],
        values: Float64Array.from(reformerHashing(length, 8, 8, 2).directions[0]!),
      },
    },
  },
  linformer: {
    from: 'linformer',
    options: { heads: 2, rank: 6, sharing: 'heads' },
    zero: ['qkvBias'],
  },
  performer: {
    from: 'performer-pytorch',
    options: { heads: 2, features: 12 },
    also: { directions: { shape: [12, 8], values: performerFeatures(12, 8) } },
  },
  nystromformer: { from: 'transformers', options: { heads: 2, landmarks: 6, kernel: 5 } },
  gmlp: { from: 'g-mlp-pytorch', options: { spatial: 'full' } },
  s5: { from: 's5-pytorch', options: { state: 8, blocks: 2 } },
  mamba: { from: 'mambapy', options: { state: 4 } },
  mamba2: { from: 'transformers', options: { state: 4, heads: 2, chunk: 16 } },
  mingru: {
    from: 'minGRU-pytorch',
    options: { expansion: 2 },
    zero: ['gateBias', 'candidateBias', 'outputBias'],
  },
  hawk: { from: 'transformers', options: { blocks: 2 } },
  retnet: { from: 'fla-core', options: { heads: 2, chunk: 16 } },
  rwkv7: { from: 'rwkv', options: { heads: 2, rank: 4, chunk: 16 } },
  'gated-deltanet': { from: 'fla-core', options: { heads: 2, chunk: 16 } },
};

/** A mixer's output on random numbers, and these. */
function ours(name: string, { mixer: from = name, options, zero = [], also = {} }: Case) {
  const definition = findMixer(from);
  const mixer = definition.create({ length, width, layers: 2 }, parseOptions(definition, options));
  const random = stream(name);
  const parameters = randomParameters(mixer.parameters, random);
  for (const key of zero) parameters[key]!.values.fill(0);
  const x = randomInput([batch, length, width], random, 2);
  const tensor = (given: Inputs[string]) => tf.tensor(Float32Array.from(given.values), given.shape);
  const tensors = Object.entries(parameters).map(([key, given]) => [key, tensor(given)] as const);
  const output = tf.tidy(() =>
    mixer.apply(tensor(x), tensorsOf(mixer.parameters, Object.fromEntries(tensors)), {}).dataSync(),
  );
  return { output, x, parameters: { ...parameters, ...also }, options };
}

const python = peerPython("authors' code", 'mambapy');

describe.skipIf(!python)("authors' code", () => {
  const folder = mkdtempSync(join(tmpdir(), 'reach-authors-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const own = new Map<string, ReturnType<typeof ours>>();
  let theirs: Record<string, number[] | { problem: string }>;

  beforeAll(() => {
    for (const [name, given] of Object.entries(cases)) own.set(name, ours(name, given));
    const asLists = (_: string, value: unknown): unknown =>
      value instanceof Float64Array ? Array.from(value) : value;
    const [from, to] = [join(folder, 'cases.json'), join(folder, 'outputs.json')];
    writeFileSync(from, JSON.stringify(Object.fromEntries(own), asLists));
    const script = fileURLToPath(new URL('authors.py', import.meta.url));
    execFileSync(python!, ['-B', script, from, to], { stdio: ['ignore', 'ignore', 'pipe'] });
    theirs = JSON.parse(readFileSync(to, 'utf8')) as typeof theirs;
  }, 600_000); // Packages of many parts take long to import where others work too.

  it.each(Object.entries(cases))('%s computes the same', (name, { within = tolerance }) => {
    const expected = theirs[name]!;
    if (!Array.isArray(expected)) throw new Error(expected.problem);
    const { output } = own.get(name)!;
    expect(output.length).toBe(expected.length);
    expect(relativeError(output, expected)).toBeLessThan(within);
  });
});
