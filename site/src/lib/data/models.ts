/** The models that have a page: those of this package, and whatever else the board has. */
import type { Row } from '../../../../leaderboards/board/schema.ts';
import { displayName } from '../../../../leaderboards/records/names.ts';
import type { RecordFile } from '../../../../leaderboards/records/read.ts';
import { modelReach } from '../../../../models/backbone/backbone.ts';
import { parseOptions } from '../../../../models/options.ts';
import { mixers, type AnyMixer } from '../../../../models/registry.ts';
import { records, shownTier } from './data.ts';

export interface ListedModel {
  name: string;
  title: string;
  family: string;
  /** Null for a model that is not part of this package. */
  mixer: AnyMixer | null;
  /** Of the shown tier. */
  rows: Row[];
  /** Of all tiers, in the order of their files. */
  records: RecordFile[];
}

/** The backbone at which reach and state of a mixer are stated where there is no run. */
export const usual = { length: 256, width: 64, layers: 2 } as const;

/** In the order of the registry, then by name. */
export function modelList(): ListedModel[] {
  const byName = new Map<string, RecordFile[]>();
  for (const entry of records) {
    const { model } = entry.record.spec;
    byName.set(model, [...(byName.get(model) ?? []), entry]);
  }
  const own = mixers.map(({ name, title, family }) => ({ name, title, family }));
  const known = new Set(own.map(({ name }) => name));
  const others = [...byName.keys()]
    .filter((name) => !known.has(name))
    .sort()
    .map((name) => {
      const { title, family } = byName.get(name)![0]!.record.model;
      return { name, title: displayName(title), family: displayName(family) };
    });
  return [...own, ...others].map((model) => ({
    ...model,
    mixer: mixers.find(({ name }) => name === model.name) ?? null,
    rows: shownTier?.rows.filter((row) => row.model === model.name) ?? [],
    records: byName.get(model.name) ?? [],
  }));
}

export interface Nature {
  direction: 'causal' | 'bidirectional';
  /** Tokens to either side through all blocks; Infinity for all. */
  reach: number;
  /** Numbers a causal recurrence would carry per sequence. */
  stateSize: number;
}

/** What a mixer is with its default options, at the usual size. */
export function natureOf(mixer: AnyMixer): Nature {
  const created = mixer.create(usual, parseOptions(mixer, {}));
  return {
    direction: mixer.causal ? 'causal' : 'bidirectional',
    reach: modelReach(created, usual),
    stateSize: created.stateSize * usual.layers,
  };
}
