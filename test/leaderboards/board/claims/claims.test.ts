import { describe, expect, it } from 'vitest';
import {
  missingRuns,
  type Answer,
  type Ground,
} from '../../../../leaderboards/board/claims/answer.ts';
import { claims } from '../../../../leaderboards/board/claims/list.ts';
import { assessClaims } from '../../../../leaderboards/board/claims/claims.ts';
import { asFiles, makeRecord, type Wanted } from '../../../fixtures/records.ts';

const three = (wanted: Wanted): Wanted[] =>
  [1, 2, 3].map((seed) => ({ benchmark: '2.0', ...wanted, seed }));
function answer(id: string, ground: Ground, wanted: readonly Wanted[]): Answer {
  const assessed = assessClaims(asFiles(wanted.map(makeRecord)), claims);
  return assessed.find(({ claim }) => claim.id === id)!.answers.find((a) => a.ground === ground)!;
}
const vanilla = { model: 'transformer', modelOptions: { positions: 'sinusoidal' } };

describe('a claim', () => {
  const bounded = { model: 'bounded-conv', family: 'control' };
  const mega = { model: 'mega', family: 'state space' };
  const short = [
    ...three({ ...bounded, reach: 32 }),
    ...three(mega),
    ...three({ ...bounded, task: 'text', near: 0.66 }),
    ...three({ ...mega, task: 'text', near: 0.7 }),
  ];
  it('may hold on the standard tasks and fail on certified distances', () => {
    const standard = answer('short-reach-suffices', 'standard', short);
    expect(standard).toMatchObject({ verdict: 'holds here', tasks: ['text'], threshold: 0 });
    expect(standard.effect).toMatchObject({ over: 'seeds', seeds: 3 });
    expect(standard.reason).toMatch(/not over other test examples/);
    const certified = answer('short-reach-suffices', 'certified', short);
    expect(certified).toMatchObject({ verdict: 'does not hold here', tasks: ['recall'] });
    expect(certified.effect!.value).toBeCloseTo(-0.5 * 0.96, 1);
  });
  it('sums up in words what is missing, models that lack the same together', () => {
    const need = (model: string, regime: string, ...missing: string[]) => ({
      ...{ model, regime, missing },
      present: [{ task: 'text', seeds: 1 }],
    });
    const models = ['A', 'B', 'C', 'D'].flatMap((model) => [
      need(model, 'spt', 'image', 'listops'),
      need(model, 'scratch-matched', 'image', 'listops'),
    ]);
    expect(missingRuns([...models, need('E', 'spt', 'image'), need('F', 'spt')])).toEqual([
      '4 models, spt and scratch-matched, on image, listops',
      'E, spt, on image',
    ]);
    expect(missingRuns([...models.slice(0, 4), need('C', 'spt', 'image')])).toEqual([
      'A, B, spt and scratch-matched, on image, listops',
      'C, spt, on image',
    ]);
    expect(missingRuns([{ model: 'G', regime: 'spt', missing: [], present: [] }])).toEqual([
      'G, spt',
    ]);
    expect(missingRuns([])).toEqual([]);
  });
  it('names the runs that are missing', () => {
    const missing = answer('short-reach-suffices', 'standard', three({ ...mega, task: 'text' }));
    expect(missing).toMatchObject({ verdict: 'not tested here', effect: null, tasks: [] });
    expect(missing.needs[0]).toMatchObject({ model: 'bounded-conv', present: [] });
    expect(missing.needs[0]!.missing).toContain('pathfinder');
    expect(missing.needs[1]!.present).toEqual([{ task: 'text', seeds: 3 }]);
  });
  it('is not tested by one seed, unfinished or untuned runs, or benchmark 1.0', () => {
    const lacks = (wanted: Wanted[]) => {
      const standard = answer('short-reach-suffices', 'standard', wanted);
      expect(standard).toMatchObject({ verdict: 'not tested here', effect: null, tasks: [] });
      return standard.needs[0]!.missing.find((name) => name.startsWith('text'));
    };
    const all = (rest: Wanted) => short.map((wanted) => ({ ...wanted, ...rest }));
    expect(lacks(short.filter(({ seed }) => seed === 1))).toBe('text (fewer than 3 seeds)');
    expect(lacks(all({ outcome: 'unfinished' }))).toBe('text (unfinished)');
    expect(lacks(all({ tuned: false }))).toBe('text (not tuned)');
    expect(lacks(all({ benchmark: '1.0' }))).toBe('text (earlier rules)');
  });
  it('says which effect it could have seen', () => {
    const { interval, couldSee } = answer('short-reach-suffices', 'standard', short).effect!;
    expect(couldSee).toBeCloseTo((interval[1] - interval[0]) / 2, 12);
  });
  it('is open where the interval holds both', () => {
    const wanted = [0.6, 0.7, 0.65].flatMap((near, i): Wanted[] => [
      { benchmark: '2.0', model: 'las', task: 'text', near, seed: i + 1 },
      { benchmark: '2.0', ...vanilla, task: 'text', near: 0.63, seed: i + 1 },
    ]);
    expect(answer('las-helps-transformers', 'standard', wanted).verdict).toBe('open');
  });
  it('is open where there is nothing to match', () => {
    const local = { reach: 32, family: 'local attention', regime: 'spt' } as const;
    const blocks = [
      ...three({ ...local, model: 'local' }),
      ...three({ ...local, model: 'block-local' }),
    ];
    const certified = answer('overlap-is-not-needed', 'certified', blocks);
    expect(certified).toMatchObject({ verdict: 'open' });
    expect(certified.reason).toMatch(/not above chance/);
  });
});

describe('a claim about a family', () => {
  const local = { model: 'local', family: 'local attention', regime: 'spt' } as const;
  const rival = { family: 'efficient attention', regime: 'spt', task: 'text' } as const;
  const ground = three({ ...local, task: 'text', near: 0.7 });
  it('falls with one member that is surely better', () => {
    const better = answer('no-efficient-attention-beats-local', 'standard', [
      ...ground,
      ...three({ ...rival, model: 'performer', near: 0.6 }),
      ...three({ ...rival, model: 'bigbird', title: 'BigBird', near: 0.9 }),
    ]);
    expect(better.verdict).toBe('does not hold here');
    expect(better.reason).toMatch(/the best of 2 is BigBird/);
  });
  it('holds where none can be', () => {
    const worse = answer('no-efficient-attention-beats-local', 'standard', [
      ...ground,
      ...three({ ...rival, model: 'performer', near: 0.6 }),
      ...three({ ...rival, model: 'bigbird', near: 0.58 }),
    ]);
    expect(worse.verdict).toBe('holds here');
  });
  it('holds against long reach only where the distance is short', () => {
    const far = answer('no-efficient-attention-beats-local', 'certified', [
      ...three({ ...local, reach: 32 }),
      ...three({ ...rival, task: 'recall', model: 'performer' }),
    ]);
    expect(far.verdict).toBe('does not hold here');
  });
});

describe('the spread between architectures', () => {
  const levels = { transformer: 0.55, s4d: 0.75, lru: 0.9 };
  const runs = (shrunk: number, count = 3) =>
    Object.entries(levels)
      .slice(0, count)
      .flatMap(([model, near]) => [
        ...three({ model, task: 'text', near, regime: 'scratch-matched' }),
        ...three({ model, task: 'text', near: 0.75 + (near - 0.75) * shrunk, regime: 'spt' }),
      ]);
  it('shrinks, grows, or is not known from two', () => {
    expect(answer('spt-shrinks-the-spread', 'standard', runs(0.2)).verdict).toBe('holds here');
    expect(answer('spt-shrinks-the-spread', 'standard', runs(1.6)).verdict).toBe(
      'does not hold here',
    );
    const two = answer('spt-shrinks-the-spread', 'standard', runs(0.2, 2));
    expect(two).toMatchObject({ verdict: 'not tested here', effect: null });
    expect(two.needs.at(-1)!.model).toMatch(/at least three architectures/);
  });
});
