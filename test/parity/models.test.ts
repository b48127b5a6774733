/**
 * Loss and every gradient of every model agree between the reference engine and the others: the
 * compiled ones, on the CPU and on WebGPU, and TensorFlow's own library.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, Program, Values } from '../../evaluate/engine/engine.ts';
import { openEngine } from '../../evaluate/engine/open.ts';
import { createModel, type Model } from '../../models/backbone/backbone.ts';
import type { ModelShape } from '../../models/backbone/shape.ts';
import type { NamedParameter } from '../../models/parameters.ts';
import { parseOptions } from '../../models/options.ts';
import { findMixer, mixers } from '../../models/registry.ts';
import { describeTensorflow } from '../evaluate/engine/tensorflow.ts';
import { describeWebgpu } from '../evaluate/engine/webgpu.ts';
import { randomParameters, relativeError, stream } from '../models/parity.ts';

const batch = 2;
const vocabulary = 7;
const size = { layers: 2, width: 8, parameters: 2500 };

const classifying: Omit<ModelShape, 'readout' | 'padded'> = { length: 67, vocabulary, classes: 3 };
const byQuery: ModelShape = { ...classifying, readout: 'query', padded: false };
const byPool: ModelShape = { ...classifying, readout: 'pool', padded: true };

/** Every model at least once, with options that suit so small a size and span several chunks. */
const models: [string, Record<string, unknown>][] = [
  ['transformer', { heads: 2, positions: 'sinusoidal' }],
  ['transformer', { heads: 2, positions: 'learned' }],
  ['transformer', { heads: 2, positions: 'rotary' }],
  ['transformer', { heads: 2, positions: 'alibi' }],
  ['las', { heads: 2 }],
  ['las', { heads: 2, decay: 'additive', chunk: 16 }],
  ['local', { heads: 2, window: 6, positions: 'rotary' }],
  ['local', { heads: 2, window: 6, positions: 'alibi' }],
  ['block-local', { heads: 2, block: 6 }],
  ['block-local', { heads: 2, block: 6, neighbours: 1 }],
  ['sparse', { heads: 2 }],
  ['reformer', { heads: 2, chunk: 8 }],
  ['sinkhorn', { heads: 2 }],
  ['longformer', { heads: 2, window: 6 }],
  ['linformer', { heads: 2, rank: 6 }],
  ['bigbird', { heads: 2, block: 4, random: 2 }],
  ['synthesizer', { heads: 2, rank: 3, kind: 'dense' }],
  ['synthesizer', { heads: 2, rank: 3, kind: 'random' }],
  ['linear-attention', { heads: 2 }],
  ['performer', { heads: 2, features: 8 }],
  ['nystromformer', { heads: 2, landmarks: 6, kernel: 5 }],
  ['fnet', {}],
  ['s4', { state: 8 }],
  ['dss', { state: 8, kernel: 'softmax' }],
  ['dss', { state: 8, kernel: 'exp' }],
  ['s4d', { state: 8 }],
  ['s5', { state: 8, blocks: 2 }],
  ['mega', { dimensions: 4, attention: 'softmax' }],
  ['mega', { dimensions: 4, attention: 'laplace', chunk: 16 }],
  ['lru', { state: 8 }],
  ['mamba', { state: 4, chunk: 8 }],
  ['mamba2', { state: 4, heads: 2, chunk: 16 }],
  ['gmlp', { spatial: 'full' }],
  ['gmlp', { spatial: 'toeplitz' }],
  ['sgconv', { size: 8 }],
  ['hyena', { filterWidth: 8, bands: 4 }],
  ['long-conv', {}],
  ['retnet', { heads: 2, chunk: 16 }],
  ['mingru', {}],
  ['hawk', { blocks: 2 }],
  ['gated-deltanet', { heads: 2, chunk: 16 }],
  ['rwkv7', { heads: 2, rank: 4, chunk: 8 }],
  ['bag-of-ngrams', { window: 3 }],
  ['bounded-conv', { kernel: 5 }],
];

it('has every model', () => {
  const names = mixers.map(({ name }) => name);
  expect(new Set(models.map(([name]) => name))).toEqual(new Set(names));
});

interface Case {
  program: Program;
  feeds: Record<string, Values>;
}

/** A program that gives the loss and every gradient, and what to feed it. */
function lossAndGradients(name: string, options: Record<string, unknown>, task: string): Case {
  const mixer = findMixer(name);
  const shape = task === 'pool' ? byPool : byQuery;
  const model: Model = createModel(mixer, parseOptions(mixer, options), shape, size);
  const { length, classes } = shape;
  const head = task === 'tokens' ? model.tokenHeadParameters : model.classifierParameters;
  const parameters: NamedParameter[] = [...model.parameters, ...head];
  const names = parameters.map(({ name }) => name);
  const random = stream(`${name}/${task}`);
  const tokens = Int32Array.from({ length: batch * length }, (_, at) =>
    shape.padded && at % length >= length - 9 && at < length
      ? 0
      : 1 + Math.floor(random() * (vocabulary - 1)),
  );
  const program: Program = {
    name: 'parity',
    inputs: {
      tokens: { shape: [batch, length], dtype: 'int32' },
      ...Object.fromEntries(
        parameters.map(({ name, shape }) => [name, { shape, dtype: 'float32' as const }]),
      ),
    },
    build(inputs) {
      const loss = (...tensors: Tensor[]) => {
        const p = Object.fromEntries(tensors.map((tensor, i) => [names[i]!, tensor]));
        const logits =
          task === 'tokens'
            ? tf.reshape(model.predictTokens(inputs.tokens!, p), [-1, vocabulary])
            : model.classify(inputs.tokens!, p);
        const outputs = task === 'tokens' ? vocabulary : classes;
        const target = Array.from({ length: logits.shape[0] }, (_, i) => i % outputs);
        const hot = tf.tensor2d(
          target.map((label) => Array.from({ length: outputs }, (_, c) => Number(c === label))),
        );
        return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), hot), 1))).asScalar();
      };
      const { value, grads } = tf.valueAndGrads(loss)(names.map((name) => inputs[name]!));
      const gradients = Object.fromEntries(grads.map((g, i) => [`gradient.${names[i]!}`, g]));
      return { loss: value, ...gradients };
    },
  };
  const values = Object.entries(randomParameters(parameters, random)).map(
    ([name, { values }]) => [name, Float32Array.from(values)] as const,
  );
  return { program, feeds: { tokens, ...Object.fromEntries(values) } };
}

async function runOn(engine: Engine, { program, feeds }: Case): Promise<Record<string, Values>> {
  const executable = await engine.compile(program);
  const outputs = await executable.run(feeds);
  const read: Record<string, Values> = {};
  for (const [name, handle] of Object.entries(outputs)) {
    read[name] = await handle.read();
    handle.dispose();
  }
  await executable.dispose();
  return read;
}

/** Models that WebGPU is known to refuse, with the node that its provider lacks. */
const refusedOnWebgpu: Record<string, RegExp> = { reformer: /lacks TopK/ };

function compareWithReference(name: string, tasks: string[], compared = models): void {
  let engine: Engine;
  let reference: Engine;
  beforeAll(async () => {
    reference = await openEngine('reference');
    engine = await openEngine(name);
  });
  afterAll(async () => {
    await engine.dispose();
    await reference.dispose();
  });

  describe.each(compared)('%s %o', (model, options) => {
    it.each(tasks)('agrees on %s', async (task) => {
      const given = lossAndGradients(model, options, task);
      const refusal = name === 'onnx-webgpu' ? refusedOnWebgpu[model] : undefined;
      if (refusal) return expect(runOn(engine, given)).rejects.toThrow(refusal);
      const expected = await runOn(reference, given);
      const actual = await runOn(engine, given);
      expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
      for (const [output, values] of Object.entries(expected)) {
        const scale = Math.max(...Array.from(values, Math.abs));
        // A gradient that is zero by symmetry is rounding noise; it is compared with 1e-3.
        const error = relativeError(actual[output]!, values) * Math.min(1, scale / 1e-3);
        expect(error, output).toBeLessThan(1e-4);
      }
    });
  });
}

describe('on the CPU', () => compareWithReference('onnx-cpu', ['query', 'pool', 'tokens']));

await describeTensorflow(() => compareWithReference('tensorflow', ['pool']));

/** One model per family: WebGPU in software takes a second per model, so only CI compares all. */
const representative = models.filter(
  ([name], i) =>
    models.findIndex(([other]) => findMixer(other).family === findMixer(name).family) === i,
);

// The same graphs through another provider: one read-out, with padding, has all of a mixer's nodes.
await describeWebgpu(() => {
  if (process.env.CI !== 'true')
    console.log('WebGPU: one model per family is compared; CI=true npm test compares all.');
  compareWithReference(
    'onnx-webgpu',
    ['pool'],
    process.env.CI === 'true' ? models : representative,
  );
});
