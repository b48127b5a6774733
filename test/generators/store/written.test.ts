import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findTask, resolveOptions } from '../../../generators/registry.ts';
import { openDataset } from '../../../generators/store/dataset.ts';
import { makeRow } from '../../../generators/store/rows.ts';
import { splits } from '../../../generators/task.ts';
import { make, temporaryFolder } from '../support.ts';

const dir = temporaryFolder();
const small = { train: 4, val: 1, test: 2 };

describe('examples in the files', () => {
  it.each([
    ['recall', small],
    ['listops', { train: 40, val: 10, test: 10 }],
  ])('are those that %s makes alone, in any order', async (name, overrides) => {
    const out = join(dir, `alone-${name}`);
    await make(out, name, overrides, { seed: 9 });
    const { meta, split } = await openDataset(out);
    const task = findTask(name);
    const opened = await task.open(resolveOptions(task, 'smoke', overrides), 9);
    const example = makeRow(meta, opened.example);
    for (const splitName of [...splits].reverse()) {
      const stored = await split(splitName);
      for (let i = stored.count - 1; i >= 0; i -= 3) {
        const made = example(splitName, i);
        const padded = new Uint8Array(meta.shape.length);
        padded.set(made.tokens);
        expect(stored.inputs.subarray(i * stored.length, (i + 1) * stored.length)).toEqual(padded);
        expect(made).toMatchObject({
          label: stored.labels[i],
          group: stored.groups[i],
          distance: stored.distances[i],
        });
      }
    }
  });
});
