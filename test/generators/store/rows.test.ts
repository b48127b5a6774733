import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findTask, resolveOptions } from '../../../generators/registry.ts';
import { openDataset } from '../../../generators/store/dataset.ts';
import { makeSplit } from '../../../generators/store/memory.ts';
import { rowOrder } from '../../../generators/store/rows.ts';
import { splits } from '../../../generators/task.ts';
import { chiSquare, make, temporaryFolder } from '../support.ts';

const dir = temporaryFolder();

describe('the rows of a split', () => {
  it('are the same in memory and on the disk', async () => {
    for (const [name, overrides] of [
      ['recall', { train: 3, val: 1, test: 2 }],
      ['listops', { train: 20, val: 5, test: 8 }],
    ] as const) {
      const out = join(dir, name);
      await make(out, name, overrides, { seed: 4 });
      const { meta, split } = await openDataset(out);
      const task = findTask(name);
      const { example } = await task.open(resolveOptions(task, 'smoke', overrides), 4);
      for (const which of splits)
        expect(makeSplit(meta, example, which)).toEqual(await split(which));
    }
  });

  it('tell nothing of label, distance, member or siblings by their place', async () => {
    const task = findTask('recall');
    const options = resolveOptions(task, 'smoke', { train: 60 });
    const shape = task.shape(options);
    const { example } = await task.open(options, 1);
    const split = makeSplit({ task: 'recall', seed: 1, shape }, example, 'train');
    const part = (row: number) => Math.floor((8 * row) / split.count);
    const columns = { labels: 4, members: 16, distances: 33 } as const;
    for (const [name, bound] of Object.entries(columns)) {
      const rows = Array.from({ length: 8 }, () => new Array<number>(bound).fill(0));
      split[name as keyof typeof columns].forEach((value: number, row: number) => {
        rows[part(row)]![value]!++;
      });
      const { statistic, limit } = chiSquare(rows);
      expect(statistic, name).toBeLessThan(limit);
    }
    // Of two neighbours, one in 120 groups is the same by chance.
    let neighbours = 0;
    for (let row = 1; row < split.count; row++)
      if (split.groups[row] === split.groups[row - 1]) neighbours++;
    expect(neighbours).toBeLessThan(40);
  });

  it('have another order in each split, task and seed', () => {
    const counts = { train: 100, val: 100, test: 100 };
    const orders = [
      rowOrder({ task: 'a', seed: 1, shape: { counts } }, 'train'),
      rowOrder({ task: 'a', seed: 1, shape: { counts } }, 'val'),
      rowOrder({ task: 'b', seed: 1, shape: { counts } }, 'train'),
      rowOrder({ task: 'a', seed: 2, shape: { counts } }, 'train'),
    ].map(({ itemAt }) => Array.from({ length: 100 }, (_, row) => itemAt(row)).join());
    expect(new Set(orders).size).toBe(4);
  });
});
