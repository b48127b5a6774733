import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../../core/random.ts';
import {
  copyDistances,
  hiddenPosition,
  placeCopies,
  signalShape,
  slotAt,
  type Body,
} from '../../../generators/controlled/copies.ts';
import { signalKinds } from '../../../generators/task.ts';

const bodies = fc.record({
  length: fc.integer({ min: 250, max: 500 }),
  before: fc.integer({ min: 0, max: 9 }),
  after: fc.integer({ min: 0, max: 9 }),
});

describe('copies', () => {
  it('stand in the body, clear of each other and of what is taken, at the distances of the signal', () => {
    const options = fc.tuple(bodies, fc.constantFrom(...signalKinds), fc.nat());
    fc.assert(
      fc.property(options, ([body, kind, seed]) => {
        const slot = body.before + 1 + body.after;
        const echo = { kind, distance: slot + (seed % 20), pairs: 2 };
        const taken = [{ from: 30, to: 47 }];
        const found = placeCopies(body, echo, 2, taken, stream(`${seed}`));
        expect(found).toHaveLength(2);
        const covered = new Uint8Array(body.length);
        covered.fill(1, 30, 47);
        for (const [first, second] of found) {
          const { nearest, farthest } = copyDistances(body, echo);
          expect(second - first).toBeGreaterThanOrEqual(nearest);
          expect(second - first).toBeLessThanOrEqual(farthest);
          for (const at of [first, second])
            for (let i = at - body.before; i <= at + body.after; i++) {
              expect(covered[i]).toBe(0);
              covered[i] = 1;
            }
        }
      }),
    );
  });

  it('that find no room are refused', () => {
    const body: Body = { length: 20, before: 1, after: 0 };
    const echo = { kind: 'near' as const, distance: 4, pairs: 6 };
    expect(() => placeCopies(body, echo, 6, [], stream('full'))).toThrow(
      '6 pairs that stand twice, 2 to 4 tokens apart, found no room in 20 tokens',
    );
  });
});

describe('the hidden value', () => {
  it('is that of the last slot that fits', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const at = hiddenPosition(body);
        expect(slotAt(body, at).to).toBe(body.length);
        const echo = { kind: 'all' as const, distance: 20, pairs: 3 };
        const { position, question, farthest } = signalShape(body, echo, 7);
        expect([position, question]).toEqual([at, body.before + 1]);
        expect(slotAt(body, at - farthest).from).toBe(0);
      }),
    );
  });
});
