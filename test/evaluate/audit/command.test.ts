/** `npm run evaluate -- audit` on folders in both layouts; the file that it writes. */
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { audit } from '../../../evaluate/commands/audit.ts';
import { auditSchema } from '../../../leaderboards/records/audit.ts';
import { make, sharedData, temporaryFolder } from '../../generators/support.ts';

const dir = temporaryFolder();

async function auditOf(args: string[]) {
  const out = join(dir, 'audit.json');
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((text: string) => void lines.push(text));
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  try {
    expect(await audit.run([...args, '--out', out, '--work', join(dir, 'work')])).toBe(0);
  } finally {
    vi.restoreAllMocks();
  }
  return { file: auditSchema.parse(JSON.parse(readFileSync(out, 'utf8'))), text: lines.join('\n') };
}

describe('audit', () => {
  it('reads a folder in our layout: ladder, profile and overlaps', async () => {
    const short = { length: 32, sets: 1, asked: 2, distances: [4, 15] };
    await make(join(dir, 'recall'), 'recall', { ...short, train: 20, val: 2, test: 8 });
    const only = ['--only', '^(majority|last-4|bag-2)$', '--profile-steps', '2', '--threads', '1'];
    const csv = join(dir, 'ladder.csv');
    const { file, text } = await auditOf([join(dir, 'recall'), ...only, '--csv', csv]);
    expect(file.task).toBe('recall');
    expect(file.predictors.map(({ name }) => name)).toEqual([
      ...['majority', 'last-4', 'bag-2'],
      ...[2, 4, 8, 16, 32].map((reach) => `reach-${reach}`),
    ]);
    expect(file.profile.map(({ reach }) => reach)).toEqual([2, 4, 8, 16, 32]);
    // Majority and the last four tokens at every distance; each reach at what lies beyond.
    const { distances } = file.data.shape;
    const beyond = [2, 4, 8, 16, 32].flatMap((reach) => distances.filter((d) => d > reach));
    expect(file.certified).toEqual({
      covered: 2 * distances.length + beyond.length,
      exact: 2 * distances.length + beyond.length,
    });
    expect(file.overlaps).toHaveLength(3);
    expect(text).toContain('Floor:');
    const signs = distances.map(() => '=').join(' ');
    expect(text).toMatch(new RegExp(`majority +25\\.0.* ${signs} .*Nothing`));
    const lines = readFileSync(csv, 'utf8').trim().split('\n');
    expect(lines).toHaveLength(1 + file.predictors.length * (1 + distances.length));
    expect(lines[0]).toMatch(/^task,tier,predictor,/);
    expect(lines[2]).toMatch(/^recall,smoke,majority,constant,.*,0\.25,4,,0\.25,,,\d+,\d+,1,0$/);

    // One predictor fitted: the others stay, but not beside other data.
    const again = await auditOf([join(dir, 'recall'), '--parts', 'ladder', '--only', '^first-1$']);
    expect(again.file.predictors.map(({ name }) => name)).toEqual([
      ...['majority', 'first-1', 'last-4', 'bag-2'],
      ...[2, 4, 8, 16, 32].map((reach) => `reach-${reach}`),
    ]);
    expect(again.file.profile).toEqual(file.profile);
    // Commands can be repeated elsewhere: flags that name folders here are left out.
    const given = `npm run evaluate -- audit ${join(dir, 'recall')}`;
    expect(again.file.provenance.command).toBe(
      `${given} ${only.join(' ')}; ${given} --parts ladder --only ^first-1$`,
    );
    // The first token is not the question: covered at every distance.
    expect(again.file.certified.covered).toBe(3 * distances.length + beyond.length);
    await make(join(dir, 'other'), 'recall', { ...short, train: 20, noise: 20 });
    const other = await auditOf([join(dir, 'other'), '--parts', 'ladder', '--only', 'majority']);
    expect(other.file.profile).toEqual([]);
  });

  it("reads LRA's own ListOps files, and says what it cannot read", async () => {
    const samples = sharedData('official_samples/listops', 'the audit of LRA files');
    if (!samples) return;
    const from = join(dir, 'listops-1000');
    cpSync(samples, from, { recursive: true });
    const { file } = await auditOf([from, '--parts', 'ladder', '--only', 'majority|tree-depth-0']);
    expect(file.task).toBe('listops');
    expect(file.data.origin).toBe('imported');
    expect(file.predictors.map(({ name }) => name)).toEqual(['majority', 'tree-depth-0']);
    mkdirSync(join(dir, 'empty'));
    await expect(audit.run([join(dir, 'empty')])).rejects.toThrow(/neither meta.json nor files/);
    await expect(audit.run(['recal'])).rejects.toThrow(/neither a task nor a folder/);
  });

  it('published audits obey the schema', async () => {
    const folder = new URL('../../../leaderboards/audits', import.meta.url).pathname;
    if (!existsSync(folder)) return;
    const { readdirSync } = await import('node:fs');
    for (const name of readdirSync(folder))
      auditSchema.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
  });
});
