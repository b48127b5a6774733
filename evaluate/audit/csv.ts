/**
 * An audit's ladder as CSV, in long form: one line for each predictor and distance, and one with an empty
 * distance for its whole test split. Spreadsheets run no formula from it.
 */
import { stringify } from 'csv-stringify/sync';
import type { Audit } from '../../leaderboards/records/audit.ts';

export function auditCsv({ task, tier, chance, predictors }: Audit): string {
  const lines = predictors.flatMap(({ name, family, title, size, validation, test, distances }) => {
    const known = { task, tier, predictor: name, family, sees: title, size, chance };
    const [lower, upper] = test.interval;
    const { accuracy, correct, count } = test;
    return [
      { ...known, validation, accuracy, lower, upper, correct, count },
      ...distances.map(({ distance, correct, count, covered, passes }) => ({
        ...known,
        ...{ distance, accuracy: correct / count, correct, count },
        ...{ certified: Number(covered), better_than_chance: Number(passes) },
      })),
    ];
  });
  return stringify(lines, { header: true, columns, escape_formulas: true });
}

const columns = [
  ...['task', 'tier', 'predictor', 'family', 'sees', 'size', 'chance', 'distance'],
  ...['validation', 'accuracy', 'lower', 'upper', 'correct', 'count'],
  ...['certified', 'better_than_chance'],
];
