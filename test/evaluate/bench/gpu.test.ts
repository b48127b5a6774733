import { describe, expect, it } from 'vitest';
import { benchGpu, formatGpu, shapesOf, take, type GpuRow } from '../../../evaluate/bench/gpu.ts';
import { findPython } from '../../../evaluate/bench/torch.ts';

const options = {
  ...{ models: ['transformer', 'lru'], lengths: [8], widths: [32, 64], batch: 2, layers: 1 },
  ...{ engine: 'onnx-cpu', torch: 'cpu' as const, steps: 2 },
};

it('has a row for each model, width and length, with heads of 32 channels', () => {
  const shapes = shapesOf(options);
  expect(shapes.map(({ model, width, heads, hidden }) => [model, width, heads, hidden])).toEqual([
    ['transformer', 32, 1, 128],
    ['transformer', 64, 2, 256],
    ['lru', 32, 1, 128],
    ['lru', 64, 2, 256],
  ]);
});

// Where there is PyTorch, torch.compile calls a C++ compiler.
it('takes steps in turn, and says who could not', { timeout: 600_000 }, async () => {
  const { rows } = await benchGpu({ ...options, widths: [32] });
  const [transformer, lru] = rows as [GpuRow, GpuRow];
  expect(transformer.engine.times).toHaveLength(2);
  expect(transformer.engine.device).toBeTruthy();
  expect(transformer.parameters).toBeGreaterThan(1000);
  expect(lru.engine.times).toHaveLength(2);
  expect(lru.eager.problem).toBe('PyTorch has no twin of lru');
  if (findPython()) expect(transformer.eager.times).toHaveLength(2);
  else expect(transformer.eager.problem).toBe('no python3 here can import torch');
});

it('keeps the reason of an engine that does not start', async () => {
  const { rows } = await benchGpu({ ...options, models: ['lru'], widths: [32], engine: 'abacus' });
  expect(rows[0]!.engine.times).toEqual([]);
  expect(rows[0]!.engine.problem).toContain('abacus');
});

describe('the table', () => {
  const [shape] = shapesOf(options);
  const row: GpuRow = {
    shape: shape!,
    ...{ engine: { times: [] }, eager: { times: [] }, compiled: { times: [] } },
  };
  take(row, { taker: 'engine', device: 'a GPU', parameters: 5 });
  for (const milliseconds of [1, 4, 2]) take(row, { taker: 'engine', milliseconds });
  take(row, { taker: 'eager', device: 'a GPU', version: '2.9' });
  take(row, { taker: 'eager', milliseconds: 3 });
  take(row, { taker: 'eager', problem: 'out of memory' });
  const text = formatGpu({ bench: 'gpu', date: '', engine: 'onnx-webgpu', rows: [row] });

  it('has medians, tokens a second, and no figure of what failed on the way', () => {
    const cells = text
      .split('\n')[4]!
      .split('|')
      .map((cell) => cell.trim());
    expect(cells.slice(1, -1)).toEqual(['transformer', '32', '8', '2', '2.0', '8,000', '–', '–']);
  });

  it('says who worked where and who did not run', () => {
    expect(text.split('\n')[0]).toBe('onnx-webgpu on a GPU; PyTorch 2.9 on a GPU.');
    expect(text.split('\n').at(-1)).toBe(
      'transformer, width 32, 8 tokens: PyTorch eager did not run: out of memory',
    );
  });
});
