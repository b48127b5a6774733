import { expect, test } from 'vitest';
import { benchWasm, formatWasm, problemOf } from '../../../evaluate/bench/wasm.ts';
import { referenceStep } from '../../../evaluate/training/stepper.ts';

const shape = { ...referenceStep, width: 8, heads: 2, hidden: 16, length: 16, batch: 4 };

test('the compiled step and the one on WebAssembly have the same losses', async () => {
  const report = await benchWasm({ shape, pairs: 3 }, ['transformer', 's4d']);
  expect(report.models.map(({ model }) => model)).toEqual(['transformer', 's4d']);
  for (const row of report.models) {
    if ('problem' in row) throw new Error(row.problem);
    const [compiled, wasm] = [row.compiled, row.wasm];
    expect(compiled).toHaveLength(3);
    wasm.forEach(({ loss }, i) => expect(loss).toBeCloseTo(compiled[i]!.loss, 3));
    expect(wasm[2]!.loss).toBeLessThan(wasm[0]!.loss);
  }
  expect(formatWasm(report)).toMatch(/transformer .* to /);
}, 60_000);

test('what is missing is said in short, and stands in the table', async () => {
  const stderr =
    "file:///x.js:1\n\nError: Kernel 'LinSpace' not registered for backend 'wasm'\n  at y";
  expect(problemOf({ stderr, message: 'Command failed' })).toBe(
    'the backend has no kernel LinSpace',
  );
  expect(problemOf({ stderr: 'RangeError: too long\n', message: 'x' })).toBe('too long');
  expect(problemOf({ message: 'killed\nby' })).toBe('killed');
  const report = { ...(await benchWasm({ shape, pairs: 1 }, [])) };
  report.models = [{ model: 's4', problem: 'the backend has no kernel X' }];
  expect(formatWasm(report)).toMatch(/s4 +– +– +– +the backend has no kernel X/);
  await expect(benchWasm({ shape, pairs: 1 }, ['none'])).rejects.toThrow("Unknown model 'none'");
});
