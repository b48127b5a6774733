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
const assessed = assessClaims(files, claims);

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
      ['supported', 'refuted'],
      ['supported', 'supported'],
      ['undecided', 'refuted'],
    );
    expect(claimsFinding(all)!.words).toBe(
      '3 claims of the literature: on the standard tasks 2 supported and 0 refuted, at certified distances 1 supported and 2 refuted, the rest undecided. Supported on the former and refuted at the latter: “Claim 0.”',
    );
    expect(claimsFinding(verdicts(['supported', 'supported']))!.words).not.toContain('former');
    expect(claimsFinding(verdicts(['undecided', 'undecided']))).toBeNull();
    expect(claimsFinding([])).toBeNull();
  });
});
