/** A split, or the part `signal`, as a reader has it: one array per column, in the order of the rows on disk. */
import type { NpyArray } from '../../core/npy.ts';
import type { PartName } from '../task.ts';
import type { Meta } from './meta.ts';

export interface Split {
  name: PartName;
  /** Examples, N. */
  count: number;
  /** Tokens per sequence, or per document, L. */
  length: number;
  inputs: Uint8Array | Uint16Array; // [N, L], or [N, 2, L] of two documents, row-major
  labels: Uint8Array | Uint16Array; // [N]
  groups: Int32Array; // [N]
  members: Int32Array; // [N], e·Q + j: the row of the group's table; 0 for standard tasks
  distances: Int32Array; // [N]
  /** Answers to the earlier questions, at the positions `shape.table.asked`; empty if none are asked. */
  answers: Uint8Array | Uint16Array; // [N, asked], row-major
  /** What is known of the examples besides, by name; unused places are -1. */
  extras: Record<string, Int32Array>; // [N, width], row-major
}

/** A split of these arrays. */
export function splitOf(
  shape: Meta['shape'],
  name: PartName,
  count: number,
  arrays: Record<string, NpyArray>,
): Split {
  return {
    name,
    count,
    length: shape.length,
    inputs: arrays.inputs as Split['inputs'],
    labels: arrays.labels as Split['labels'],
    groups: arrays.groups as Int32Array,
    members: arrays.members as Int32Array,
    distances: arrays.distances as Int32Array,
    answers: (arrays.answers ?? new Uint8Array(0)) as Split['answers'],
    extras: Object.fromEntries(
      Object.keys(shape.extras).map((column) => [column, arrays[column] as Int32Array]),
    ),
  };
}
