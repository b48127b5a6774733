import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { controls as command, formatControls } from '../../../../evaluate/commands/controls.ts';
import { judgeControls } from '../../../../leaderboards/board/controls/controls.ts';
import { controls } from '../../../../leaderboards/board/controls/list.ts';
import type { Outcome } from '../../../../leaderboards/board/controls/outcome.ts';
import type { RunRecord } from '../../../../leaderboards/records/schema.ts';
import { asFiles, makeRecord, writeRecords, type Wanted } from '../../../fixtures/records.ts';

const flat = (accuracy: number) => Array<number>(7).fill(accuracy);
const three = (wanted: Wanted): Wanted[] =>
  [1, 2, 3].map((seed) => ({ benchmark: '2.0', ...wanted, seed }));
const rotary: Wanted = { model: 'transformer', modelOptions: { positions: 'rotary' } };
const judge = (id: string, wanted: readonly (Wanted | RunRecord)[]) =>
  judgeControls(
    asFiles(wanted.map((one) => ('spec' in one ? one : makeRecord(one)))),
    [],
    controls,
  ).find(({ control }) => control.id === id)!;

describe('the list of controls', () => {
  it('names each once, with its source and when it passes', () => {
    expect(new Set(controls.map(({ id }) => id)).size).toBe(controls.length);
    for (const { title, known, passes } of controls) {
      expect(title).toMatch(/\.$/);
      expect(known.from).not.toBe('');
      expect(passes).not.toBe('');
    }
  });
});

describe('full attention on recall', () => {
  it('passes at 0.95 of use at every distance in every seed', () => {
    expect(judge('recall-attention', three({ ...rotary, curve: flat(0.96) }))).toMatchObject({
      verdict: 'passed',
      missing: [],
      cells: ['Transformer, scratch, on recall'],
    });
  });

  it('fails with one distance of one seed below, and names it', () => {
    const [first, ...others] = three({ ...rotary, curve: flat(0.99) });
    const low = { ...first!, curve: flat(0.99).with(6, 0.9) };
    const { verdict, figures } = judge('recall-attention', [low, ...others]);
    expect(verdict).toBe('failed');
    const wrong = figures.filter(({ holds }) => !holds);
    expect(wrong.map(({ about }) => about)).toEqual([
      'Transformer, scratch, on recall at 240 tokens, seed 1',
    ]);
    expect(wrong[0]!.value).toBeCloseTo((0.9 - 1 / 8) / (7 / 8), 2);
  });

  it('fails if a seed did not train', () => {
    const [first, ...others] = three({ ...rotary, curve: flat(0.99) });
    const lost: Wanted = { ...first!, curve: flat(0.125), outcome: 'did not train' };
    expect(judge('recall-attention', [lost, ...others]).verdict).toBe('failed');
  });

  it('is not tested by unfinished, untuned or too few runs, other positions, or none', () => {
    const missing = (wanted: Wanted[]) => {
      const outcome = judge('recall-attention', wanted);
      expect(outcome).toMatchObject({ verdict: 'not tested here', figures: [] });
      return outcome.missing;
    };
    const name = 'Transformer, scratch, on recall';
    expect(missing(three({ ...rotary, outcome: 'unfinished' }))).toEqual([`${name}: unfinished`]);
    expect(missing(three({ ...rotary, tuned: false }))).toEqual([`${name}: not tuned`]);
    expect(missing(three(rotary).slice(1))).toEqual([`${name}: fewer than 3 seeds`]);
    expect(missing(three({ ...rotary, benchmark: '1.0' }))).toEqual([`${name}: earlier rules`]);
    expect(missing(three({ modelOptions: { positions: 'alibi' } }))).toEqual([
      'transformer (rotary), scratch, on recall: no run',
    ]);
  });
});

describe('the order by capacity', () => {
  const levels = { transformer: 0.95, 'gated-deltanet': 0.8, 'linear-attention': 0.6, s4d: 0.3 };
  const runs = (changed: Record<string, number> = {}, longConv = 0.28) =>
    Object.entries({ ...levels, 'long-conv': longConv, ...changed }).flatMap(([model, level]) =>
      three({
        ...(model === 'transformer' ? rotary : { model }),
        task: 'recall-capacity',
        curve: flat(level),
      }).map((wanted) => ({ ...wanted, curve: flat(level + wanted.seed! / 500) })),
    );
  it('passes in the order of the literature, all neighbours told apart', () => {
    const { verdict, figures } = judge('capacity-order', runs());
    expect(verdict).toBe('passed');
    expect(figures).toHaveLength(4);
    for (const { interval } of figures) expect(interval![0]).toBeGreaterThan(0);
  });

  it('fails if one is out of order or a tie', () => {
    expect(judge('capacity-order', runs({ 'linear-attention': 0.85 })).verdict).toBe('failed');
    expect(judge('capacity-order', runs({ s4d: 0.6 })).verdict).toBe('failed');
  });

  it('is not tested without one of the models', () => {
    const without = runs().filter(({ model }) => model !== 'long-conv');
    const { verdict, missing } = judge('capacity-order', without);
    expect([verdict, missing]).toEqual([
      'not tested here',
      ['long-conv, scratch, on recall-capacity: no run'],
    ]);
  });
});

describe('Image with few labels', () => {
  const image = (near: number, rest: Wanted) => three({ task: 'image', near, ...rest });
  it('S4 above the Transformer passes, a tie fails', () => {
    const s4 = image(0.45, { model: 's4' });
    expect(judge('image-s4', [...s4, ...image(0.35, rotary)]).verdict).toBe('passed');
    expect(judge('image-s4', [...s4, ...image(0.45, rotary)]).verdict).toBe('failed');
  });

  const lifted = (after: number, peerAfter = 0.5) => [
    ...image(0.35, { ...rotary, regime: 'scratch-matched' }),
    ...image(0.45, { model: 's4', regime: 'scratch-matched' }),
    ...image(after, { ...rotary, regime: 'spt' }),
    ...image(peerAfter, { model: 's4', regime: 'spt' }),
  ];
  it('self-pretraining passes if it lifts the Transformer and halves its distance to S4', () => {
    const runs = lifted(0.48).map(makeRecord);
    // What spt and scratch-matched have together is the same.
    for (const record of runs) record.budget.total = 1000;
    expect(judge('image-spt', runs).verdict).toBe('passed');
    const spt = judge('image-spt', lifted(0.42).map(makeRecord));
    expect(spt.figures.map(({ holds }) => holds)).toEqual([true, false]);
    expect(judge('image-spt', lifted(0.35, 0.36)).figures[0]!.holds).toBe(false);
  });

  it('self-pretraining is not tested at unequal budgets', () => {
    const runs = lifted(0.48).map(makeRecord);
    runs[0]!.budget.total += 1;
    expect(judge('image-spt', runs)).toMatchObject({ verdict: 'not tested here', figures: [] });
  });

  const permuted = (s4: number, attention: number) => {
    const learned: Wanted = { model: 'transformer', modelOptions: { positions: 'learned' } };
    const scan = { taskOptions: { scan: 'permuted' } };
    return [
      ...image(0.5, { model: 's4' }),
      ...image(0.4, learned),
      ...image(s4, { model: 's4', ...scan }),
      ...image(attention, { ...learned, ...scan }),
    ];
  };
  it('a permutation passes if it costs S4 more than attention', () => {
    const { verdict, figures } = judge('pixel-permutation', permuted(0.35, 0.39));
    expect(verdict).toBe('passed');
    expect(figures[0]!.value).toBeCloseTo((0.15 - 0.01) / 0.9, 1);
    expect(judge('pixel-permutation', permuted(0.49, 0.3)).verdict).toBe('failed');
    const { missing } = judge('pixel-permutation', permuted(0.3, 0.3).slice(0, 9));
    expect(missing).toEqual([
      'transformer (learned), scratch, on image with scan=permuted: no run',
    ]);
  });
});

describe('signals', () => {
  const families = { transformer: 'attention', s4d: 'state space', lru: 'recurrence' };
  const runs = (signal: string, before: number[], after: number[], only = 3) =>
    Object.entries(families)
      .slice(0, only)
      .flatMap(([model, family]) =>
        (['spt', 'scratch-matched'] as const).flatMap((regime) =>
          three({ model, family, regime, taskOptions: { signal } }).map((wanted) => ({
            ...wanted,
            curve: (regime === 'spt' ? after : before).map((level) => level + wanted.seed! / 500),
          })),
        ),
      );
  const near = [0.9, 0.9, 0.8, 0.5, 0.2, 0.13, 0.13];
  it('near lifts near and not far, in three families', () => {
    expect(judge('near-signal', runs('near', flat(0.13), near)).verdict).toBe('passed');
    expect(judge('near-signal', runs('near', flat(0.13), flat(0.9))).verdict).toBe('failed');
    const two = judge('near-signal', runs('near', flat(0.13), near, 2));
    expect(two.verdict).toBe('not tested here');
    expect(two.missing[0]).toMatch(/recall with signal=near: .*3 families/);
  });

  it('far lifts far, on its own data alone', () => {
    expect(judge('far-signal', runs('far', flat(0.13), flat(0.9))).verdict).toBe('passed');
    expect(judge('far-signal', runs('far', flat(0.13), near)).verdict).toBe('failed');
    expect(judge('far-signal', runs('near', flat(0.13), flat(0.9))).verdict).toBe(
      'not tested here',
    );
  });
});

describe('the command', () => {
  const run = async (records: RunRecord[], ...args: string[]) => {
    const folder = mkdtempSync(join(tmpdir(), 'controls-'));
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    try {
      writeRecords(folder, records);
      const code = await command.run(['--records', folder, '--audits', folder + '/none', ...args]);
      return { code, text: String(log.mock.calls[0]![0]) };
    } finally {
      log.mockRestore();
      rmSync(folder, { recursive: true });
    }
  };
  it('exits with 1 if a control fails, and with 0 if it could not be tested', async () => {
    const good = await run(three({ ...rotary, curve: flat(0.99) }).map(makeRecord));
    expect(good.code).toBe(0);
    expect(good.text).toMatch(/recall-attention +Arora .* passed +21 of 21/);
    expect(good.text).toMatch(/image-s4: NOT TESTED HERE/);
    const bad = await run(three({ ...rotary, curve: flat(0.5) }).map(makeRecord), '--json');
    expect(bad.code).toBe(1);
    const found = JSON.parse(bad.text) as { controls: Outcome[] };
    const failed = found.controls.filter(({ verdict }) => verdict === 'failed');
    expect(failed.map(({ control }) => control.id)).toEqual(['recall-attention']);
  });

  it('says where no records are', async () => {
    await expect(run([])).rejects.toThrow(/^No records of tier lite in /);
    await expect(run([makeRecord()], '--benchmark', '3')).rejects.toThrow(
      /^Unknown recorded benchmark '3'.* Known recorded benchmarks: 0\.1\.$/,
    );
  });

  it('names a few figures of each control, those that fail first', () => {
    const text = formatControls([
      judge('recall-attention', three({ ...rotary, curve: flat(0.5) })),
    ]);
    expect(text.match(/FAILS/g)).toHaveLength(6);
    expect(text).toMatch(/and 15 more/);
  });
});
