/**
 * How much of what a cell says is the model, and how much the seed: one-way intraclass correlation with
 * its interval, and the rank correlation between seeds. Pure functions of a table of models × seeds.
 *
 * The intraclass correlation is ICC(1) of Shrout and Fleiss (1979,
 * https://doi.org/10.1037/0033-2909.86.2.420): the share of the variance of a single run that lies
 * between models. Its interval is a jackknife over models of the logarithm of the ratio of the two mean
 * squares (Arvesen 1969, https://doi.org/10.1214/aoms/1177697297). The usual one by the F distribution
 * is exact for normal values and covers 80 to 90 % where one seed in ten is lucky, as seeds are.
 */
import { mean } from '../../core/math.ts';
import { rankCorrelation } from './correlation.ts';
import { tQuantile } from './student.ts';

export interface Intraclass {
  /** At most 1; below 0 where models differ less than seeds do. */
  value: number;
  /** 95 %, over models and seeds; null for fewer than 6 models, or if only one model's seeds differ. */
  interval: [number, number] | null;
  models: number;
}

type Table = readonly (readonly number[])[];

/** With fewer models the interval would rest on too few to hold what it says. */
const fewestForInterval = 6;

/**
 * @param table one row per model, one value per seed; rows of a single seed say nothing and are left out
 * @returns undefined for fewer than 2 such rows, and if nothing varies
 */
export function intraclass(table: Table): Intraclass | undefined {
  const rows = table.filter((row) => row.length > 1);
  const models = rows.length;
  if (models < 2 || rangeOf(rows.flat()) === 0) return undefined;
  const seeds = typicalSeeds(rows);
  const fromRatio = (ratio: number) => (ratio - 1) / (ratio + seeds - 1);
  const ratio = meanSquareRatio(rows);
  if (ratio === Infinity) return { value: 1, interval: null, models };
  const half = jackknifeHalf(rows, Math.log(ratio));
  const end = (factor: number) => fromRatio(ratio * factor);
  return {
    value: fromRatio(ratio),
    interval: half === undefined ? null : [end(Math.exp(-half)), end(Math.exp(half))],
    models,
  };
}

/** Seeds of a row; in rows of different lengths, those of the analysis of variance. */
function typicalSeeds(rows: Table): number {
  const all = rows.reduce((sum, row) => sum + row.length, 0);
  const squares = rows.reduce((sum, row) => sum + row.length ** 2, 0);
  return (all - squares / all) / (rows.length - 1);
}

/** Mean square between rows over that within rows; infinite if no row varies. */
function meanSquareRatio(rows: Table): number {
  const all = rows.flat();
  const centre = mean(all);
  const sum = (value: (row: readonly number[]) => number) =>
    rows.reduce((total, row) => total + value(row), 0);
  const between = sum((row) => row.length * (mean(row) - centre) ** 2) / (rows.length - 1);
  // The mean of equal values may differ from them by rounding.
  const within =
    sum((row) =>
      rangeOf(row) === 0 ? 0 : row.reduce((total, value) => total + (value - mean(row)) ** 2, 0),
    ) /
    (all.length - rows.length);
  return within === 0 ? Infinity : between / within;
}

/** Half of the interval of the logarithm of the ratio. */
function jackknifeHalf(rows: Table, whole: number): number | undefined {
  const models = rows.length;
  if (models < fewestForInterval) return undefined;
  const values = rows.map((_, left) => {
    const others = Math.log(meanSquareRatio(rows.filter((_, i) => i !== left)));
    return models * whole - (models - 1) * others;
  });
  if (!values.every(Number.isFinite)) return undefined;
  const centre = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (models - 1);
  return tQuantile(models - 1) * Math.sqrt(variance / models);
}

/**
 * Mean over all pairs of seeds of Spearman's correlation over the models that have both.
 *
 * @param table of each model, its value by seed
 * @param fewest models that a pair of seeds needs to count
 * @returns undefined if no pair of seeds has so many models
 */
export function seedCorrelation(
  table: readonly ReadonlyMap<number, number>[],
  fewest = 3,
): number | undefined {
  const seeds = [...new Set(table.flatMap((row) => [...row.keys()]))];
  const found = seeds.flatMap((a, i) =>
    seeds.slice(i + 1).flatMap((b) => {
      const both = table.filter((row) => row.has(a) && row.has(b));
      if (both.length < fewest) return [];
      const of = (seed: number) => both.map((row) => row.get(seed)!);
      return [rankCorrelation(of(a), of(b))];
    }),
  );
  return found.length === 0 ? undefined : mean(found);
}

/** Largest difference between two values. */
export function rangeOf(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}
