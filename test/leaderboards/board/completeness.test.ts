import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../leaderboards/board/build.ts';
import { completenessOf, completenessText } from '../../../leaderboards/board/completeness.ts';
import type { RunRecord } from '../../../leaderboards/records/schema.ts';
import { asFiles, makeRecord, type Wanted } from '../../fixtures/records.ts';

const wanted: Wanted[] = [
  ...[1, 2, 3].map((seed) => ({ seed })),
  { modelOptions: { positions: 'rotary' } },
  { model: 's4d', regime: 'spt', status: 'diverged', reason: 'loss was not a number' },
  { task: 'text', status: 'failed', reason: 'out of memory' },
];

function complete(records: RunRecord[]) {
  return completenessOf(buildBoard(asFiles(records)).tiers[0]!, records);
}

describe('completeness', () => {
  it('counts models, options told apart, their seeds, and the ends of runs', () => {
    const { tasks, diverged, failed, total } = complete(wanted.map(makeRecord));
    const texts = tasks.map(({ task, regimes, runs }) => [
      task,
      ...regimes.map(completenessText),
      runs,
    ]);
    expect(texts).toEqual([
      ['recall', '2 × 1–3', '1 × 1', '–', 5],
      ['text', '1 × 1', '–', '–', 1],
    ]);
    expect([diverged, failed, total.runs]).toEqual([1, 1, 6]);
  });

  it('adds up time by task and by device, of this board alone', () => {
    const records = wanted.map((want, i) => {
      const record = makeRecord(want);
      const { provenance, timing } = record;
      return {
        ...record,
        timing: { ...timing, seconds: 2 ** i },
        provenance: { ...provenance, device: i === 0 ? 'a GPU' : 'a CPU' },
      };
    });
    const elsewhere = makeRecord({ tier: 'smoke' });
    const { tasks, devices, total } = complete([...records, elsewhere]);
    expect(tasks.map(({ seconds }) => seconds)).toEqual([1 + 2 + 4 + 8 + 16, 32]);
    const engine = records[0]!.provenance.engine;
    expect(devices).toEqual([
      { device: `${engine}, a CPU`, runs: 5, seconds: 62 },
      { device: `${engine}, a GPU`, runs: 1, seconds: 1 },
    ]);
    expect(total).toEqual({ runs: 6, seconds: 63 });
  });
});
