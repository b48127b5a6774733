import { describe, expect, it } from 'vitest';
import { findTask } from '../../../../../generators/registry.ts';
import type { Audit } from '../../../../../leaderboards/records/audit.ts';
import { profileOf } from '../../../../../site/src/lib/data/audits.ts';
import { auditsIn, changesOf } from '../../../../../site/src/lib/leaders/floor.ts';

/** An audit as far as these functions read it. */
function audit(tier: 'smoke' | 'lite', changed: object, profile: [number, number][]): Audit {
  const options = { ...findTask('image').tiers[tier], ...changed };
  return {
    ...{ task: 'image', tier, data: { options, seed: 0 } },
    profile: profile.map(([reach, accuracy]) => ({ reach, accuracy })),
  } as unknown as Audit;
}

const rows = audit('lite', {}, [
  [2, 0.2],
  [4, 0.3],
]);
const permuted = audit('lite', { scan: 'permuted' }, [[2, 0.1]]);

describe('audits of a task', () => {
  it('name what was changed against the tier', () => {
    expect(changesOf(rows)).toBe('');
    expect(changesOf(permuted)).toBe('scan=permuted');
    expect(changesOf({ ...rows, data: { ...rows.data, seed: 3 } })).toBe('seed=3');
  });

  it('stand by tier, those of changed data beside it and never in its place', () => {
    const smoke = audit('smoke', { scan: 'permuted' }, []);
    expect(auditsIn([permuted, smoke, rows], 'image')).toEqual([
      { tier: 'lite', audit: rows, variants: [permuted] },
    ]);
    expect(auditsIn([permuted, rows], 'text')).toEqual([]);
  });

  it('have their profiles side by side, with a gap where a reach is missing', () => {
    expect(profileOf({ tier: 'lite', audit: rows, variants: [permuted] })).toEqual([
      { reach: 2, accuracies: [0.2, 0.1], kept: undefined },
      { reach: 4, accuracies: [0.3, null], kept: undefined },
    ]);
  });
});
