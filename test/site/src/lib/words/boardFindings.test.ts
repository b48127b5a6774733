import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../../../leaderboards/board/build.ts';
import { claims } from '../../../../../leaderboards/board/claims/list.ts';
import { assessClaims, type Assessed } from '../../../../../leaderboards/board/claims/claims.ts';
import {
  boardFindings,
  certificateFinding,
  claimsFinding,
} from '../../../../../site/src/lib/words/boardFindings.ts';
import { asFiles, makeRecord, sampleRecords } from '../../../../fixtures/records.ts';

const files = asFiles(sampleRecords());
const sample = buildBoard(files).tiers[0]!;
// Claims are judged by finished and tuned runs alone, which benchmark 2.0 has.
const assessed = assessClaims(asFiles(sampleRecords({ benchmark: '2.0' })), claims);

describe('the findings of a board', () => {
  it('are two where the board allows it, each with where to look, in at most 15 words', () => {
    const findings = boardFindings(sample, assessed);
    expect(findings.map(({ path }) => path)).toEqual(['/claims/', '/methodology/#certificates']);
    // Three regimes and seeds, at 64, 128 and 240 tokens.
    expect(findings[1]!.headline).toBe(
      '27 of 27 measurements beyond a proved limit are exactly at chance.',
    );
    for (const { headline } of findings) expect(headline.split(' ').length).toBeLessThanOrEqual(15);
  });
  it('say so where a certificate is contradicted, and nothing where none is tested', () => {
    const tier = structuredClone(sample);
    for (const { cells } of tier.rows)
      if (cells[0]!.certifiedLimit !== null) cells[0]!.limitHolds = false;
    expect(certificateFinding(tier)).toMatchObject({
      headline: expect.stringContaining('contradicted'),
      detail: 'On Recall.',
    });
    const free = buildBoard(asFiles([makeRecord()])).tiers[0]!;
    expect(certificateFinding(free)).toBeNull();
  });
  it('name the claims that hold on standard tasks and fail where distance is certified', () => {
    const verdicts = (...pairs: [string, string][]) =>
      pairs.map(([standard, certified], i) => ({
        claim: { ...claims[0]!, sentence: `Claim ${i}.` },
        answers: [
          { ground: 'standard', verdict: standard },
          { ground: 'certified', verdict: certified },
        ],
      })) as unknown as Assessed[];
    const all = verdicts(
      ['holds here', 'does not hold here'],
      ['holds here', 'holds here'],
      ['open', 'does not hold here'],
    );
    expect(claimsFinding(all)).toMatchObject({
      headline: '2 of 3 claims hold on standard tasks, 1 at certified distances.',
      detail:
        '0 and 2 do not hold here; the rest is open or not tested here. On standard tasks alone holds: “Claim 0.”',
    });
    expect(claimsFinding(verdicts(['holds here', 'holds here']))!.detail).not.toContain('alone');
    expect(claimsFinding(verdicts(['open', 'not tested here']))).toBeNull();
    expect(claimsFinding([])).toBeNull();
  });
});
