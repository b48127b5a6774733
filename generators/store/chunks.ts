/** Chunks: examples of a part, made together into one array per file. They are what workers send. */
import { arrayType, arrayWidth, arraysOf, type Meta } from './meta.ts';
import { allocate, type NpyArray } from '../../core/npy.ts';
import type { Example, PartName } from '../task.ts';

export interface Chunk {
  /** Examples in it. */
  rows: number;
  /** By the arrays' names, row-major. */
  arrays: Record<string, NpyArray>;
}

/** Tokens of a chunk, or one example if that has more. */
const mostTokens = 1 << 18;
const mostRows = 4096;

/** Examples that are made at a time. */
export function chunkRows(shape: Meta['shape']): number {
  return Math.max(1, Math.min(mostRows, Math.floor(mostTokens / arrayWidth(shape, 'inputs'))));
}

/** Room for so many examples; tokens are 0 and extra columns -1 where nothing is put. */
export function emptyChunk(shape: Meta['shape'], rows: number): Chunk {
  const arrays: Chunk['arrays'] = {};
  for (const array of arraysOf(shape)) {
    arrays[array] = allocate(arrayType(shape, array), rows * arrayWidth(shape, array));
    if (array in shape.extras) arrays[array].fill(-1);
  }
  return { rows, arrays };
}

/** Puts an example into a row. @throws RangeError if it is longer than the shape says. */
export function fillRow(chunk: Chunk, row: number, shape: Meta['shape'], example: Example): void {
  const { inputs, labels, groups, members, distances, answers } = chunk.arrays;
  put('tokens', inputs!, row, arrayWidth(shape, 'inputs'), example.tokens);
  labels![row] = example.label;
  groups![row] = example.group;
  members![row] = example.member ?? 0;
  distances![row] = example.distance;
  if (answers) fill('answers', answers, row, arrayWidth(shape, 'answers'), example.answers ?? []);
  for (const [name, width] of Object.entries(shape.extras))
    put(name, chunk.arrays[name]!, row, width, example.extras?.[name] ?? []);
}

/** Puts as many values as a row has. */
function fill(...row: Parameters<typeof put>): void {
  const [what, , , width, values] = row;
  if (values.length !== width)
    throw new RangeError(`An example has ${values.length} ${what}, its shape needs ${width}.`);
  put(...row);
}

function put(
  what: string,
  array: NpyArray,
  row: number,
  width: number,
  values: ArrayLike<number>,
): void {
  if (values.length > width)
    throw new RangeError(`An example has ${values.length} ${what}, its shape allows ${width}.`);
  array.set(values, row * width);
}

/** Examples `first` to `first + rows - 1` of a part, in the order in which they are made. */
export function makeChunk<Part extends PartName>(
  shape: Meta['shape'],
  example: (part: Part, index: number) => Example,
  part: Part,
  first: number,
  rows: number,
): Chunk {
  const chunk = emptyChunk(shape, rows);
  for (let row = 0; row < rows; row++) fillRow(chunk, row, shape, example(part, first + row));
  return chunk;
}
