/**
 * The order of the rows of a split: row r is example π(r), where π is a permutation drawn by task,
 * seed and split. So a row's place tells nothing of its label, group, distance or siblings, while any
 * example can still be made alone. Imported data sets keep the order of their files.
 */
import { permutation, type Permutation } from '../../core/permutation.ts';
import type { Example, MakeExample, SplitName } from '../task.ts';
import type { Meta } from './meta.ts';

/** Names the examples of a data set: what the order of its rows depends on. */
export type RowSource = Pick<Meta, 'task' | 'seed'> & { shape: Pick<Meta['shape'], 'counts'> };

/** Which example stands in which row of a split, and the other way round. */
export function rowOrder({ task, seed, shape }: RowSource, split: SplitName): Permutation {
  return permutation(`${seed}/${task}/${split}/rows`, Math.max(1, shape.counts[split]));
}

/** Makes the example in a row of a split. */
export function makeRow(
  source: RowSource,
  example: MakeExample,
): (split: SplitName, row: number) => Example {
  const orders = new Map<SplitName, Permutation>();
  return (split, row) => {
    const order = orders.get(split) ?? rowOrder(source, split);
    orders.set(split, order);
    return example(split, order.itemAt(row));
  };
}
