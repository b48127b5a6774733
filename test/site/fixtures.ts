/**
 * Records for tests: valid by the schema, plainly synthetic. Models answer as a simple curve says,
 * give or take a little noise from a named stream.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import seedrandom from 'seedrandom';
import type { RecordFile } from '../../leaderboards/records/read.ts';
import {
  recordSchema,
  type Regime,
  type RunRecord,
  type Score,
} from '../../leaderboards/records/schema.ts';

export interface Wanted {
  task?: 'recall' | 'text' | 'listops';
  tier?: 'smoke' | 'lite' | 'lra';
  benchmark?: string;
  model?: string;
  title?: string;
  family?: string;
  modelOptions?: RunRecord['spec']['modelOptions'];
  reach?: number | null;
  regime?: Regime;
  seed?: number;
  /** Distance at which a controlled task is half forgotten; Infinity for never. */
  half?: number;
  /** Accuracy on a standard task, or at the smallest distance. */
  near?: number;
  status?: RunRecord['status'];
  reason?: string;
  ended?: string;
  steps?: number;
}

const tasks = {
  recall: { kind: 'controlled', title: 'Recall', classes: 8, siblings: 8, readout: 'query' },
  text: { kind: 'standard', title: 'Text (IMDb bytes)', classes: 2, siblings: 1, readout: 'pool' },
  listops: { kind: 'standard', title: 'ListOps', classes: 10, siblings: 1, readout: 'pool' },
} as const;
const grid = [4, 8, 16, 32, 64, 128, 240];
const groups = 200;

/** One record; whatever is not wanted otherwise is a well-behaved Transformer on recall. */
export function makeRecord(wanted: Wanted = {}): RunRecord {
  const {
    task = 'recall',
    tier = 'lite',
    regime = 'scratch',
    seed = 1,
    model = 'transformer',
  } = wanted;
  const { half = Infinity, near = 0.97, status = 'done', reach = null, steps = 600 } = wanted;
  const definition = tasks[task];
  const controlled = definition.kind === 'controlled';
  const chance = 1 / definition.classes;
  const random = seedrandom.alea(`fixture/${task}/${model}/${regime}/${seed}`);
  const spec: RunRecord['spec'] = {
    benchmark: wanted.benchmark ?? '0.1',
    task,
    tier,
    taskOptions: {},
    dataSeed: 1,
    model,
    modelOptions: wanted.modelOptions ?? {},
    size: { layers: 2, width: 64, parameters: 100_000 },
    regime,
    seed,
    protocol: {
      batch: 32,
      steps,
      pretrainSteps: 400,
      learningRate: 0.003,
      pretrainLearningRate: 0.003,
      warmup: 0.1,
      weightDecay: 0.01,
      clip: 1,
      evaluations: 10,
      maskRatio: 0.15,
    },
  };
  const accuracyAt = (distance: number) =>
    reach !== null && distance > reach
      ? chance
      : clamp(chance + (near - chance) / (1 + (distance / half) ** 3) + (random() - 0.5) * 0.03);
  const distances = controlled
    ? grid.map((distance) => ({ distance, ...score(accuracyAt(distance), definition.siblings) }))
    : [];
  const test = controlled ? whole(distances) : score(clamp(near + (random() - 0.5) * 0.02), 1);
  const pretrain = regime === 'spt' ? 400 * 32 * 256 : 0;
  const train = (steps + (regime === 'scratch-matched' ? 400 : 0)) * 32 * 256;
  return recordSchema.parse({
    schema: 1,
    id: hash(spec).slice(0, 12),
    spec,
    status,
    ...(status === 'done' ? {} : { reason: wanted.reason ?? 'loss was not a number at step 40' }),
    task: {
      ...definition,
      length: 256,
      chance,
      distances: controlled ? grid : [],
      order: 0,
      generatorVersion: 1,
      ...(task === 'text' ? { source: 'synthetic stand-in for the official archive' } : {}),
      checksums: {
        train: hash([task, 'train']),
        val: hash([task, 'val']),
        test: hash([task, 'test']),
      },
    },
    model: {
      title: wanted.title ?? 'Transformer',
      family: wanted.family ?? 'attention',
      parameters: 100_352,
      feedForward: 128,
      stateSize: reach === null ? 32_768 : 4_224,
      reach,
    },
    ...(status === 'done'
      ? { result: { validation: test, test, distances, selectedStep: steps } }
      : {}),
    curve: [{ phase: 'train', step: 1, loss: 2.08 }],
    budget: { pretrain, train, total: pretrain + train },
    provenance: {
      engine: 'synthetic',
      device: 'none',
      threads: 1,
      node: 'v22',
      system: 'none',
      packages: {},
      commit: '0000000',
      modified: false,
      command: 'echo synthetic',
    },
    timing: {
      started: '2026-01-01T00:00:00Z',
      ended: wanted.ended ?? '2026-01-02T03:04:05Z',
      attempts: 1,
      seconds: 90,
      pretrainSeconds: 0,
      stepMilliseconds: 120,
      peakBytes: 100_000_000,
    },
  });
}

/** A small board: three models, three regimes, three seeds, with a missing and a failed cell. */
export function sampleRecords(): RunRecord[] {
  const models: Wanted[] = [
    { model: 'transformer', title: 'Transformer', family: 'attention' },
    { model: 's4d', title: 'S4D', family: 'state space', half: 40 },
    { model: 'local', title: 'Local attention', family: 'local attention', reach: 32 },
  ];
  const regimes: Regime[] = ['scratch', 'scratch-matched', 'spt'];
  const textNear = { transformer: 0.62, s4d: 0.68, local: 0.64 };
  return models.flatMap((wanted) =>
    regimes.flatMap((regime, r) =>
      [1, 2, 3].flatMap((seed) => {
        const half = wanted.half && wanted.half * [1, 1.2, 2.5][r]!;
        const near = textNear[wanted.model as keyof typeof textNear] + [0, 0.01, 0.05][r]!;
        const lost = wanted.model === 's4d' && regime === 'scratch' && seed === 2;
        return [
          makeRecord({ ...wanted, regime, seed, ...(half ? { half } : {}) }),
          makeRecord({
            ...wanted,
            task: 'text',
            reach: null,
            regime,
            seed,
            near,
            ...(lost ? { status: 'diverged' } : {}),
          }),
          ...(regime === 'scratch' && wanted.model !== 'local'
            ? [makeRecord({ ...wanted, task: 'listops', reach: null, regime, seed, near: 0.36 })]
            : []),
        ];
      }),
    ),
  );
}

/**
 * A board as large as it may become: models x 3 regimes x tasks x seeds, of names that are not in
 * the registry; every seventh model lacks a regime.
 */
export function largeRecords(models: number, tasks: number, seeds: number): RunRecord[] {
  const families = ['attention', 'local attention', 'state space', 'convolution', 'recurrence'];
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
  return numbers(models).flatMap((m) =>
    (['scratch', 'scratch-matched', 'spt'] as const).flatMap((regime, r) =>
      m % 7 === 0 && r === 1
        ? []
        : numbers(tasks).flatMap((t) =>
            numbers(seeds).map((seed): RunRecord => {
              const controlled = t <= tasks / 2;
              const record = makeRecord({
                task: controlled ? 'recall' : 'text',
                model: `model-${m}`,
                title: `Model number ${m}`,
                family: families[m % families.length]!,
                reach: controlled && m % 9 === 0 ? 32 : null,
                half: 8 * m + 20 * r,
                near: controlled ? 0.95 : 0.6 + (m % 10) / 50,
                regime,
                seed,
              });
              const task = `${controlled ? 'controlled' : 'standard'}-${t}`;
              const spec = { ...record.spec, task };
              return {
                ...record,
                id: hash(spec).slice(0, 12),
                spec,
                task: { ...record.task, title: `Task ${t}` },
              };
            }),
          ),
    ),
  );
}

/** Records with the files that they would lie in. */
export function asFiles(records: readonly RunRecord[]): RecordFile[] {
  return records.map((record) => ({
    file: `${record.spec.tier}/${record.spec.task}/${record.id}.json`,
    record,
  }));
}

export function writeRecords(folder: string, records: readonly RunRecord[]): void {
  for (const { file, record } of asFiles(records)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), JSON.stringify(record));
  }
}

/** The score of the whole test split, from its distances. */
function whole(distances: readonly Score[]): Score {
  const total = (value: (score: Score) => number) =>
    distances.reduce((sum, score) => sum + value(score), 0);
  const [correct, count] = [total((score) => score.correct), total((score) => score.count)];
  const accuracy = correct / count;
  const half = 1.96 * Math.sqrt((accuracy * (1 - accuracy)) / total((score) => score.groups));
  return {
    accuracy,
    correct,
    count,
    groups: total((score) => score.groups),
    interval: [clamp(accuracy - half), clamp(accuracy + half)],
  };
}

/** A score whose accuracy is what its counts say, as near as they allow. */
function score(accuracy: number, siblings: number): Score {
  const count = groups * siblings;
  const correct = Math.round(accuracy * count);
  const half = 1.96 * Math.sqrt((accuracy * (1 - accuracy)) / groups);
  return {
    accuracy: correct / count,
    correct,
    count,
    groups,
    interval: [clamp(accuracy - half), clamp(accuracy + half)],
  };
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
