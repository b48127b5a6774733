/** Training rows of controlled tasks have nothing in common; rows of a scored group have the same body. */
import { describe, expect, it } from 'vitest';
import { resolveOptions, tasks } from '../../../generators/registry.ts';
import type { SplitName } from '../../../generators/task.ts';

const controlled = tasks.filter(({ kind }) => kind === 'controlled');

describe.each(controlled.map((task) => [task.name, task] as const))('%s', (_, task) => {
  const chosen = resolveOptions(task, 'smoke', {});
  const { siblings, documents, length, table } = task.shape(chosen);
  const { states, question } = table!;

  /** Different bodies, all but the questions, among the rows of each of the first groups. */
  async function bodiesOf(split: SplitName, groups: number): Promise<number[]> {
    const { example } = await task.open(chosen, 1);
    const bodyOf = (tokens: ArrayLike<number>) =>
      Array.from({ length: documents }, (_, d) =>
        Array.from(tokens)
          .slice(d * length, (d + 1) * length - question)
          .join(),
      ).join();
    return Array.from({ length: groups }, (_, group) => {
      const rows = Array.from({ length: siblings }, (_, member) =>
        bodyOf(example(split, group * siblings + member).tokens),
      );
      return new Set(rows).size;
    });
  }

  it('has a body of its own in each training row', async () => {
    expect(await bodiesOf('train', 4)).toEqual(new Array(4).fill(siblings));
  });

  it('has one body per evidence state in a scored group', async () => {
    for (const split of ['val', 'test'] as const)
      expect(await bodiesOf(split, 2)).toEqual(new Array(2).fill(states));
  });

  it('makes a training row the same on its own as after others', async () => {
    const [one, other] = [await task.open(chosen, 1), await task.open(chosen, 1)];
    const last = 2 * siblings - 1;
    for (let index = 0; index < last; index++) one.example('train', index);
    expect(Array.from(one.example('train', last).tokens)).toEqual(
      Array.from(other.example('train', last).tokens),
    );
  });
});
