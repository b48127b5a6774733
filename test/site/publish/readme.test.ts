import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../leaderboards/board/build.ts';
import { readAudits } from '../../../leaderboards/records/audit.ts';
import { readRecords } from '../../../leaderboards/records/read.ts';
import { boardBlock, withBlock } from '../../../site/publish/readme.ts';
import { chooseTier } from '../../../site/src/lib/tables/view.ts';
import { asFiles, makeRecord, type Wanted } from '../../fixtures/records.ts';

const root = new URL('../../../', import.meta.url);
const pathOf = (path: string) => fileURLToPath(new URL(path, root));
const three = (wanted: Wanted) =>
  [1, 2, 3].map((seed) => makeRecord({ benchmark: '2.0', seed, ...wanted }));

describe('the table of the README', () => {
  it('is what the records give; if not, run npm run figures', async () => {
    const records = readRecords(pathOf('leaderboards/runs'));
    const tier = chooseTier(buildBoard(records))!;
    const block = boardBlock(tier, records, readAudits(pathOf('leaderboards/audits')));
    const readme = readFileSync(pathOf('README.md'), 'utf8');
    const written = await format(withBlock(readme, block), { parser: 'markdown', printWidth: 100 });
    expect(readme).toBe(written);
  });

  it('is followed by the gain of self-pretraining on Image that the records give', () => {
    const { tasks, rows } = chooseTier(buildBoard(readRecords(pathOf('leaderboards/runs'))))!;
    const image = tasks.findIndex(({ name }) => name === 'image');
    const readme = readFileSync(pathOf('README.md'), 'utf8').replaceAll(/\s+/g, ' ');
    for (const [name, positions, words] of [
      ['transformer', 'rotary', 'lifts the rotary Transformer by'],
      ['s4', undefined, 'and S4 by'],
    ]) {
      const row = rows.find(
        ({ model, options, regime }) =>
          model === name && options.positions === positions && regime === 'spt',
      )!;
      const { mean, interval } = row.cells[image]!.gain!.overall;
      const [gain, from, to] = [mean, ...interval!].map((share) => (100 * share).toFixed(1));
      expect(readme).toContain(`${words} ${gain} (${from}–${to})`);
    }
  });

  it('has who reaches far, who learns cheaply, who provably cannot and who did not train', () => {
    const files = asFiles([
      ...three({ title: 'Far', learnedAt: 400 }),
      ...three({ model: 's4d', title: 'Quick', half: 100, learnedAt: 100 }),
      ...three({ model: 'local', title: 'Bound', reach: 32 }),
      ...three({ model: 'hyena', title: 'Lost', outcome: 'did not train', near: 0.125 }),
    ]);
    const block = boardBlock(buildBoard(files).tiers[0]!, files, []);
    const rows = block.split('\n').filter((line) => line.startsWith('| '));
    const heads = rows.slice(2).map((line) => line.split(' | ').slice(0, 2).join(': '));
    expect(heads).toEqual([
      '| furthest reach, most use far away: Far',
      '| cheapest to learn: Quick',
      '| provably short-sighted: Bound',
      '| did not train: Lost',
    ]);
    expect(rows[4]).toMatch(/\| 0\.0 \(0\.0–0\.0\) \|/);
    expect(block).toContain('3 of 4 models have finished');
  });
  it('needs its place', () => {
    expect(() => withBlock('# Reach', '')).toThrow(/has no place for the board/);
  });
});
