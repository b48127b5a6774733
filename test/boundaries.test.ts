/** The rule of import directions (`.dependency-cruiser.js`) finds what it is there to find. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type IConfiguration, type ICruiseResult } from 'dependency-cruiser';
import { afterAll, describe, expect, it } from 'vitest';

const rules = new URL('../.dependency-cruiser.js', import.meta.url).href;
const { default: config } = (await import(rules)) as { default: IConfiguration };
const root = mkdtempSync(join(tmpdir(), 'reach-boundaries-'));
afterAll(() => rmSync(root, { recursive: true }));

/** Names of the rules that a project with these files breaks. */
async function broken(files: Record<string, string>): Promise<string[]> {
  const folder = mkdtempSync(join(root, 'project-'));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const { output } = await cruise(
    ['.'],
    { baseDir: folder, validate: true, ruleSet: config, tsPreCompilationDeps: true },
    {},
  );
  return (output as ICruiseResult).summary.violations.map(({ rule }) => rule.name);
}

describe('the rule of import directions', () => {
  it('lets the upper floors import the lower ones', async () => {
    const files = {
      'core/a.ts': 'export const a = 1;',
      'generators/task.ts': "import { a } from '../core/a.ts'; export const b = a;",
      'evaluate/training/c.ts': "import { b } from '../../generators/task.ts'; export const c = b;",
    };
    expect(await broken(files)).toEqual([]);
  });

  it.each([
    ['core/a.ts', '../models/index.ts', 'core stands below'],
    ['generators/task.ts', '../models/index.ts', 'generators stands below'],
    ['models/ops/a.ts', '../mixers/b.ts', 'models/ops stands below'],
    ['leaderboards/records/a.ts', '../board/b.ts', 'leaderboards/records stands below'],
    ['evaluate/launch/a.ts', '../commands/b.ts', 'evaluate/launch stands below'],
    ['leaderboards/board/a.ts', '../../evaluate/runs/b.ts', 'leaderboards/board stands below'],
  ])('refuses %s that imports %s, if only a type', async (file, imported, rule) => {
    const target = join(dirname(file), imported);
    const files = {
      [file]: `import type { B } from '${imported}'; export type A = B;`,
      [target]: 'export type B = number;',
    };
    expect(await broken(files)).toEqual([rule]);
  });

  it('refuses a circle of types', async () => {
    const files = {
      'core/a.ts': "import type { B } from './b.ts'; export type A = B | 1;",
      'core/b.ts': "import type { A } from './a.ts'; export type B = A | 2;",
    };
    expect(await broken(files)).toEqual(['no circles']);
  });
});
