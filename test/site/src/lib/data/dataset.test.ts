import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../../../leaderboards/board/build.ts';
import { datasetJsonLd } from '../../../../../site/src/lib/data/dataset.ts';
import { asFiles, sampleRecords } from '../../../../fixtures/records.ts';

describe('the description for search engines', () => {
  const board = buildBoard(asFiles(sampleRecords()));
  const at = (path: string) => `https://example.org/base${path}`;

  it('is a Dataset with its downloads, version and date', () => {
    const dataset = JSON.parse(datasetJsonLd(board, '0.1', 'What it is.', at));
    expect(dataset).toMatchObject({
      '@type': 'Dataset',
      url: 'https://example.org/base/',
      version: '0.1',
      dateModified: '2026-01-02',
    });
    expect(dataset.distribution).toHaveLength(3);
    expect(dataset.distribution[0].contentUrl).toBe('https://example.org/base/leaderboard.json');
  });
  it('cannot leave its script element', () => {
    expect(datasetJsonLd(board, '</script><script>', 'x', at)).not.toContain('<');
  });
});
