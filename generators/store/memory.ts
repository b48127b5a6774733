/** A part of a generated data set, made in memory: the rows that its files would have. */
import { arraysOf, type Meta } from './meta.ts';
import { emptyChunk, makeChunk } from './chunks.ts';
import { rowOrder } from './rows.ts';
import { splitOf, type Split } from './split.ts';
import { countOf, type Example, type PartName } from '../task.ts';

/** Makes all examples of a part, in the order of the rows. */
export function makeSplit<Part extends PartName>(
  source: Pick<Meta, 'task' | 'seed' | 'shape'>,
  example: (part: Part, index: number) => Example,
  name: Part,
): Split {
  const { shape } = source;
  const count = countOf(shape, name);
  const made = makeChunk(shape, example, name, 0, count).arrays;
  const { arrays } = emptyChunk(shape, count);
  const order = rowOrder(source, name);
  for (const array of arraysOf(shape)) {
    const width = made[array]!.length / count;
    for (let row = 0; row < count; row++) {
      const from = order.itemAt(row) * width;
      arrays[array]!.set(made[array]!.subarray(from, from + width), row * width);
    }
  }
  return splitOf(shape, name, count, arrays);
}
