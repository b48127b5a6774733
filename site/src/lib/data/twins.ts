/** Cells of the board retrained in PyTorch beside their records, for the methodology page. */
import type { CellComparison, Verdict } from '../../../../evaluate/twins/compare.ts';
import { parseTwin, sortTwins, type Twin } from '../../../../evaluate/twins/twin.ts';
import { counted, percent, points } from '../words/format.ts';

const files = import.meta.glob<unknown>('../../../../leaderboards/twins/*.json', {
  eager: true,
  import: 'default',
});

export const twins = sortTwins(
  Object.entries(files).map(([file, data]) => parseTwin(data, file.split('/').at(-1)!)),
);

export const verdictWords: Record<Verdict, string> = {
  agrees: 'agrees',
  'within-seeds': 'within seeds',
  differs: 'differs',
};

/** "21 of 32 accuracies agree on the test examples, 10 differ by no more than seeds of the twin do, 1 by more". */
export function verdictCounts(cells: readonly CellComparison[]): string {
  const verdicts = cells.flatMap(({ distances }) => distances.map(({ verdict }) => verdict));
  const count = (verdict: Verdict) => verdicts.filter((own) => own === verdict).length;
  return (
    `${count('agrees')} of ${verdicts.length} accuracies agree on the test examples, ${count('within-seeds')} differ by no more than seeds of the twin allow, ` +
    `${count('differs')} by more`
  );
}

/** "Transformer on Recall, scratch". */
export function captionOf({ record: { model, task, spec } }: CellComparison): string {
  return `${model.title} on ${task.title}, ${spec.regime}`;
}

/** What holds for all distances of a cell. */
export function noteOf({ record, seeds, twins, limitHolds }: CellComparison): string {
  const [{ torch }] = twins as [Twin];
  const made = `In percent. Record: ${counted(seeds.length, 'seed')}. Twin: PyTorch ${torch}, ${counted(twins.length, 'seed')}.`;
  if (limitHolds === null) return made;
  const limit = `Beyond the certified limit of ${record.model.reach} tokens the twin, too, is right in`;
  return `${made} ${limit} ${limitHolds ? 'exactly' : 'not exactly'} one of ${record.task.classes}.`;
}

export interface TwinRow {
  /** `all` in a standard task. */
  distance: string;
  /** Mean over the cell's seeds. */
  record: string;
  interval: string;
  twin: string;
  /** Of each seed of the twin. */
  seeds: string;
  difference: string;
  overExamples: string;
  overSeeds: string;
  verdict: string;
}

/** A row a distance, in percent and percentage points. */
export function twinRows({ distances }: CellComparison): TwinRow[] {
  const between = ([low, high]: readonly [number, number], show: (share: number) => string) =>
    `${show(low)} to ${show(high)}`;
  return distances.map((row) => ({
    distance: row.distance === null ? 'all' : String(row.distance),
    record: percent(row.ours),
    interval: between(row.interval, percent),
    twin: percent(row.twin),
    seeds: row.seeds.map(percent).join(' · '),
    difference: points(row.difference),
    overExamples: between(row.overExamples, points),
    overSeeds: row.overSeeds ? between(row.overSeeds, points) : 'one seed',
    verdict: verdictWords[row.verdict],
  }));
}
