/**
 * Whether a cell may be ranked: every run finished, with a learning rate of its own, on at least three
 * seeds. All other cells are shown, apart, with what they lack.
 */
import type { RecordFile } from '../records/read.ts';
import type { RunRecord } from '../records/schema.ts';

/** Seeds that a ranked cell has at least. */
export const fewestSeeds = 3;

/**
 * `failed`: a run diverged or failed. `did not train`: a run never left chance. `unfinished`: a run was
 * still rising at its largest number of steps. `earlier rules`: benchmark 1.0, which had no rule for the
 * end of training and one learning rate for all models; its board is ranked by its own rules.
 */
export const standings = [
  'ranked',
  'failed',
  'did not train',
  'unfinished',
  'fewer than 3 seeds',
  'not tuned',
  'earlier rules',
] as const;
export type Standing = (typeof standings)[number];

/**
 * @param files the runs of a cell, at least one
 * @param isBlind whether a certificate proves the model at chance at every distance of the task: there
 *   is nothing to train, and chance is its final result
 */
export function standingOf(files: readonly RecordFile[], isBlind: boolean): Standing {
  const records = files.map(({ record }) => record);
  const some = (is: (record: RunRecord) => boolean) => records.some(is);
  const ended = (outcome: string) => (record: RunRecord) =>
    record.result?.ending?.outcome === outcome;
  if (some(hasEarlierRules)) return 'earlier rules';
  if (some(({ status }) => status !== 'done')) return 'failed';
  if (some(ended('did not train')) && !isBlind) return 'did not train';
  if (some(ended('unfinished'))) return 'unfinished';
  if (records.length < fewestSeeds) return 'fewer than 3 seeds';
  // How a submitted model was trained is not known here.
  if (some((record) => isTrainedHere(record) && !record.spec.protocol.learningRates))
    return 'not tuned';
  return 'ranked';
}

/** Whether a cell counts in ranks and means. */
export function isRanked({ standing }: { standing: Standing | null }): boolean {
  return standing === 'ranked' || standing === 'earlier rules';
}

/** Whether the run was made without a rule for the end of training. */
function hasEarlierRules(record: RunRecord): boolean {
  return isTrainedHere(record) && record.spec.protocol.lookEvery === undefined;
}

const isTrainedHere = ({ verification }: RunRecord) =>
  verification === undefined || verification.tier === 'trained-here';
