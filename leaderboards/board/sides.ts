/** A model under a regime, as claims and controls name it, and its row on a board. */
import type { Regime } from '../../core/vocabulary.ts';
import type { Row, TierBoard } from './schema.ts';

export interface Side {
  model: string;
  /** Sets of options in order of preference, the first with runs counts; any if absent. */
  options?: readonly Readonly<Record<string, string | number>>[];
  regime: Regime;
}

/** The row with the first set of options that has runs; of several, the one with most runs. */
export function rowOf(
  { rows }: Pick<TierBoard, 'rows'>,
  { model, options = [{}], regime }: Side,
): Row | undefined {
  const ofModel = rows.filter((row) => row.model === model && row.regime === regime);
  const runs = (row: Row) => row.cells.reduce((sum, cell) => sum + cell.seeds.length, 0);
  for (const wanted of options) {
    const fitting = ofModel.filter((row) =>
      Object.entries(wanted).every(([name, value]) => row.options[name] === value),
    );
    const [first] = fitting.sort((a, b) => runs(b) - runs(a) || (a.key < b.key ? -1 : 1));
    if (first) return first;
  }
  return undefined;
}

/** `transformer (rotary)`: a side before it has a row. */
export function sideName({ model, options }: Pick<Side, 'model' | 'options'>): string {
  const wanted = Object.values(options?.[0] ?? {}).join(' ');
  return wanted ? `${model} (${wanted})` : model;
}
