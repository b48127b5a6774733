import { describe, expect, it } from 'vitest';
import { compareRuns, drawRecords } from '../../../evaluate/runs/recheck.ts';
import type { RunRecord } from '../../../leaderboards/records/schema.ts';

const record = (id: string, more: object = {}) =>
  ({
    id,
    spec: { benchmark: '1.0' },
    status: 'done',
    result: { test: { accuracy: 0.5, interval: [0.45, 0.55] } },
    predictions: { file: 'x.npy', sha256: 'aa' },
    provenance: { engine: 'onnx-cpu', device: 'a CPU', threads: 1 },
    ...more,
  }) as unknown as RunRecord;

describe('records to run again', () => {
  const records = ['d', 'a', 'c', 'b'].map((id) => record(id));

  it('are drawn by the seed, whatever their order, each once', () => {
    const ids = (seed: number, from = records) =>
      drawRecords(from, '1.0', 3, seed).map(({ id }) => id);
    expect(ids(1)).toHaveLength(3);
    expect(new Set(ids(1)).size).toBe(3);
    expect(ids(1, records.toReversed())).toEqual(ids(1));
    expect(new Set([1, 2, 3, 4, 5, 6].map((seed) => ids(seed).join())).size).toBeGreaterThan(1);
    expect(drawRecords(records, '1.0', 9, 1)).toHaveLength(4);
  });

  it('are of this benchmark, and no submissions', () => {
    const others = [record('x', { spec: { benchmark: '0.1' } }), record('y', { verification: {} })];
    expect(drawRecords([...others, record('a')], '1.0', 9, 1).map(({ id }) => id)).toEqual(['a']);
  });
});

describe('a run and the same run again', () => {
  const other = (accuracy: number) => ({
    result: { test: { accuracy } },
    predictions: { sha256: 'bb' },
  });
  const verdict = (again: object, first: object = {}) =>
    compareRuns(record('a', first), record('a', again)).verdict;

  it('have the same bytes, or an accuracy within the interval, or differ', () => {
    expect(verdict({})).toBe('same bytes');
    expect(verdict(other(0.46))).toBe('within the interval');
    expect(verdict(other(0.56))).toBe('differs');
  });

  it('may both have diverged', () => {
    const diverged = { status: 'diverged', result: undefined, predictions: undefined };
    expect(verdict(diverged, diverged)).toBe('same bytes');
    expect(verdict(diverged)).toBe('no result');
  });

  const done = (more: object = {}) => {
    const provenance = { engine: 'onnx-cpu', device: 'a CPU', threads: 1, ...more };
    return record('a', { provenance });
  };
  const machine = (first: object, again: object = first) =>
    compareRuns(done(first), done(again)).machine;

  it('may have been done on other machines, and on processors that share a name', () => {
    const processor = 'family 26, model 2, AVX-512';
    expect(machine({ processor })).toBe('the same');
    expect(machine({ processor }, { processor: 'family 25, model 1, AVX2' })).toBe('another');
    expect(machine({ processor }, { processor, device: 'another CPU' })).toBe('another');
    // Older records do not name the processor.
    expect(machine({}, { processor })).toBe('unknown');
    expect(machine({}, { device: 'another CPU' })).toBe('another');
  });

  it('need not have the same bytes where one was done in micro-batches', () => {
    expect(machine({ microBatch: 4 }, {})).toBe('another');
  });
});
