import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boardSchema, type TierBoard } from '../../../leaderboards/board/schema.ts';
import { buildBoard } from '../../../leaderboards/board/build.ts';
import { asFiles, makeRecord, sampleRecords, type Wanted } from '../../fixtures/records.ts';

const build = (...wanted: Wanted[]) => buildBoard(asFiles(wanted.map(makeRecord)));
const lite = (...wanted: Wanted[]) => build(...wanted).tiers[0]!;
const cell = (board: TierBoard, row: number, task: string) =>
  board.rows[row]!.cells[board.tasks.findIndex(({ name }) => name === task)]!;

describe('the board', () => {
  it('is empty without records', () => {
    expect(buildBoard([])).toEqual({ schema: 1, asOf: null, records: 0, tiers: [] });
  });

  it('keeps to its schema and does not depend on the order of the records', () => {
    const files = asFiles(sampleRecords());
    const board = buildBoard(files);
    expect(boardSchema.parse(board)).toEqual(board);
    const text = JSON.stringify(board);
    fc.assert(
      fc.property(fc.shuffledSubarray(files, { minLength: files.length }), (shuffled) => {
        expect(JSON.stringify(buildBoard(shuffled))).toBe(text);
      }),
      { numRuns: 10, seed: 1 },
    );
  });

  it('has a row for each model, set of options and regime, best first', () => {
    const { rows, tasks } = buildBoard(asFiles(sampleRecords())).tiers[0]!;
    expect(tasks.map(({ name }) => name)).toEqual(['recall', 'listops', 'text']);
    expect(rows).toHaveLength(9);
    const means = rows.map(({ controlled }) => controlled.corrected!.mean);
    expect(means).toEqual([...means].sort((a, b) => b - a));
    expect(rows[0]!.model).toBe('transformer');
  });

  it('keeps tiers and versions of the benchmark apart, lite and newest first', () => {
    const board = build(
      { tier: 'smoke' },
      { benchmark: '0.9' },
      { benchmark: '0.10' },
      { tier: 'lra', ended: '2026-03-01T00:00:00Z' },
    );
    expect(board.tiers.map(({ tier, benchmark }) => `${tier} ${benchmark}`)).toEqual([
      'lite 0.10',
      'lite 0.9',
      'lra 0.1',
      'smoke 0.1',
    ]);
    expect(board.asOf).toBe('2026-03-01T00:00:00.000Z');
  });
});

describe('a cell', () => {
  it('takes the interval of the run with one seed, and t over several', () => {
    const one = cell(lite({ seed: 1 }), 0, 'recall');
    expect(one.intervalOver).toBe('groups');
    expect(one.interval).toEqual(makeRecord({ seed: 1 }).result!.test.interval);
    const two = cell(lite({ seed: 1 }, { seed: 2 }), 0, 'recall');
    expect(two.intervalOver).toBe('seeds');
    const [a, b] = two.seeds.map(({ accuracy }) => accuracy);
    expect(two.accuracy).toBeCloseTo((a! + b!) / 2, 12);
    expect(two.interval![1] - two.accuracy!).toBeCloseTo((12.7062 * Math.abs(a! - b!)) / 2, 4);
  });

  it('is over seeds and groups where the runs kept their groups', () => {
    const files = [1, 2, 3].map((seed) => {
      const [file] = asFiles([makeRecord({ seed, near: 0.9, half: 40 })]);
      const { distances } = file!.record.result!;
      const groups = distances.flatMap(({ correct }, stratum) => {
        const whole = Math.floor(correct / 200);
        return Array.from({ length: 200 }, (_, g) => [
          whole + (g < correct % 200 ? 1 : 0),
          8,
          stratum,
        ]);
      });
      const column = (c: number) => Uint32Array.from(groups, (row) => row[c]!);
      return { ...file!, groups: { correct: column(0), sizes: column(1), strata: column(2) } };
    });
    const both = cell(buildBoard(files).tiers[0]!, 0, 'recall');
    expect(both.intervalOver).toBe('both');
    expect(both.interval![0]).toBeLessThan(both.accuracy!);
    expect(both.reachInterval![0]).toBeLessThanOrEqual(both.reach as number);
    expect(both.reachInterval![1]).toBeGreaterThanOrEqual(both.reach as number);
    const [low, high] = both.localityInterval!;
    expect(low).toBeLessThan(both.localitySensitivity!);
    expect(high).toBeGreaterThan(both.localitySensitivity!);
  });

  it('counts a run that did not end as chance, says why, and fails only if none did', () => {
    const wanted: Wanted = { task: 'text', near: 0.9 };
    const some = cell(lite(wanted, { ...wanted, seed: 2, status: 'diverged' }), 0, 'text');
    expect(some.state).toBe('done');
    expect(some.seeds.map(({ accuracy }) => accuracy)[1]).toBe(0.5);
    expect(some.reason).toMatch(/1 of 2 seeds counted as chance\. diverged: loss was not a number/);
    const all = cell(lite({ ...wanted, status: 'failed', reason: 'no memory' }), 0, 'text');
    expect(all).toMatchObject({ state: 'failed', accuracy: 0.5, reason: 'failed: no memory' });
    const none = cell(lite({ ...wanted }, { task: 'recall', model: 's4d' }), 0, 'text');
    expect(none).toMatchObject({ state: 'missing', accuracy: null });
    expect(none.reason).toMatch(/no scratch run of s4d on text/);
  });

  it('reads reach from the mean curve, and none where the near distance was not learned', () => {
    expect(cell(lite({}), 0, 'recall')).toMatchObject({ learned: true, reach: 'beyond' });
    const half = cell(lite({ half: 40 }), 0, 'recall').reach;
    expect(half).toBeGreaterThan(30);
    expect(half).toBeLessThan(50);
    expect(cell(lite({ near: 0.125 }), 0, 'recall')).toMatchObject({
      learned: false,
      reach: null,
      localitySensitivity: null,
    });
  });

  it('has learned the near distance where its runs did, however few they are', () => {
    const two = cell(lite({ seed: 1, near: 0.99 }, { seed: 2, near: 0.7 }), 0, 'recall');
    expect(two.distances[0]!.interval![0]).toBeLessThan(0.125);
    expect(two).toMatchObject({ learned: true, reach: 'beyond' });
    const one = cell(lite({ seed: 1, near: 0.125 }, { seed: 2, status: 'failed' }), 0, 'recall');
    expect(one.learned).toBe(false);
  });

  it('checks the certified limit against what was measured', () => {
    const local = { model: 'local', reach: 32 };
    expect(cell(lite(local), 0, 'recall')).toMatchObject({ certifiedLimit: 32, limitHolds: true });
    const record = makeRecord(local);
    const far = record.result!.distances.at(-1)!;
    far.correct += 1;
    far.accuracy = far.correct / far.count;
    const broken = buildBoard(asFiles([record])).tiers[0]!;
    expect(cell(broken, 0, 'recall').limitHolds).toBe(false);
    expect(cell(lite({}), 0, 'recall')).toMatchObject({ certifiedLimit: null, limitHolds: null });
  });
});

describe('what SPT adds', () => {
  const spt: Wanted = { task: 'text', regime: 'spt', near: 0.7 };
  const matched: Wanted = { ...spt, regime: 'scratch-matched', near: 0.6 };
  const gainOf = (...wanted: Wanted[]) =>
    lite(...wanted).rows.find(({ regime }) => regime === 'spt')!.cells[0]!.gain;

  it('is taken against the matched budget, by seed', () => {
    const gain = gainOf(spt, matched, { ...spt, seed: 2 }, { ...matched, seed: 2 })!;
    expect(gain.overall.seeds).toBe(2);
    expect(gain.overall.mean).toBeGreaterThan(0.07);
    expect(gain).toMatchObject({ near: null, far: null, equalBudget: true });
  });
  it('stays among the differences that two accuracies can have', () => {
    const { interval, mean } = gainOf(
      ...[0.95, 0.5].flatMap((near, i) => [
        { ...spt, near, seed: i + 1 },
        { ...matched, near: 0.55, seed: i + 1 },
      ]),
    )!.overall;
    expect(mean).toBeGreaterThan(0.1);
    expect(interval).toEqual([-1, 1]);
  });
  it('is unknown without a matched run, and marked where budgets differ', () => {
    expect(gainOf(spt)).toBeNull();
    expect(gainOf(spt, { ...matched, regime: 'scratch' })).toBeNull();
    const record = makeRecord(matched);
    record.budget.total += 1;
    const files = asFiles([makeRecord(spt), record]);
    const rows = buildBoard(files).tiers[0]!.rows;
    expect(rows.find(({ regime }) => regime === 'spt')!.cells[0]!.gain!.equalBudget).toBe(false);
  });
  it('has near and far parts on controlled tasks', () => {
    const gain = gainOf({ regime: 'spt', half: 200 }, { regime: 'scratch-matched', half: 30 })!;
    expect(gain.far!.mean).toBeGreaterThan(gain.near!.mean + 0.2);
  });
});

describe('what may be compared', () => {
  it('leaves out other data and protocols, with the reason', () => {
    const board = lite({ seed: 1 }, { seed: 2 }, { seed: 3, steps: 60 });
    expect(board.rows[0]!.cells[0]!.seeds.map(({ seed }) => seed)).toEqual([1, 2]);
    expect(board.leftOut).toHaveLength(1);
    expect(board.leftOut[0]!.reason).toBe("steps is 60, the board's is 600");
  });
  it('leaves out another stopping rule, and another backbone', () => {
    const records = [1, 2, 3, 4].map((seed) => makeRecord({ seed }));
    records[2]!.spec.protocol.patience = 99;
    records[3]!.spec.size.shift = 'none';
    const { leftOut } = buildBoard(asFiles(records)).tiers[0]!;
    const usual = [records[0]!.spec.protocol.patience ?? null, records[0]!.spec.size.shift ?? null];
    expect(leftOut.map(({ reason }) => reason).sort()).toEqual([
      `patience is 99, the board's is ${JSON.stringify(usual[0])}`,
      `shift is "none", the board's is ${JSON.stringify(usual[1])}`,
    ]);
  });
  it('leaves out overrides of the task, even where there is nothing else', () => {
    const record = makeRecord();
    record.spec.taskOptions = { length: 64 };
    const board = buildBoard(asFiles([record])).tiers[0]!;
    expect(board.rows).toEqual([]);
    expect(board.leftOut[0]!.reason).toBe("overrides the task's length");
  });
  it('allows other learning rates', () => {
    const record = makeRecord({ seed: 2 });
    record.spec.protocol.learningRate = 0.001;
    expect(buildBoard(asFiles([makeRecord(), record])).tiers[0]!.leftOut).toEqual([]);
  });
  it('refuses two records of one run, naming both', () => {
    const [file] = asFiles([makeRecord()]);
    expect(() => buildBoard([file!, { ...file!, file: 'copy.json' }])).toThrow(
      /^copy\.json and lite\/recall\/\w+\.json are both seed 1 of transformer on recall/,
    );
  });
});

describe('labels', () => {
  it('tell sets of options apart by what differs, and models with one title by name', () => {
    const board = lite(
      { modelOptions: { positions: 'rotary', heads: 4 } },
      { modelOptions: { positions: 'alibi', heads: 4 } },
      { model: 'impostor', title: 'Transformer' },
    );
    expect(board.rows.map(({ label }) => label).sort()).toEqual([
      'Transformer (impostor)',
      'Transformer (transformer, alibi)',
      'Transformer (transformer, rotary)',
    ]);
    expect(new Set(board.rows.map(({ key }) => key)).size).toBe(3);
  });
  it('keep rows apart whose options read alike when joined', () => {
    const board = lite(
      { modelOptions: { a: 'x~b=y' } },
      { modelOptions: { a: 'x', b: 'y' } },
      { modelOptions: { a: '\ud800' } },
    );
    expect(board.rows).toHaveLength(3);
    for (const { key } of board.rows) expect(() => new URL(`https://x/?pin=${key}`)).not.toThrow();
  });
});

describe('use', () => {
  it('is the measure of tasks with questions: chance-corrected accuracy, with its interval', () => {
    const records = [1, 2, 3].map((seed) => makeRecord({ questions: true, half: 40, seed }));
    const { tasks, rows } = buildBoard(asFiles(records)).tiers[0]!;
    const cell = rows[0]!.cells[0]!;
    expect(tasks[0]!.table).toMatchObject({ states: 8, questions: 8, question: 1 });
    expect(cell.use!.value).toBeCloseTo(cell.corrected!, 12);
    const [low, high] = cell.use!.interval!;
    expect(low).toBeLessThan(cell.use!.value);
    expect(high).toBeGreaterThan(cell.use!.value);
    for (const { accuracy, use } of cell.distances)
      expect(use!.value).toBeCloseTo((accuracy - 1 / 8) / (7 / 8), 12);
  });
  it('is 0 of a run that did not end well', () => {
    const records = [makeRecord({ questions: true, status: 'diverged' })];
    const { rows } = buildBoard(asFiles(records)).tiers[0]!;
    expect(rows[0]!.cells[0]!.use!.value).toBeCloseTo(0, 12);
  });
  it('is null for tasks of benchmark 1.0, whose question need not be read', () => {
    const { tasks, rows } = buildBoard(asFiles([makeRecord()])).tiers[0]!;
    expect([tasks[0]!.table, rows[0]!.cells[0]!.use]).toEqual([null, null]);
    expect(rows[0]!.cells[0]!.distances[0]!.use).toBeNull();
  });
});
