import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { benchStep, formatStep } from '../../../evaluate/bench/stepBench.ts';
import type { StepReport } from '../../../evaluate/bench/stepBench.ts';
import { stepModel } from '../../../evaluate/training/stepper.ts';
import { TorchStepper, findPython, twins } from '../../../evaluate/bench/torch.ts';
import { peerPython } from '../../peers.ts';

const shape = {
  layers: 1,
  width: 8,
  heads: 2,
  hidden: 16,
  length: 8,
  batch: 2,
  vocabulary: 5,
  classes: 3,
};

test('measures every thread count, in pairs where PyTorch is there', async () => {
  const seen: [number, number][] = [];
  const report = await benchStep(
    { engine: 'onnx-cpu', threads: [1, 2], pairs: 2, shape },
    (threads, pair) => seen.push([threads, pair]),
  );
  expect(seen).toEqual([
    [1, 1],
    [1, 2],
    [2, 1],
    [2, 2],
  ]);
  expect(report.times.map(({ threads }) => threads)).toEqual([1, 2]);
  for (const { engine, peers } of report.times) {
    expect(engine).toHaveLength(2);
    expect(peers.map(({ milliseconds }) => milliseconds.length)).toEqual(report.torch ? [2] : []);
  }
});

describe('the report', () => {
  const report: StepReport = {
    bench: 'step',
    date: '2026-01-01T00:00:00.000Z',
    engine: 'onnx-cpu',
    device: 'a CPU',
    shape,
    parameters: 1234,
    torch: { version: '1.13', blas: 'openblas', parameters: 1234, device: 'cpu' },
    times: [
      {
        threads: 1,
        compile: 99.6,
        engine: [10, 20, 10],
        peers: [
          { way: 'eager', milliseconds: [30, 40, 31] },
          { way: 'compiled', milliseconds: [], problem: 'no compiler' },
        ],
      },
    ],
  };

  test('compares pair by pair', () => {
    expect(formatStep(report)).toContain(
      '1 thread   onnx-cpu 10 ms a step (compiled in 100 ms)\n' +
        '           PyTorch eager 31 ms: onnx-cpu is 3.00 times as fast (middle half of 3 pairs: 2.50 to 3.05)\n' +
        '           PyTorch compiled: no compiler',
    );
  });

  test('warns of an opponent without a fast matrix product', () => {
    const slow = { ...report, torch: { ...report.torch!, blas: 'reference' } };
    expect(formatStep(slow)).toContain('no fair opponent: apt-get install libopenblas0-pthread');
  });

  test('says how to get PyTorch where there is none', () => {
    const text = formatStep({
      ...report,
      torch: undefined,
      times: [{ threads: 2, compile: 1, engine: [10], peers: [] }],
    });
    expect(text).toContain('2 threads  onnx-cpu 10 ms a step');
    expect(text).toContain('evaluate/bench/peers/README.md');
  });
});

test('says which models PyTorch has where it has not the one asked for', async () => {
  const asked = {
    engine: 'onnx-cpu',
    threads: [1],
    pairs: 1,
    shape: { ...shape, model: 'retnet' },
  };
  const report = await benchStep(asked);
  expect(report.torch).toBeUndefined();
  const text = formatStep(report);
  expect(text).toContain('Training step, RetNet: 1 layers, width 8, 2 heads');
  expect(text).toContain('No twin in PyTorch: there are ones of transformer, local,');
});

test('a Python without torch is no opponent', () => {
  expect(findPython('torch', ['/no/such/python', 'false'])).toBeUndefined();
});

const python = peerPython('the step in PyTorch and JAX', 'torch, jax');
describe.skipIf(!python)('PyTorch', () => {
  test.each(twins)('trains the same model, and its loss falls: %s', async (model) => {
    const given = { ...shape, model };
    const [torch, jax] = await Promise.all([
      TorchStepper.start(python!, given, 1),
      TorchStepper.start(python!, given, 1, { way: 'jax' }),
    ]);
    const { parameterCount, positionParameterCount } = stepModel(given);
    for (const each of [torch, jax])
      expect(each.info.parameters).toBe(parameterCount + positionParameterCount);
    const first = await torch.step();
    let last = first;
    for (let step = 0; step < 31; step++) {
      if (step < 3) {
        const { loss } = await jax.step();
        expect(Math.abs(loss / last.loss - 1), `step ${step} in JAX`).toBeLessThan(1e-4);
      }
      last = await torch.step();
    }
    expect(last.loss).toBeLessThan(first.loss);
    expect(last.milliseconds).toBeGreaterThan(0);
    torch.stop();
    jax.stop();
  });

  test('a way that a model does not have is said, and the others go on', async () => {
    const asked = { engine: 'onnx-cpu', threads: [1], pairs: 1 };
    const local = { ...shape, model: 'local' };
    const [{ peers }] = (await benchStep({ ...asked, shape: local, ways: ['sdpa', 'eager'] }))
      .times as [StepReport['times'][number]];
    expect(peers[0]!.milliseconds).toEqual([]);
    expect(peers[0]!.problem).toMatch(/^PyTorch.*(is for the Transformer|cannot do that)/);
    expect(peers[1]).toMatchObject({ way: 'eager', milliseconds: [expect.any(Number)] });
    expect(peers[1]!.problem).toBeUndefined();
  });

  test('a script that fails tells why', async () => {
    await expect(
      TorchStepper.start(python!, { ...shape, layers: 'x' as never }, 1),
    ).rejects.toThrow(/could not run .*torch_step\.py: .*Error/s);
  });
});

describe('the command', () => {
  const cli = path.resolve('evaluate/bench/cli.ts');
  const bench = (...args: string[]) =>
    promisify(execFile)(process.execPath, [cli, ...args]).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );

  test('explains itself', async () => {
    const { code, stdout } = await bench('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('npm run bench -- step');
  });

  test.each([
    [['walk'], /Unknown command 'walk'.*Known commands: step, /],
    [['step', '--engine', 'steam'], /Unknown engine 'steam'\. Known engines: onnx-cpu/],
    [['step', '--threads', '0'], /--threads is '0', expected a whole number/],
    [['step', '--pairs', 'many'], /--pairs is 'many'/],
    [['models', '--length', '256,x'], /--length is 'x', expected a whole number/],
    [['models', '--model', 'retnt'], /Unknown model 'retnt', did you mean 'retnet'/],
    [['step', '--speed'], /Unknown flag --speed\. See --help/],
  ])('%s is refused in one sentence', async (args, message) => {
    const { code, stderr } = await bench(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('writes the figures as JSON', async () => {
    const file = path.join(await mkdtemp(path.join(os.tmpdir(), 'reach-arena-test-')), 'step.json');
    const { code } = await bench(
      ...['step', '--threads', '2', '--pairs', '1', '--length', '16', '--batch', '2'],
      ...['--json', file],
    );
    expect(code).toBe(0);
    const report = JSON.parse(await readFile(file, 'utf8')) as StepReport;
    expect(report).toMatchObject({ bench: 'step', engine: 'onnx-cpu', times: [{ threads: 2 }] });
  });
});
