import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  endingOf,
  fixedSchedule,
  leftChance,
  wsdSchedule,
  type EndState,
  type WsdRule,
} from '../../../evaluate/training/schedule.ts';

const rule: WsdRule = {
  steps: 1200,
  isMatched: false,
  warmup: 20,
  lookEvery: 20,
  patience: 5,
  decay: 0.2,
  chance: 0.25,
  examples: 400,
};

/** Goes through a schedule as a phase does; accuracies are a function of the steps done. */
function walk(of: WsdRule, accuracyAt: (done: number) => number) {
  const schedule = wsdSchedule(of);
  let state: EndState | undefined;
  let best = 0;
  const factors: number[] = [];
  const looks: number[] = [];
  for (let done = 0; done < schedule.total(state);) {
    factors.push(schedule.factor(done, state));
    done++;
    if (!schedule.isLook(done, state)) continue;
    const accuracy = accuracyAt(done);
    looks.push(done);
    best = Math.max(best, accuracy);
    // Through JSON, as in a checkpoint.
    state = JSON.parse(JSON.stringify(schedule.afterLook!(state, { done, accuracy }))) as EndState;
  }
  return { ending: endingOf(of, state, best), factors, looks, state };
}

describe('wsdSchedule', () => {
  it('ends a run that has nothing left to gain', () => {
    const { ending, factors } = walk(rule, (done) => (done < 200 ? 0.25 : 1));
    expect(ending).toEqual({ steps: 264, reason: 'solved', decayFrom: 220, outcome: 'finished' });
    expect(factors.length).toBe(264);
  });

  it('ends a run whose accuracy is flat, a long one later than a short one', () => {
    const flatFrom = (from: number) => walk(rule, (done) => (done < from ? 0.3 : 0.7)).ending;
    expect(flatFrom(100)).toMatchObject({ reason: 'plateau', decayFrom: 200, steps: 240 });
    expect(flatFrom(600)).toMatchObject({ reason: 'plateau', decayFrom: 800, steps: 960 });
    expect(flatFrom(600).outcome).toBe('finished');
  });

  it('waits for a slow rise, however small each step of it is', () => {
    const { ending } = walk(rule, (done) => 0.4 + 0.0004 * done);
    expect(ending).toMatchObject({ reason: 'budget', steps: 1200, outcome: 'unfinished' });
  });

  it('goes to the largest number of steps while a run is at chance, which then did not train', () => {
    const { ending } = walk(rule, (done) => 0.25 + 0.01 * Math.sin(done));
    expect(ending).toEqual({
      steps: 1200,
      reason: 'budget',
      decayFrom: 1000,
      outcome: 'did not train',
    });
  });

  it('gives a run that is solved in its decay no reproach', () => {
    const { ending } = walk(rule, (done) => Math.min(1, done / 1150));
    expect(ending).toMatchObject({ reason: 'budget', outcome: 'finished' });
  });

  it('takes exactly as many steps as it must match, solved or flat or neither', () => {
    for (const accuracy of [0.25, 0.6, 1]) {
      const { ending, looks } = walk({ ...rule, isMatched: true, steps: 733 }, () => accuracy);
      expect(ending).toMatchObject({ steps: 733, reason: 'matched', decayFrom: 610 });
      expect(looks.at(-1)).toBe(733);
      expect(ending.outcome).toBe(accuracy === 0.25 ? 'did not train' : 'finished');
    }
  });

  it('warms up, stays, and falls linearly to a last step above zero', () => {
    const { factors, ending } = walk(rule, (done) => (done < 100 ? 0.3 : 0.7));
    expect(factors[0]).toBeCloseTo(1 / 20);
    expect(factors.slice(19, ending.decayFrom)).toEqual(
      new Array(ending.decayFrom - 19).fill(1) as number[],
    );
    const decay = factors.slice(ending.decayFrom);
    const drops = decay.map((factor, i) => (decay[i - 1] ?? factor + 1 / 41) - factor);
    for (const drop of drops) expect(drop).toBeCloseTo(1 / 41);
    expect(decay.at(-1)).toBeCloseTo(1 / 41);
  });

  it('ends within its steps and looks at the last one, whatever the accuracies are', () => {
    fc.assert(
      fc.property(
        fc.record({
          steps: fc.integer({ min: 2, max: 500 }),
          lookEvery: fc.integer({ min: 1, max: 60 }),
          patience: fc.integer({ min: 1, max: 6 }),
          decay: fc.double({ min: 0.01, max: 1, noNaN: true }),
          isMatched: fc.boolean(),
        }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 }),
        (changes, accuracies) => {
          const of = { ...rule, ...changes, warmup: 5 };
          const { ending, factors, looks } = walk(
            of,
            (done) => accuracies[done % accuracies.length]!,
          );
          expect(factors.length).toBe(ending.steps);
          expect(ending.steps).toBeLessThanOrEqual(of.steps);
          if (of.isMatched) expect(ending.steps).toBe(of.steps);
          expect(looks.at(-1)).toBe(ending.steps);
          expect(factors.every((factor) => factor > 0 && factor <= 1)).toBe(true);
          expect(ending.decayFrom).toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe('leftChance', () => {
  it('asks for more than luck', () => {
    const of = { chance: 0.5, examples: 400 };
    expect(leftChance(0.56, of)).toBe(false);
    expect(leftChance(0.58, of)).toBe(true);
    // Many examples: a twentieth of the way to 1 all the same.
    expect(leftChance(0.52, { chance: 0.5, examples: 1e6 })).toBe(false);
  });
});

describe('fixedSchedule', () => {
  const schedule = fixedSchedule({ steps: 100, warmup: 0.1, evaluations: 4 });

  it('rises linearly, then falls along a cosine', () => {
    expect(schedule.factor(0)).toBeCloseTo(0.1);
    expect(schedule.factor(9)).toBeCloseTo(1);
    expect(schedule.factor(10)).toBeCloseTo(1);
    expect(schedule.factor(55)).toBeCloseTo(0.5);
    expect(schedule.factor(99)).toBeLessThan(0.001);
    expect(fixedSchedule({ steps: 100, warmup: 0, evaluations: 1 }).factor(0)).toBe(1);
  });

  it('looks at equal parts of the way, the last one at the end', () => {
    const looks = Array.from({ length: 100 }, (_, i) => i + 1).filter((n) => schedule.isLook(n));
    expect(looks).toEqual([25, 50, 75, 100]);
  });
});
