/**
 * Records as a person reads them in a terminal: one table a task, and for controlled tasks the
 * curve of accuracy against distance; and the board's ranks, means, gains and how complete it is.
 */
import { boardRegimes } from '../../core/vocabulary.ts';
import { agreementWords } from '../../leaderboards/board/agreement.ts';
import type { Estimate, Gain, TierBoard } from '../../leaderboards/board/schema.ts';
import { buildBoard } from '../../leaderboards/board/build.ts';
import { isRanked } from '../../leaderboards/board/standing.ts';
import {
  completenessOf,
  completenessText,
  type Work,
} from '../../leaderboards/board/completeness.ts';
import { runLocality } from '../../leaderboards/board/locality.ts';
import type { Rank } from '../../leaderboards/statistics/ranks.ts';
import type { RecordFile } from '../../leaderboards/records/read.ts';
import type { RunRecord, Score } from '../../leaderboards/records/schema.ts';
import { sptPairs, sptReachWords } from '../../leaderboards/board/sptReach.ts';
import { formatCurve } from '../../core/terminal/curve.ts';
import { canonical } from '../plan/spec.ts';
import { modelLabel } from '../plan/modelLabel.ts';
import { duration } from '../../core/terminal/progress.ts';
import { type Column, formatTable } from '../../core/terminal/table.ts';

export function formatRecords(records: RunRecord[]): string {
  // Runs on other data, of other tiers or versions of the benchmark are not compared.
  const keyOf = ({ spec }: RunRecord) =>
    `${spec.task}/${spec.tier}/${spec.benchmark}/${canonical(spec.taskOptions)}`;
  const keys = [...new Set(records.map(keyOf))];
  return keys
    .map((key) => formatTask(records.filter((record) => keyOf(record) === key)))
    .join('\n\n');
}

function formatTask(records: RunRecord[]): string {
  const { spec, task } = records[0]!;
  const options = Object.entries(spec.taskOptions).map(
    ([name, value]) => ` ${name}=${String(value)}`,
  );
  const head = `${task.title} (${spec.task}${options.join('')}, ${spec.tier}, benchmark ${spec.benchmark}): ${task.length} tokens, chance ${share(task.chance)}`;
  const table = formatTable(
    task.kind === 'standard' ? common : measuresUse(records) ? withUse : controlled,
    records,
  );
  if (task.distances.length === 0) return `${head}\n\n${table}`;
  const series = records.map((record) => ({
    label: `${modelLabel(record.spec)} ${record.spec.regime} seed ${record.spec.seed}`,
    values: task.distances.map((distance) => {
      const found = record.result?.distances.find((score) => score.distance === distance);
      return found?.use?.value ?? found?.accuracy;
    }),
  }));
  const curve = measuresUse(records)
    ? formatCurve(task.distances, series, 0, 'use')
    : formatCurve(task.distances, series, task.chance);
  return [head, table, curve, beforeLabels(records)].filter(Boolean).join('\n\n');
}

/** What pretrained models predict of the signal in the inputs, by the distance of its first copy. */
function beforeLabels(records: readonly RunRecord[]): string {
  const found = records.flatMap(({ spec, task, beforeLabels: of }) =>
    of ? [{ spec, task, of }] : [],
  );
  if (found.length === 0) return '';
  const { signal } = found[0]!.of;
  const columns: Column<(typeof found)[number]>[] = [
    { title: 'model', cell: ({ spec }) => modelLabel(spec) },
    { title: 'seed', cell: ({ spec }) => String(spec.seed), align: 'right' },
    { title: 'predicts', cell: ({ of }) => of.objective },
    ...found[0]!.task.distances.map((distance, d): Column<(typeof found)[number]> => ({
      title: String(distance),
      cell: ({ of }) => useOf(of.distances[d]!),
      align: 'right',
    })),
  ];
  const apart = {
    near: `at most ${signal.distance} tokens apart`,
    far: `more than ${signal.distance} tokens apart`,
    all: 'at any distance',
  };
  return [
    `Before any label: use of values that stand twice, by the distance of the first copy, after pretraining on copies ${apart[signal.kind]}`,
    formatTable(columns, found),
  ].join('\n\n');
}

const useOf = ({ use, accuracy }: Score) => share(use?.value ?? accuracy);

/** Whether the task proves that its question has to be read, so that its scores have use. */
const measuresUse = (records: readonly RunRecord[]) =>
  records.some(({ result }) => result?.test.use !== undefined);

const share = (value: number) => value.toFixed(3);

const common: Column<RunRecord>[] = [
  { title: 'model', cell: ({ spec }) => modelLabel(spec) },
  { title: 'regime', cell: ({ spec }) => spec.regime },
  { title: 'seed', cell: ({ spec }) => String(spec.seed), align: 'right' },
  {
    title: 'test accuracy [95 %]',
    cell({ status, result }) {
      if (!result) return status;
      const [low, high] = result.test.interval;
      return `${share(result.test.accuracy)} [${share(low)}, ${share(high)}]`;
    },
  },
  { title: 'training', cell: trainingOf },
  { title: 'parameters', cell: ({ model }) => String(model.parameters), align: 'right' },
  { title: 'time', cell: ({ timing }) => duration(timing.seconds), align: 'right' },
];

const controlled: Column<RunRecord>[] = [
  ...common.slice(0, 4),
  {
    title: 'certified limit',
    cell: ({ model }) => (model.reach === null ? 'none' : String(model.reach)),
    align: 'right',
  },
  { title: 'reach', cell: (record) => reachOf(record), align: 'right' },
  { title: 'locality sensitivity', cell: (record) => sensitivityOf(record), align: 'right' },
  ...common.slice(4),
];

const withUse: Column<RunRecord>[] = [
  ...controlled.slice(0, 3),
  {
    title: 'use [95 %]',
    cell({ status, result }) {
      const use = result?.test.use;
      if (!use) return status;
      return `${share(use.value)} [${use.interval.map(share).join(', ')}]`;
    },
  },
  ...controlled.slice(3),
];

/** `solved, 360 steps (learned at 200)`: how training ended, and what learning cost. */
function trainingOf({ result }: RunRecord): string {
  if (!result?.ending) return '–';
  const { ending, learningCost } = result;
  const end = ending.outcome === 'finished' ? ending.reason : ending.outcome;
  const learned = learningCost ? ` (learned at ${learningCost.steps})` : '';
  return `${end}, ${ending.steps} steps${learned}`;
}

function reachOf(record: RunRecord): string {
  const reach = runLocality(record)?.reach ?? null;
  if (reach === null) return 'not learned';
  return reach === 'beyond' ? `> ${record.task.distances.at(-1)}` : reach.toFixed(0);
}

function sensitivityOf(record: RunRecord): string {
  return runLocality(record)?.localitySensitivity?.toFixed(2) ?? '–';
}

/** Ranks with ties, means, the gains of SPT and what has been run, for every tier and benchmark. */
export function formatStandings(files: readonly RecordFile[]): string {
  const records = files.map(({ record }) => record);
  return buildBoard(files)
    .tiers.map((tier) =>
      [standings(tier), apart(tier), gains(tier), completeness(tier, records)]
        .filter(Boolean)
        .join('\n\n'),
    )
    .join('\n\n');
}

const rankOf = (rank: Rank | null) => {
  if (!rank) return '';
  return rank[0] === rank[1] ? String(rank[0]) : `${rank[0]}–${rank[1]}`;
};

const estimateOf = (estimate: Estimate | null | undefined) => {
  if (!estimate) return '–';
  const { mean, interval } = estimate;
  return interval ? `${share(mean)} [${share(interval[0])}, ${share(interval[1])}]` : share(mean);
};

function standings({ tier, benchmark, rows, agreements }: TierBoard): string {
  type Standing = (typeof rows)[number];
  const right = { align: 'right' } as const;
  const columns: Column<Standing>[] = [
    { title: 'model', cell: ({ label }) => label },
    { title: 'regime', cell: ({ regime }) => regime },
    { title: 'rank', cell: ({ ranks }) => rankOf(ranks.controlled), ...right },
    { title: 'controlled [95 %]', cell: ({ controlled }) => estimateOf(controlled.accuracy) },
    { title: 'rank', cell: ({ ranks }) => rankOf(ranks.standard), ...right },
    { title: 'standard [95 %]', cell: ({ standard }) => estimateOf(standard.accuracy) },
    { title: 'LRA, 5 tasks', cell: ({ lra }) => estimateOf(lra.five) },
    { title: 'with Path-X', cell: ({ lra }) => estimateOf(lra.six) },
    { title: 'verification', cell: ({ verification }) => verification },
  ];
  const head = `Means over tasks, ${tier}, benchmark ${benchmark}; ranks within a regime, 1–3 where 1 to 3 cannot be told apart`;
  const words = agreements.map(agreementWords).join('\n');
  return [head, formatTable(columns, rows), words].filter(Boolean).join('\n\n');
}

/** What ran and is not ranked, and what each lacks; of benchmark 1.0, which has its own rules, nothing. */
function apart({ rows, tasks }: TierBoard): string {
  const found = rows.flatMap(({ label, regime, cells }) =>
    cells.flatMap((cell, i) =>
      cell.standing && !isRanked(cell)
        ? [{ label, regime, task: tasks[i]!.name, standing: cell.standing }]
        : [],
    ),
  );
  if (found.length === 0) return '';
  const columns: Column<(typeof found)[number]>[] = [
    { title: 'model', cell: ({ label }) => label },
    { title: 'regime', cell: ({ regime }) => regime },
    { title: 'task', cell: ({ task }) => task },
    { title: 'standing', cell: ({ standing }) => standing },
  ];
  return ['Shown, but not in ranks and means', formatTable(columns, found)].join('\n\n');
}

/** The smallest effects that a comparison would have told from zero: overall and far away. */
const seenBy = ({ overall, far }: Gain) =>
  [overall, far].flatMap((of) => of?.couldSee?.toFixed(2) ?? []).join(', far ') || '–';

function gains(tier: TierBoard): string {
  const { rows, tasks } = tier;
  const found = rows.flatMap(({ label, cells }) =>
    cells.flatMap(({ gain }, i) => (gain ? [{ label, gain, task: tasks[i]!.name }] : [])),
  );
  if (found.length === 0) return '';
  const columns: Column<(typeof found)[number]>[] = [
    { title: 'model', cell: ({ label }) => label },
    { title: 'task', cell: ({ task }) => task },
    { title: 'overall [95 %]', cell: ({ gain }) => estimateOf(gain.overall) },
    { title: 'near', cell: ({ gain }) => estimateOf(gain.near) },
    { title: 'far', cell: ({ gain }) => estimateOf(gain.far) },
    { title: 'could have seen', cell: ({ gain }) => seenBy(gain), align: 'right' },
    { title: 'seeds', cell: ({ gain }) => String(gain.overall.seeds), align: 'right' },
  ];
  const words = sptReachWords(sptPairs(tier));
  return [
    'What self-pretraining adds to scratch-matched',
    formatTable(columns, found),
    ...(words ? [`${words.answer} ${words.detail}`] : []),
  ].join('\n\n');
}

function completeness(tier: TierBoard, records: readonly RunRecord[]): string {
  const { tasks, devices, total, diverged, failed } = completenessOf(tier, records);
  const right = { align: 'right' } as const;
  const work: Column<Work>[] = [
    { title: 'runs', cell: ({ runs }) => String(runs), ...right },
    { title: 'time', cell: ({ seconds }) => duration(seconds), ...right },
  ];
  const byTask: Column<(typeof tasks)[number]>[] = [
    { title: 'task', cell: ({ task }) => task },
    ...boardRegimes.map((regime, i): Column<(typeof tasks)[number]> => ({
      title: regime,
      cell: (of) => completenessText(of.regimes[i]!),
      ...right,
    })),
    ...work,
  ];
  const byDevice: Column<(typeof devices)[number]>[] = [
    { title: 'device', cell: ({ device }) => device },
    ...work,
  ];
  return [
    `What has been run, models × seeds of each: ${total.runs} runs in ${duration(total.seconds)} of one run at a time, ${diverged} diverged, ${failed} failed`,
    formatTable(byTask, tasks),
    formatTable(byDevice, devices),
  ].join('\n\n');
}
