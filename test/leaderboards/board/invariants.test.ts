/** Each invariant of a published board, with a board that breaks it. */
import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../leaderboards/board/build.ts';
import { exportsOf } from '../../../leaderboards/board/exports.ts';
import { checkBoard } from '../../../leaderboards/board/invariants.ts';
import type { Cell } from '../../../leaderboards/board/schema.ts';
import { asFiles, makeRecord, sampleRecords, type Wanted } from '../../fixtures/records.ts';

const three = (wanted: Wanted) =>
  [1, 2, 3].map((seed) => makeRecord({ benchmark: '2.0', ...wanted, seed }));
const bounded: Wanted = { model: 'local', reach: 32 };

/** What is said of a board of three runs, one cell of which was changed. */
function broken(wanted: Wanted, change: (cell: Cell) => void): string {
  const board = buildBoard(asFiles(three(wanted)));
  expect(() => checkBoard(board)).not.toThrow();
  change(board.tiers[0]!.rows[0]!.cells[0]!);
  try {
    checkBoard(board);
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing';
}

describe('a board', () => {
  it('may be published as it is built', () => {
    expect(() => checkBoard(buildBoard(asFiles(sampleRecords())))).not.toThrow();
    expect(() => checkBoard(buildBoard([]))).not.toThrow();
  });

  it('is stopped, with board, row and task, before files are written of it', () => {
    const records = three(bounded);
    const far = records[0]!.result!.distances.at(-1)!;
    far.correct += 1;
    far.accuracy = far.correct / far.count;
    expect(() => exportsOf(asFiles(records))).toThrow(
      /^The board of tier lite, benchmark 2\.0, may not be published: local~scratch on recall has more or less than one right answer in 8 beyond its certified limit of 32 tokens; check/,
    );
  });

  it.each<[name: string, change: (cell: Cell) => void]>([
    ['reach', (cell) => (cell.reach = 33)],
    ['reach beyond all distances', (cell) => (cell.reach = 'beyond')],
    ['end of an interval', (cell) => (cell.reachInterval = [16, 45])],
    ['reach of a seed', (cell) => (cell.seeds[1]!.reach = 45)],
  ])('has no %s above a certified limit', (_, change) => {
    expect(broken(bounded, change)).toMatch(/has a reach above its certified limit of 32 tokens/);
  });

  it('has no reach at chance', () => {
    const chance: Wanted = { curve: Array(7).fill(1 / 8), outcome: 'did not train' };
    expect(broken(chance, (cell) => (cell.reach = 'beyond'))).toMatch(
      /has a reach, though 0 of 3 seeds solved the smallest distance/,
    );
    expect(broken(chance, (cell) => (cell.localitySensitivity = 4e12))).toMatch(/has a reach/);
    expect(broken(chance, (cell) => (cell.seeds[2]!.reach = 8))).toMatch(
      /has a reach of seed 3, which did not solve the smallest distance/,
    );
  });

  it.each<[name: string, change: (cell: Cell) => void, said: RegExp]>([
    ['NaN', (cell) => (cell.accuracy = NaN), /breaks its schema at .*accuracy/],
    ['infinite', (cell) => (cell.localitySensitivity = Infinity), /breaks its schema/],
    ['above 1', (cell) => (cell.use!.value = 1.2), /has use 1\.2, expected -0\.14\d* to 1/],
    ['too large', (cell) => (cell.localitySensitivity = 4e12), /expected -1 to 3/],
    ['below the grid', (cell) => (cell.reach = 2), /has reach 2, expected 4 to 240/],
    ['more than the budget', (cell) => (cell.learningCost!.tokenSteps = 1e12), /learning cost/],
    ['not solved', (cell) => (cell.solved!.near!.value = 0.4), /near use 0\.4, expected 0\.5/],
    [
      'outside of its interval',
      (cell) => (cell.distances[0]!.interval = [0, 0.1]),
      /has accuracy at 4 0\.9\d* outside of its interval, 0 to 0\.1/,
    ],
  ])('has no number that is %s', (_, change, said) => {
    expect(broken({ half: 40 }, change)).toMatch(said);
  });
});
