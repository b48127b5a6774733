import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../../../leaderboards/board/build.ts';
import {
  gainText,
  limitFinding,
  reachFinding,
  reachHeadline,
  sptFinding,
  sptReachFinding,
} from '../../../../../site/src/lib/words/findings.ts';
import { entriesOf } from '../../../../../site/src/lib/tables/view.ts';
import { asFiles, makeRecord, type Wanted } from '../../../../fixtures/records.ts';

function on(...wanted: Wanted[]) {
  const tier = buildBoard(asFiles(wanted.map(makeRecord))).tiers[0]!;
  const task = tier.tasks[0]!;
  return { task, entries: entriesOf(tier, task) };
}
const s4d: Wanted = { model: 's4d', title: 'S4D', family: 'state space' };
const local: Wanted = { model: 'local', title: 'Local', family: 'local attention', reach: 32 };

describe('who reaches how far', () => {
  const said = (regime: 'scratch' | 'spt', ...wanted: Wanted[]) => {
    const { task, entries } = on(...wanted.map((each) => ({ ...each, regime })));
    return reachFinding(task, regime, entries);
  };
  it('tells holding from falling from not learning', () => {
    expect(said('scratch', {}, { ...s4d, half: 40 }, { ...local, near: 0.125 })).toMatch(
      /^Trained from scratch, Transformer holds to the farthest distance, 240\u00a0tokens; S4D falls to half by 4\d\u00a0tokens; Local did not learn it even at 4\.$/,
    );
  });
  it('has a headline of at most 15 words', () => {
    const headline = (...wanted: Wanted[]) => {
      const { task, entries } = on(...wanted);
      return reachHeadline(task, 'scratch', entries);
    };
    const all = [
      headline({}, { ...s4d, half: 40 }),
      headline({ ...s4d, half: 40 }, { ...local, near: 0.125 }),
      headline({ ...local, near: 0.125 }),
    ];
    expect(all[0]).toBe(
      'Trained from scratch, 1 of 2 models still answers from 240\u00a0tokens away.',
    );
    expect(all[1]).toMatch(/nobody answers from 240\u00a0tokens; the best stops at 4\d\.$/);
    expect(all[2]).toBe('Trained from scratch, no model learned it even at 4\u00a0tokens.');
    for (const words of all) expect(words.split(/\s+/).length).toBeLessThanOrEqual(15);
  });
  it('orders who falls by reach, and counts many', () => {
    expect(said('spt', { ...s4d, half: 20 }, local)).toMatch(
      /^With self-pretraining, Local falls to half by 32\u00a0tokens and S4D by 2\d\.$/,
    );
    const many = ['a', 'b', 'c', 'd', 'e'].map((model) => ({ model, title: model.toUpperCase() }));
    expect(said('scratch', ...many)).toMatch(/, 5 models hold to/);
    const falling = many.map((wanted, i) => ({ ...wanted, half: 20 + 10 * i }));
    expect(said('scratch', ...falling)).toMatch(
      /, E falls .* and B by \d\d; 1 more model sooner\.$/,
    );
  });
});

describe('whether the certificate holds', () => {
  it('says that exactly chance was measured beyond the limit', () => {
    const { task, entries } = on(local);
    expect(limitFinding(task, entries[0]!.cell.certifiedLimit!, entries)).toMatch(
      /at most 32 tokens .* exactly chance was measured: 12\.5\u00a0% at 64, 128 and 240 tokens\.$/,
    );
  });
  it('sounds the alarm where something else was measured', () => {
    const record = makeRecord(local);
    const far = record.result!.distances.at(-1)!;
    far.correct += 1;
    far.accuracy = far.correct / far.count;
    const tier = buildBoard(asFiles([record])).tiers[0]!;
    const entries = entriesOf(tier, tier.tasks[0]!);
    expect(limitFinding(tier.tasks[0]!, 32, entries)).toMatch(
      /the run or the certificate is wrong/,
    );
  });
  it('says where nothing was tested beyond', () => {
    const { task, entries } = on({ ...local, reach: 250 });
    expect(limitFinding(task, entries[0]!.cell.certifiedLimit!, entries)).toMatch(
      /No distance tested lies farther away/,
    );
  });
});

describe('whether self-pretraining helps', () => {
  const both = (wanted: Wanted, spt: number, matched: number, seeds = [1, 2, 3]): Wanted[] =>
    seeds.flatMap((seed) => [
      { ...wanted, task: 'text', seed, regime: 'spt', near: spt },
      { ...wanted, task: 'text', seed, regime: 'scratch-matched', near: matched },
    ]);
  const said = (...wanted: Wanted[]) => sptFinding(on(...wanted).entries);
  const model = (name: string): Wanted => ({ model: name, title: name.toUpperCase() });

  it('claims only what the intervals exclude', () => {
    expect(
      said(
        ...both(model('a'), 0.8, 0.6),
        ...both(model('b'), 0.6, 0.8),
        ...both(model('c'), 0.7, 0.7),
        ...both(model('d'), 0.9, 0.6, [1]),
      ),
    ).toBe(
      'At equal total budget, self-pretraining helps A; self-pretraining hurts B; no difference can be told for C; one seed is too few to tell for D.',
    );
  });
  it('says so where nothing can be compared', () => {
    expect(said({ task: 'text', regime: 'spt' })).toMatch(/is not known yet/);
  });
  it('judges reach at the farthest distance', () => {
    const wanted = [1, 2, 3].flatMap((seed): Wanted[] => [
      { ...s4d, seed, regime: 'spt', half: 300 },
      { ...s4d, seed, regime: 'scratch-matched', half: 30 },
    ]);
    expect(sptReachFinding(on(...wanted).entries)).toBe(
      'At the farthest distance and equal total budget, self-pretraining helps S4D.',
    );
  });
  it('writes a gain in points', () => {
    const estimate = (interval: [number, number] | null) => ({
      mean: 0.05,
      interval,
      seeds: 3,
      over: null,
      couldSee: interval && 0.04,
    });
    expect(gainText(estimate([0.01, 0.09]))).toBe(
      '+5.0 (+1.0 to +9.0), 3 seeds, could have seen 4.0',
    );
    expect(gainText({ ...estimate(null), seeds: 1 })).toBe('+5.0 (one seed, no interval)');
  });
});
