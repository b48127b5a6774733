import { expect, test } from 'vitest';
import { matrixFlops } from '../../../evaluate/engine/flops.ts';
import { optimise } from '../../../evaluate/engine/passes/all.ts';
import { trace } from '../../../evaluate/engine/trace.ts';
import { formatEngineTimes } from '../../../evaluate/bench/engines.ts';
import { benchRoofline, formatRoofline, kindsOf } from '../../../evaluate/bench/roofline.ts';
import { stepProgram } from '../../../evaluate/training/stepper.ts';

const shape = {
  ...{ layers: 1, width: 8, heads: 2, hidden: 24, length: 12, batch: 3 },
  ...{ vocabulary: 5, classes: 3 },
};

test('the profile has all floating-point operations of the graph, and some time of every kind', async () => {
  const report = await benchRoofline(shape, { threads: 1, steps: 2 });
  const flops = report.kinds.reduce((sum, kind) => sum + kind.flops, 0);
  expect(flops).toBe(matrixFlops(optimise(trace(stepProgram(shape)), 'cpu')));
  for (const { calls, bytes } of report.kinds) {
    expect(Number.isInteger(calls)).toBe(true);
    expect(bytes).toBeGreaterThanOrEqual(0);
  }
  expect(report.peaks.gflops).toBeGreaterThan(0);
  expect(report.peaks.gigabytes).toBeGreaterThan(0);
  const text = formatRoofline(report);
  expect(text).toMatch(/^Training step, Transformer: length 12, batch 3, 1 thread/);
  expect(text).toMatch(/With every operator at its peak the step would take \d+ ms\.$/);
});

test('steps before the clock counts are left out', () => {
  const event = (dur: number) => ({
    name: 'x_kernel_time',
    dur,
    args: {
      op_name: 'MatMul',
      input_type_shape: [{ float: [2, 3] }, { float: [3, 4] }],
      output_type_shape: [{ float: [2, 4] }],
    },
  });
  const [kind] = kindsOf([event(9000), event(1000), event(3000)], 1, 2);
  expect(kind).toEqual({ op: 'MatMul', calls: 1, milliseconds: 2, flops: 48, bytes: 4 * 26 });
});

test('engines stand in one table, with what is missing', () => {
  const text = formatEngineTimes({
    bench: 'engines',
    date: '',
    shape,
    engines: [
      { engine: 'onnx-cpu', device: 'a CPU', compile: 5, times: [2, 2, 3], losses: [1.5] },
      { engine: 'reference', device: 'JavaScript', compile: 1, times: [30], losses: [1.5] },
      { engine: 'onnx-cuda', device: '', problem: 'no CUDA' },
    ],
  });
  expect(text).toMatch(/onnx-cpu +2\.0 +1\.0 +5 +1\.500000 +a CPU/);
  expect(text).toMatch(/reference +30\.0 +15\.0/);
  expect(text).toMatch(/onnx-cuda +– +– +– +– +no CUDA/);
});
