/**
 * The order of the rows of a split: row r is example π(r), where π is a permutation drawn by task,
 * seed and split. So a row's place tells nothing of its label, group, distance or siblings, while any
 * example can still be made alone. Imported data sets keep the order of their files.
 */
import { permutation, type Permutation } from '../../core/permutation.ts';
import { countOf, type Example, type PartName, type Signalled } from '../task.ts';
import type { Meta } from './meta.ts';

/** Names the examples of a data set: what the order of its rows depends on. */
export type RowSource = Pick<Meta, 'task' | 'seed'> & {
  shape: Pick<Meta['shape'], 'counts'> & Signalled;
};

/** Which example stands in which row of a part, and the other way round. */
export function rowOrder({ task, seed, shape }: RowSource, part: PartName): Permutation {
  return permutation(`${seed}/${task}/${part}/rows`, Math.max(1, countOf(shape, part)));
}

/** Makes the example in a row of a part. */
export function makeRow<Part extends PartName>(
  source: RowSource,
  example: (part: Part, index: number) => Example,
): (part: Part, row: number) => Example {
  const orders = new Map<Part, Permutation>();
  return (part, row) => {
    const order = orders.get(part) ?? rowOrder(source, part);
    orders.set(part, order);
    return example(part, order.itemAt(row));
  };
}
