/**
 * The signal in the inputs, proved on the files: which values stand twice, how far apart, and that the
 * groups of the part `signal` tell nobody their hidden value who reads fewer than D tokens.
 *
 * A row of that part is cut off behind the hidden value, which is taken out: on what is left the rules of
 * any group are checked (`tables.ts`). What follows must be the same in all rows of the group, for models
 * that read it.
 */
import type { Meta } from '../store/meta.ts';
import type { PartName, SignalShape } from '../task.ts';

/** The row up to and with the hidden value, which is 0, an id that no row has. */
export function hiddenRow(row: ArrayLike<number>, { position }: SignalShape): Uint16Array {
  const cut = Uint16Array.from({ length: position + 1 }, (_, i) => row[i]!);
  cut[position] = 0;
  return cut;
}

/** All rows of a group have the same tokens after the hidden value. */
export function breakOfRest(
  rows: readonly ArrayLike<number>[],
  { position }: SignalShape,
): string | undefined {
  const [first, ...others] = rows as [ArrayLike<number>, ...ArrayLike<number>[]];
  for (const [i, row] of others.entries())
    for (let at = position + 1; at < row.length; at++)
      if (row[at] !== first[at])
        return `rows 0 and ${i + 1} differ at position ${at}, after the hidden value`;
  return undefined;
}

/** Distances from a first copy to its second, of all sequences together. */
export class Copies {
  private readonly signal: SignalShape;
  private readonly counts: Float64Array;
  private sequences = 0;

  constructor(signal: SignalShape) {
    this.signal = signal;
    this.counts = new Float64Array(signal.farthest + 1);
  }

  /** Takes a sequence. @returns what is wrong with its copies, in a few words. */
  take(copies: ArrayLike<number>, part: PartName): string | undefined {
    const { pairs, nearest, farthest } = this.signal;
    // One of them is the value that is hidden, whose distance is that of the group.
    const expected = part === 'signal' ? pairs - 1 : pairs;
    if (copies.length !== expected)
      return `has ${copies.length} values that stand twice, expected ${expected}`;
    for (let i = 0; i < copies.length; i++) {
      const distance = copies[i]!;
      if (distance < nearest || distance > farthest)
        return `has two copies of a value ${distance} tokens apart, expected ${nearest} to ${farthest}`;
      this.counts[distance]!++;
    }
    this.sequences++;
    return undefined;
  }

  /** What held for all sequences, with the nearest, the median and the farthest distance. */
  get detail(): string {
    const { kind, pairs, nearest, farthest } = this.signal;
    const total = this.counts.reduce((a, b) => a + b, 0);
    const at = (rank: number) => {
      let seen = 0;
      return this.counts.findIndex((count) => (seen += count) > rank);
    };
    const found = total === 0 ? 'none' : `${at(0)}, median ${at(total / 2)}, to ${at(total - 1)}`;
    return `${kind}: in ${this.sequences} sequences ${pairs} values stand twice, ${nearest} to ${farthest} tokens apart (found ${found}), and no other value does`;
  }
}

/** What the part `signal` proves. */
export function hiddenDetail({ classes }: Meta['shape'], bins: string): string {
  return `for a fixed question all tokens after a hidden value and the last D up to it agree, D = ${bins}: who predicts it from fewer has exactly 1/${classes} of every group right`;
}
