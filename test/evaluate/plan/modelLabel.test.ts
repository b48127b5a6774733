import { expect, it } from 'vitest';
import { modelLabel } from '../../../evaluate/plan/modelLabel.ts';
import type { RunSpec } from '../../../leaderboards/records/schema.ts';
import { parseOptions } from '../../../models/options.ts';
import { findMixer } from '../../../models/registry.ts';

it.each([
  ['transformer', {}, 'transformer'],
  ['transformer', { positions: 'rotary' }, 'transformer:positions=rotary'],
  ['local', { heads: 2, window: 8 }, 'local:window=8:heads=2'],
])('%s with %j is %s', (model, changed, label) => {
  const modelOptions = parseOptions(findMixer(model), changed) as RunSpec['modelOptions'];
  expect(modelLabel({ model, modelOptions })).toBe(label);
});

it('a model from elsewhere has its name', () => {
  expect(modelLabel({ model: 'token-shift', modelOptions: { any: 1 } })).toBe('token-shift');
});
