/** A model as `--model` takes it: its name, and the options that are not the default ones. */
import type { RunSpec } from '../../leaderboards/records/schema.ts';
import { parseOptions } from '../../models/options.ts';
import { mixers } from '../../models/registry.ts';
import { canonical } from './spec.ts';

/** `transformer:positions=rotary`; of a submitted model, whose options are its own, the name alone. */
export function modelLabel({
  model,
  modelOptions,
}: Pick<RunSpec, 'model' | 'modelOptions'>): string {
  const mixer = mixers.find(({ name }) => name === model);
  if (!mixer) return model;
  const standard = parseOptions(mixer, {});
  const changed = Object.entries(modelOptions).filter(
    ([key, value]) => canonical(value) !== canonical(standard[key]),
  );
  return [model, ...changed.map(([key, value]) => `${key}=${String(value)}`)].join(':');
}
