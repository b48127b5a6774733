import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../../leaderboards/build.ts';
import { boardFindings, certificateFinding } from '../../../../site/src/lib/board-findings.ts';
import { asFiles, makeRecord, sampleRecords } from '../../fixtures.ts';

const sample = buildBoard(asFiles(sampleRecords())).tiers[0]!;

describe('the findings of a board', () => {
  it('are three where the board allows it, each with where to look', () => {
    const findings = boardFindings(sample);
    expect(findings.map(({ path }) => path)).toEqual([
      '/tasks/recall/',
      '/tasks/text/',
      '/methodology/#certificates',
    ]);
    expect(findings[0]!.words).toMatch(/self-pretraining helps S4D/);
    // Three regimes and seeds, at 64, 128 and 240 tokens.
    expect(findings[2]!.words).toContain('27 measurements lie beyond the certified limit');
  });
  it('say so where a certificate is contradicted, and nothing where none is tested', () => {
    const tier = structuredClone(sample);
    for (const { cells } of tier.rows)
      if (cells[0]!.certifiedLimit !== null) cells[0]!.limitHolds = false;
    expect(certificateFinding(tier)!.words).toContain('contradicted on Recall');
    const free = buildBoard(asFiles([makeRecord()])).tiers[0]!;
    expect(certificateFinding(free)).toBeNull();
  });
});
