import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../leaderboards/board/build.ts';
import { readAudits } from '../../../leaderboards/records/audit.ts';
import { readRecords } from '../../../leaderboards/records/read.ts';
import { pngOf, reachSvg } from '../../../site/publish/reachFigure.ts';
import { chooseTier } from '../../../site/src/lib/tables/view.ts';
import { asFiles, makeRecord, sampleRecords } from '../../fixtures/records.ts';

const leaderboards = new URL('../../../leaderboards/', import.meta.url);

describe('the picture of reach', () => {
  it('is what the records give; if not, run npm run figures', () => {
    const records = readRecords(fileURLToPath(new URL('runs', leaderboards)));
    const audits = readAudits(fileURLToPath(new URL('audits', leaderboards)));
    const png = pngOf(reachSvg(chooseTier(buildBoard(records))!, audits)!);
    const published = readFileSync(new URL('exports/reach.png', leaderboards));
    expect(Buffer.compare(published, png), 'leaderboards/exports/reach.png is old').toBe(0);
  });
  it('has its width and shows something', () => {
    const svg = reachSvg(buildBoard(asFiles(sampleRecords())).tiers[0]!, [])!;
    const { width, height, data } = decode(pngOf(svg));
    expect([width, height > 600]).toEqual([1600, true]);
    expect(new Set(data).size).toBeGreaterThan(50);
  });
  it('is none of a board without controlled tasks', () => {
    expect(reachSvg(buildBoard(asFiles([makeRecord({ task: 'text' })])).tiers[0]!, [])).toBeNull();
  });
});
