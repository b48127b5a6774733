/** The record of a submitted result: scored here as every run is, on the same split. */
import type { Dataset } from '../../generators/store/dataset.ts';
import type { Split } from '../../generators/store/split.ts';
import type { Meta } from '../../generators/store/meta.ts';
import type { GroupResults } from '../../leaderboards/records/groupResults.ts';
import type {
  DistanceScore,
  RunRecord,
  RunSpec,
  Score,
  Verification,
} from '../../leaderboards/records/schema.ts';
import type { Submission, SubmittedResult } from '../../leaderboards/records/submission.ts';
import { provenanceOf } from '../runs/provenance.ts';
import { taskOf } from '../runs/record.ts';
import { benchmarkVersion, idOf } from '../plan/spec.ts';
import { presetOf } from '../plan/tiers.ts';
import { groupsOf, score, scoreByDistance } from '../training/predict.ts';

export interface Scores {
  groups: GroupResults;
  result: { test: Score; distances: DistanceScore[] };
}

/** Scores of test predictions, as a run gets them. */
export function scoreTest(predictions: Uint8Array, split: Split, shape: Meta['shape']): Scores {
  const groups = groupsOf(predictions, split, shape);
  const distances = scoreByDistance(groups, shape.distances);
  return { groups, result: { test: score(groups), distances } };
}

/** The run that a result stands for: the setting of its board, with the submission as the model. */
export function specOf(
  { name }: Submission,
  { task, tier, regime, seed }: SubmittedResult,
  maskRatio: number,
): RunSpec {
  const { size, protocol } = presetOf(task, tier, maskRatio);
  return {
    benchmark: benchmarkVersion,
    task,
    tier,
    taskOptions: {},
    dataSeed: 0,
    model: name,
    modelOptions: {},
    size,
    regime,
    seed,
    protocol,
  };
}

export function verificationOf(
  { name, authors, paper, code }: Submission,
  tier: Verification['tier'],
  file: string,
): Verification {
  return { tier, submission: name, authors, ...(paper && { paper }), ...(code && { code }), file };
}

export interface Circumstance {
  /** When the work on it began. */
  started: Date;
  engine: string;
  device: string;
  /** Repeats it. */
  command: string;
  peakBytes: number;
}

export function recordOf(
  submission: Extract<Submission, { kind: 'model' | 'predictions' }>,
  { meta }: Pick<Dataset, 'meta'>,
  spec: RunSpec,
  budget: { pretrain: number; train: number },
  result: NonNullable<RunRecord['result']>,
  verification: Verification,
  { started, engine, device, command, peakBytes }: Circumstance,
): Omit<RunRecord, 'predictions' | 'groups'> {
  const { title, family, parameters, stateSize } = submission;
  const ended = new Date();
  return {
    schema: 1,
    id: idOf(spec),
    spec,
    status: 'done',
    task: taskOf(meta),
    model: { title, family, parameters, stateSize, reach: null },
    result,
    curve: [],
    budget: { ...budget, total: budget.pretrain + budget.train },
    verification,
    provenance: provenanceOf({ name: engine, device }, 1, command),
    timing: {
      started: started.toISOString(),
      ended: ended.toISOString(),
      attempts: 1,
      seconds: Math.round((ended.getTime() - started.getTime()) / 100) / 10,
      pretrainSeconds: 0,
      stepMilliseconds: 0,
      peakBytes,
    },
  };
}
