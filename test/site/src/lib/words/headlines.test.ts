import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../../../leaderboards/board/build.ts';
import type { Agreement } from '../../../../../leaderboards/board/schema.ts';
import { floorHeadline, slopeHeadline } from '../../../../../site/src/lib/words/headlines.ts';
import { asFiles, sampleRecords } from '../../../../fixtures/records.ts';

const sample = buildBoard(asFiles(sampleRecords())).tiers[0]!;
const floors = (use: number | null) => () => (use === null ? null : { use, far: null });

describe('headlines', () => {
  it('say of an order only what its interval leaves no other answer to', () => {
    const of = (low: number, high: number): Agreement => ({
      ...{ regime: 'scratch', models: 14, correlation: 0 },
      interval: [low, high],
    });
    expect(slopeHeadline(of(0.1, 0.9))).toContain('as certified distances do');
    expect(slopeHeadline(of(-0.9, -0.1))).toContain('against');
    expect(slopeHeadline(of(-0.9, 0.1))).toContain('do not tell');
    expect(slopeHeadline(undefined)).toContain('Too few');
  });
  it('count the results above the strongest shortcut, with their whole interval', () => {
    expect(floorHeadline(sample, 'scratch', floors(null))).toBeNull();
    expect(floorHeadline(sample, 'scratch', floors(0.99))).toBe(
      'On standard tasks none of 5 results exceeds the strongest shortcut.',
    );
    expect(floorHeadline(sample, 'scratch', floors(0.01))).toMatch(/^On standard tasks [45] of 5/);
    // Text at 0.62 to 0.68 is 0.24 to 0.36 above chance; ListOps 0.29.
    expect(floorHeadline(sample, 'scratch', floors(0.2))).not.toContain('none');
  });
});
