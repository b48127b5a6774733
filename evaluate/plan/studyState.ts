/** How far a study is, from the records that there are: `evaluate study` prints it, the site shows it. */
import type { Tier } from '../../core/vocabulary.ts';
import { studyEntries, type StudyEntry } from '../../leaderboards/board/studies.ts';
import { studyTables, type StudyTable } from '../../leaderboards/board/studyTables.ts';
import { longer, longerFiles } from '../../leaderboards/board/lengths.ts';
import type { LengthFile } from '../../leaderboards/records/readLengths.ts';
import type { RecordFile } from '../../leaderboards/records/read.ts';
import type { RunSpec } from '../../leaderboards/records/schema.ts';
import { modelLabel } from './modelLabel.ts';
import { benchmarkVersion, idOf } from './spec.ts';
import { studies, variantSpecs, type Study, type StudyName } from './studies.ts';

export interface Progress {
  /** Of the variant, or the model as `--model` takes it. */
  label: string;
  done: number;
  of: number;
}

export interface StudyState {
  name: StudyName;
  study: Study;
  tier: Tier;
  /** Runs that have a record, of all. */
  done: number;
  of: number;
  /** The same, variant by variant, and model by model. */
  variants: Progress[];
  models: Progress[];
  entries: StudyEntry[];
  /** None without entries. */
  tables: StudyTable[];
}

export interface Shown {
  tier: Tier;
  /** 1 to 3 if absent. */
  seeds?: number[];
  /** Of runs beyond their length, for the study of lengths. */
  tests?: readonly LengthFile[];
}

/** @param files of whatever tier and version: those of `tier` and this version count */
export function studyState(
  name: StudyName,
  files: readonly RecordFile[],
  { tier, seeds = [1, 2, 3], tests = [] }: Shown,
): StudyState {
  const study = studies[name];
  const own = files.filter(({ record: { spec } }) => {
    const { tier: its, benchmark, regime, protocol } = spec;
    const isOfBoard = its === tier && benchmark === benchmarkVersion;
    const asked = Object.entries(study.protocol ?? {});
    return (
      isOfBoard &&
      study.regimes.includes(regime) &&
      asked.every(([field, value]) => protocol[field as keyof typeof protocol] === value)
    );
  });
  const there = new Set(own.map(({ record }) => record.id));
  const progress = (label: string, specs: readonly RunSpec[]): Progress => ({
    label,
    done: specs.filter((spec) => there.has(idOf(spec))).length,
    of: specs.length,
  });
  const specs = study.variants.map((variant) => variantSpecs(study, variant, { tier, seeds }));
  const { done, of } = progress(name, specs.flat());
  const factors = study.factors ?? [];
  const entries = studyEntries(
    factors.length > 0 ? [...own, ...longerFiles(own, tests)] : own,
    study.tasks,
    [...study.variants, ...factors.map(longer)],
  );
  return {
    ...{ name, study, tier, done, of, entries },
    variants: specs.map((each, i) => progress(study.variants[i]!.label, each)),
    models: [...Map.groupBy(specs.flat(), modelLabel)].map(([model, each]) =>
      progress(model, each),
    ),
    tables: entries.length > 0 ? studyTables(name, study, entries) : [],
  };
}

/** The commands that plan and run what is missing of a study. */
export function missingCommands(name: StudyName, tier: Tier): [plan: string, resume: string] {
  const flag = tier === 'lite' ? '' : ` --tier ${tier}`;
  return [
    `npm run evaluate -- study ${name} --plan plans/${name}${flag}`,
    `npm run evaluate -- resume --manifest plans/${name}`,
  ];
}

/** The command that prints the tables of a study. */
export const tableCommand = (name: StudyName, tier: Tier) =>
  `npm run evaluate -- study ${name}${tier === 'lite' ? '' : ` --tier ${tier}`}`;
