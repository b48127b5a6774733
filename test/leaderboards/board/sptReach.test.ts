import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../leaderboards/board/build.ts';
import { sptPairs, sptReachWords, verdict } from '../../../leaderboards/board/sptReach.ts';
import { asFiles, makeRecord, type Wanted } from '../../fixtures/records.ts';

const s4d: Wanted = { model: 's4d', title: 'S4D' };
const local: Wanted = { model: 'local', title: 'Local attention', reach: 32 };

/** Runs with SPT that fall to half at `spt` tokens, and others of the same budget at `matched`. */
function both(wanted: Wanted, spt: number, matched: number, seeds = [1, 2, 3]): Wanted[] {
  return seeds.flatMap((seed) => [
    { ...wanted, seed, regime: 'spt', half: spt },
    { ...wanted, seed, regime: 'scratch-matched', half: matched },
  ]);
}

const pairsOf = (...wanted: Wanted[]) =>
  sptPairs(buildBoard(asFiles(wanted.map(makeRecord))).tiers[0]!);

describe('whether self-pretraining extends reach', () => {
  it('is told from pairs with several seeds that are not provably blind there', () => {
    const pairs = pairsOf(
      ...both(s4d, 300, 30),
      ...both(local, 300, 30),
      ...both({ model: 'lru', title: 'LRU' }, 300, 30, [1]),
      ...both({ ...s4d, task: 'text' }, 300, 30),
    );
    expect(pairs.map(({ label, task }) => [label, task])).toEqual([['S4D', 'Recall']]);
  });

  it('is not told from pairs that are not ranked', () => {
    const pairs = both({ ...s4d, benchmark: '2.0' }, 300, 30);
    expect(pairsOf(...pairs)).toHaveLength(1);
    const unfinished = { outcome: 'unfinished' } as const;
    expect(pairsOf({ ...pairs[0]!, ...unfinished }, ...pairs.slice(1))).toEqual([]);
  });

  it('counts who gains and who loses, and names a few', () => {
    const sharper = both(s4d, 300, 30).map((wanted) => ({
      ...wanted,
      near: wanted.regime === 'spt' ? 0.97 : 0.8,
    }));
    const pairs = pairsOf(
      ...sharper,
      ...both({ model: 'mega', title: 'MEGA' }, 30, 300),
      ...both({ model: 'transformer' }, 300, 300),
    );
    expect(sptReachWords(pairs)).toEqual({
      answer:
        'At the largest distance self-pretraining adds accuracy in 1 and costs it in 1 of 3 pairs ' +
        'of a model and a task with certified distance.',
      detail:
        'Pairs with several seeds, at equal total budget. Far away it adds in 1 (S4D on Recall) and ' +
        'costs in 1 (MEGA on Recall); at the smallest distance it adds in 1 (S4D on Recall) and ' +
        'costs in 0. The other intervals hold zero. At the largest distance half of the pairs could have ' +
        'seen an effect of 5 points, and 3 of 3 pairs one of 20.',
    });
  });

  it('names none where there are many, and says nothing where there are no pairs', () => {
    const many = pairsOf(
      ...[1, 2, 3, 4, 5].flatMap((i) => both({ model: `m${i}`, title: `M${i}` }, 300, 30)),
    );
    expect(sptReachWords(many)!.detail).toContain('Far away it adds in 5 and costs in 0;');
    expect(sptReachWords([])).toBeNull();
  });

  it('gives a verdict only with an interval', () => {
    const estimate = (interval: [number, number] | null) => ({
      mean: 0.05,
      interval,
      seeds: 3,
      over: null,
    });
    expect(verdict(estimate([0.01, 0.09]))).toBe('up');
    expect(verdict(estimate([-0.09, -0.01]))).toBe('down');
    expect(verdict(estimate([0, 0]))).toBe('none');
    expect(verdict(estimate(null))).toBe('unknown');
  });
});
