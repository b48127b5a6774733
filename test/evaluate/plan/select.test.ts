import { describe, expect, it } from 'vitest';
import { selectRecords } from '../../../evaluate/plan/select.ts';
import { asFiles, makeRecord } from '../../fixtures/records.ts';

const files = asFiles([
  makeRecord(),
  makeRecord({ task: 'text', regime: 'spt' }),
  makeRecord({ task: 'listops', model: 's4d', tier: 'smoke' }),
]);
const chosen = (wanted: Parameters<typeof selectRecords>[1]) =>
  selectRecords(files, wanted).map(({ record }) => record.spec.task);

describe('records chosen by name', () => {
  it('are all without a name, and those of any name of every kind', () => {
    expect(chosen({})).toEqual(['recall', 'text', 'listops']);
    expect(chosen({ task: 'recall, listops' })).toEqual(['recall', 'listops']);
    expect(chosen({ task: 'recall,listops', tier: 'smoke' })).toEqual(['listops']);
    expect(chosen({ model: 'transformer', regime: 'scratch' })).toEqual(['recall']);
    expect(chosen({ model: 's4d', regime: 'spt' })).toEqual([]);
  });
  it('are refused for a name that none has, with those that there are', () => {
    expect(() => chosen({ task: 'recal' })).toThrow(
      "Unknown recorded task 'recal', did you mean 'recall'? Known recorded tasks: recall, text, listops.",
    );
    expect(() => chosen({ regime: 'x' })).toThrow('Known recorded regimes: scratch, spt.');
    expect(() => selectRecords([], { task: 'recall' })).toThrow('Known recorded tasks: none.');
  });
});
