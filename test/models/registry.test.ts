import { describe, expect, it } from 'vitest';
import { createModel } from '../../models/backbone/backbone.ts';
import { parseOptions } from '../../models/options.ts';
import { addMixer, findMixer, mixers, modelRows } from '../../models/registry.ts';
import { countParameters } from '../../models/backbone/size.ts';

const shape = { length: 64, vocabulary: 20, classes: 10, readout: 'query', padded: false } as const;
const size = { layers: 2, width: 64, parameters: 108_000 };

describe('findMixer', () => {
  it('finds every mixer by its name, and names are unique', () => {
    for (const mixer of mixers) expect(findMixer(mixer.name)).toBe(mixer);
    expect(new Set(mixers.map(({ name }) => name)).size).toBe(mixers.length);
  });
  it('names the known models and the nearest one', () => {
    expect(() => findMixer('transfromer')).toThrow(
      /Unknown model 'transfromer', did you mean 'transformer'\? Known models: .*local/,
    );
  });
});

describe('addMixer', () => {
  it('makes one more mixer known, but none of a name that is taken', () => {
    const [first] = mixers;
    addMixer({ ...first!, name: 'submitted' });
    expect(findMixer('submitted').title).toBe(first!.title);
    expect(mixers.some(({ name }) => name === 'submitted')).toBe(false);
    for (const name of [first!.name, 'submitted']) {
      expect(() => addMixer({ ...first!, name })).toThrow(`A model is called '${name}' already`);
    }
  });
});

describe('parseOptions', () => {
  const refused = (name: string, options: Record<string, unknown>) => () =>
    parseOptions(findMixer(name), options);

  it('fills in defaults', () => {
    expect(parseOptions(findMixer('local'), { window: 8 })).toMatchObject({ window: 8, heads: 4 });
  });
  it('names the field and what is allowed', () => {
    expect(refused('local', { window: 0 })).toThrow(
      'model local, option window: 0 is not allowed; expected a whole number, at least 1',
    );
    expect(refused('local', { heads: 1.5 })).toThrow(/option heads: 1\.5 .* whole number/);
    expect(refused('local', { heads: 'two' })).toThrow(/option heads: "two"/);
    expect(refused('transformer', { positions: 'rope' })).toThrow(
      /"rope" is not allowed; expected one of sinusoidal, learned, rotary, alibi, none/,
    );
    expect(refused('s4d', { dtMin: 0 })).toThrow(/option dtMin: 0 .* a number, more than 0/);
    expect(refused('s4d', { state: 7 })).toThrow(/option state: 7 .* multiple of 2/);
    expect(refused('s4d', { window: 3 })).toThrow(
      /model s4d has no option window; its options are state, initialisation/,
    );
  });
});

describe('createModel', () => {
  const refused = (name: string, options: Record<string, unknown>, changed = {}) => {
    const mixer = findMixer(name);
    return () => createModel(mixer, parseOptions(mixer, options), shape, { ...size, ...changed });
  };

  it('refuses heads that do not divide the width', () => {
    expect(refused('transformer', { heads: 3 })).toThrow(
      'model transformer: option heads: 3 does not divide the width 64; expected one of 1, 2, 4, 8, 16, 32, 64',
    );
  });
  it('refuses a target that it cannot match', () => {
    expect(refused('s4d', {}, { parameters: 1000 })).toThrow(/model s4d: .*target of 1000/);
  });

  it.each([
    ['smoke', { layers: 2, width: 32, parameters: 29_000 }, [64, 256]],
    ['lite', size, [256, 1024]],
    ['lra', { layers: 6, width: 256, parameters: 5_000_000 }, [1024, 16_384]],
  ])('matches the parameters of every model within 5 %% at %s size', (_, size, lengths) => {
    for (const mixer of mixers) {
      for (const length of lengths) {
        for (const vocabulary of [20, 259]) {
          const at = { ...shape, length, vocabulary };
          const model = createModel(mixer, parseOptions(mixer, {}), at, size);
          const all = countParameters([...model.parameters, ...model.classifierParameters]);
          expect(model.parameterCount + model.positionParameterCount).toBe(all);
          const miss = Math.abs(model.parameterCount / size.parameters - 1);
          expect(miss, mixer.name).toBeLessThanOrEqual(0.05);
        }
      }
    }
  });
});

it.each(mixers.map(({ name }) => name))('%s says which parameters grow with the length', (name) => {
  const parametersAt = (length: number) => {
    const mixer = findMixer(name);
    const size = { layers: 2, width: 64, parameters: 200_000 };
    return createModel(mixer, parseOptions(mixer, {}), { ...shape, length }, size).parameters;
  };
  const long = new Map(parametersAt(1024).map((p) => [p.name, countParameters([p])]));
  for (const parameter of parametersAt(256)) {
    // Feed-forward layers give way to what the mixer takes; they do not grow with the length.
    if (parameter.name.includes('feedForward')) continue;
    const grows = countParameters([parameter]) !== long.get(parameter.name);
    expect(parameter.perPosition ?? false, parameter.name).toBe(grows);
  }
});

describe('modelRows', () => {
  it('describes every mixer at a given shape and size', () => {
    const rows = modelRows(shape, size);
    expect(rows.map(({ name }) => name)).toEqual(mixers.map(({ name }) => name));
    expect(rows.find(({ name }) => name === 'local')).toMatchObject({
      family: 'local attention',
      direction: 'bidirectional',
      reach: 32,
      cost: 'L·window',
    });
    for (const row of rows) expect(row.stateSize).toBeGreaterThan(0);
  });
});
