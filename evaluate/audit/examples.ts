/** A split as the cheap predictors read it: its rows, and where each document ends. */
import type { Split } from '../../generators/store/split.ts';
import type { Meta } from '../../generators/store/meta.ts';

export type Shape = Meta['shape'];

export class Examples {
  readonly split: Split;
  readonly shape: Shape;
  readonly count: number;
  readonly inputs: Split['inputs'];
  /** Tokens of every document without the padding at its end, [N · documents]. */
  readonly lengths: Int32Array;

  constructor(split: Split, shape: Shape) {
    const { documents, length, padded } = shape;
    this.split = split;
    this.shape = shape;
    this.count = split.count;
    this.inputs = split.inputs;
    this.lengths = new Int32Array(split.count * documents).fill(length);
    if (!padded) return;
    for (let n = 0; n < this.lengths.length; n++) {
      let end = (n + 1) * length;
      while (end > n * length && split.inputs[end - 1] === 0) end--;
      this.lengths[n] = end - n * length;
    }
  }

  /** Place of the first token of a document in `inputs`. */
  start(row: number, document: number): number {
    return (row * this.shape.documents + document) * this.shape.length;
  }

  /** Place after the last token that is no padding. */
  end(row: number, document: number): number {
    const n = row * this.shape.documents + document;
    return n * this.shape.length + this.lengths[n]!;
  }

  /** Mean tokens of an example, all documents together. */
  get meanTokens(): number {
    let sum = 0;
    for (const length of this.lengths) sum += length;
    return sum / Math.max(1, this.count);
  }
}

/** A sparse vector of an example. `extract` fills `places` and `values` and returns how many there are. */
export interface Features {
  /** Places run from 0 to size - 1. */
  size: number;
  places: Int32Array;
  values: Float64Array;
  extract(examples: Examples, row: number): number;
  /** About how many an example has. */
  expected(examples: Examples): number;
}

/** A predictor before it was fitted. */
export interface Predictor {
  name: string;
  family:
    | 'constant'
    | 'first'
    | 'last'
    | 'bag'
    | 'length'
    | 'counts'
    | 'reach'
    | 'oracle'
    | 'blind'
    | 'attack';
  title: string;
  size?: number;
  /** Whether a certificate says that it sees the same in all siblings at that distance. */
  covered(distance: number): boolean;
  /** Reads the training split, and validation to choose; the test split is not there yet. */
  fit(train: Examples, val: Examples): Promise<Fitted> | Fitted;
}

export interface Fitted {
  /** Class of every example. */
  predict(examples: Examples): Promise<Uint8Array> | Uint8Array;
  validation?: number;
  chosen?: string;
}

/** Share of right answers. */
export function accuracyOf(predictions: Uint8Array, { split, count }: Examples): number {
  let correct = 0;
  for (let i = 0; i < count; i++) if (predictions[i] === split.labels[i]) correct++;
  return correct / count;
}
