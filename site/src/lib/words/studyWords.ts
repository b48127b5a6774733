/** Titles, headlines and what is missing of the studies, in words. Headlines have at most 15 words. */
import type { StudyName } from '../../../../evaluate/plan/studies.ts';
import type { StudyState } from '../../../../evaluate/plan/studyState.ts';
import { breaksAt, type StudyEntry } from '../../../../leaderboards/board/studies.ts';
import { testedLonger } from '../../../../leaderboards/board/studyTables.ts';
import type { Difference } from '../../../../leaderboards/board/schema.ts';
import { findMixer } from '../../../../models/registry.ts';
import { counted, listed } from './format.ts';

export const studyTitles: Record<StudyName, string> = {
  signal: 'Signal',
  labels: 'Labels',
  capacity: 'Capacity',
  length: 'Length',
};

const nothing = 'No run of this study has ended yet.';

/** What the records say so far, in one sentence. */
export function studyHeadline({ name, study, entries }: StudyState): string {
  if (entries.length === 0) return nothing;
  if (name === 'capacity') {
    const models = [...Map.groupBy(entries, ({ label }) => label).values()];
    const most = study.variants.at(-1)!.label;
    const held = models.filter((own) => own.at(-1)!.variant === most);
    const holding = held.filter((own) => breaksAt(own, 'scratch') === 'beyond').length;
    if (held.length === 0) return `No model has been tested with ${most} ${study.axis} yet.`;
    return `${holding} of ${counted(held.length, 'model')} ${holding === 1 ? 'holds' : 'hold'} ${most} ${study.axis}.`;
  }
  if (name === 'length') return lengthHeadline(entries);
  const far = name === 'signal';
  const effects = entries.flatMap(({ gain }) => {
    const effect = far ? gain?.far : gain?.overall;
    return gain?.ranked && effect?.interval ? [effect] : [];
  });
  if (effects.length === 0) return 'No pair of cells can be compared yet.';
  const where = far ? 'at the largest distance ' : '';
  return `Self-pretraining helps ${where}in ${helped(effects)} of ${counted(effects.length, 'comparison')}.`;
}

/** Of the models that were tested, by the longest sequences that each was tested on. */
function lengthHeadline(entries: readonly StudyEntry[]): string {
  const tested = testedLonger(entries);
  if (tested.length === 0) return 'No model has been tested beyond its length yet.';
  const reaching = tested.filter((own) => {
    const longest = own.reduce((a, b) => (b.task.length > a.task.length ? b : a));
    const trained = longest.task.length / Number(longest.variant);
    const reach = longest.cells.scratch?.reach ?? 0;
    return reach === 'beyond' || reach > trained;
  });
  return `${reaching.length} of ${counted(tested.length, 'model')} ${reaching.length === 1 ? 'reaches' : 'reach'} farther than the trained length.`;
}

const helped = (effects: readonly Difference[]) =>
  effects.filter(({ interval }) => interval![0] > 0).length;

/** The models of a study without any run of it; null if there are none. */
export function missingModels({ models }: StudyState): string | null {
  const missing = models.filter(({ done }) => done === 0).map(({ label }) => titleOf(label));
  return missing.length > 0 ? listed(missing) : null;
}

/** A model as a reader knows it, from how `--model` takes it: `Transformer (rotary)`. */
function titleOf(label: string): string {
  const [model = '', ...options] = label.split(':');
  const values = options.map((option) => option.split('=').at(-1));
  return findMixer(model).title + (values.length > 0 ? ` (${values.join(', ')})` : '');
}

/** How many runs of each variant there are, with the axis: `500 labels: 12 of 36`. */
export function variantWords({ study, variants }: StudyState): string[] {
  return variants.map(({ label, done, of }) => {
    const name = /^\d+$/.test(label) ? `${label} ${study.axis}` : `${study.axis} ${label}`;
    return `${name}: ${done} of ${counted(of, 'run')}`;
  });
}
