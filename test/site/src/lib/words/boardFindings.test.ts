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
  it('are four where the board allows it, each with where to look', () => {
    const findings = boardFindings(sample, assessed);
    expect(findings.map(({ path }) => path)).toEqual([
      '/claims/',
      '/tasks/recall/',
      '/tasks/text/',
      '/methodology/#certificates',
    ]);
    expect(findings[1]!.words).toMatch(/adds accuracy in 1 and costs it in 0 of 2 pairs/);
    expect(findings[1]!.detail).toContain('Far away it adds in 1 (S4D on Recall)');
    // Three regimes and seeds, at 64, 128 and 240 tokens.
    expect(findings[3]!.words).toContain('27 measurements lie beyond the certified limit');
  });
  it('speak of one task where no pair of a model and a task has several seeds', () => {
    const first = files.filter(({ record }) => record.spec.seed === 1);
    const [, spt, ...others] = boardFindings(buildBoard(first).tiers[0]!, assessed);
    expect(spt!.about).toBe('Self-pretraining (SPT) on Recall');
    expect(spt!.words).toContain('one seed is too few to tell');
    expect(others.map(({ path }) => path)).toEqual(['/methodology/#certificates']);
  });
  it('say so where a certificate is contradicted, and nothing where none is tested', () => {
    const tier = structuredClone(sample);
    for (const { cells } of tier.rows)
      if (cells[0]!.certifiedLimit !== null) cells[0]!.limitHolds = false;
    expect(certificateFinding(tier)!.words).toContain('contradicted on Recall');
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
    expect(claimsFinding(all)!.words).toBe(
      '3 claims of the literature: on the standard tasks 2 hold and 0 do not, at certified distances 1 hold and 2 do not; the rest is open or not tested here. On the former alone holds: “Claim 0.”',
    );
    expect(claimsFinding(verdicts(['holds here', 'holds here']))!.words).not.toContain('former');
    expect(claimsFinding(verdicts(['open', 'not tested here']))).toBeNull();
    expect(claimsFinding([])).toBeNull();
  });
});
