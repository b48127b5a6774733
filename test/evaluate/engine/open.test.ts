import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { EngineError } from '../../../evaluate/engine/engine.ts';
import type { EngineStatus } from '../../../evaluate/engine/open.ts';
import {
  engineNames,
  formatEngines,
  listEngines,
  openEngine,
  tryEngine,
} from '../../../evaluate/engine/open.ts';

test('an engine says its name and device', async () => {
  const one = await openEngine('onnx-cpu');
  expect(one.name).toBe('onnx-cpu');
  expect(one.device).toMatch(/, 1 thread$/);
  expect((await openEngine('onnx-cpu', { threads: 2 })).device).toMatch(/, 2 threads$/);
  expect((await openEngine('reference')).device).toMatch(/tfjs in JavaScript$/);
});

test('an unknown engine is refused with the names there are', async () => {
  await expect(openEngine('onnx')).rejects.toThrow(EngineError);
  await expect(openEngine('onnx')).rejects.toThrow(/no engine "onnx": choose one of onnx-cpu, /);
});

test.each([0, 1.5, NaN])('%s threads are refused', async (threads) => {
  await expect(openEngine('onnx-cpu', { threads })).rejects.toThrow(
    /expected a whole number from 1/,
  );
});

describe('the list of engines', () => {
  let list: EngineStatus[];
  beforeAll(async () => {
    list = await listEngines();
  });

  test('has every engine, and those that need nothing but packages work', () => {
    expect(list.map(({ name }) => name)).toEqual([...engineNames]);
    for (const name of ['onnx-cpu', 'reference']) {
      expect(list.find((status) => status.name === name)).toMatchObject({ works: true });
    }
  });

  test('an engine that works has a device, one that does not a reason and advice', () => {
    for (const { works, device, problem, advice } of list) {
      expect(works).toBe(device !== '');
      expect(works).toBe(problem === undefined);
      expect(works).toBe(advice === undefined);
    }
  });

  test('an engine that does not work cannot be opened, for the same reason', async () => {
    for (const { name, problem } of list.filter(({ works }) => !works)) {
      await expect(openEngine(name)).rejects.toThrow(EngineError);
      await expect(openEngine(name)).rejects.toThrow(problem);
    }
  });
});

test('the list is a line an engine, and what to do under one that does not work', () => {
  const text = formatEngines([
    { name: 'onnx-cpu', works: true, device: 'a CPU' },
    { name: 'onnx-cuda', works: false, device: '', problem: 'no GPU', advice: 'Buy one.' },
  ]);
  expect(text.split('\n')).toEqual([
    'onnx-cpu   works on a CPU',
    'onnx-cuda  does not work: no GPU',
    '           Buy one.',
  ]);
});

describe('an engine that fails hard is reported, whatever it does', () => {
  const misbehave = async (code: string, seconds?: number) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'reach-arena-test-'));
    const script = path.join(folder, 'probe.mjs');
    await writeFile(script, code);
    return tryEngine('onnx-webgpu', script, seconds);
  };

  test('it aborts', async () => {
    expect(await misbehave('process.abort()')).toEqual({
      problem: 'its process ended with SIGABRT',
    });
  });

  test('it exits', async () => {
    expect(await misbehave('process.exit(3)')).toEqual({
      problem: 'its process ended with exit code 3',
    });
  });

  test('it hangs', async () => {
    expect(await misbehave('setInterval(() => {}, 1000)', 1)).toEqual({
      problem: 'it did not answer within 1 seconds',
    });
  });

  test('it talks a lot', async () => {
    const chatter = `process.stdout.write('x'.repeat(1e6)); process.stderr.write('y'.repeat(1e6));`;
    expect(await misbehave(`${chatter} process.send({ device: 'loud' });`)).toEqual({
      device: 'loud',
    });
  });
});
