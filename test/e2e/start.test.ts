import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const start = (...args: string[]) =>
  spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });

it('starts a command with its arguments', () => {
  const { status, stdout } = start('start.js', 'generators/cli.ts', 'verify', '--help');
  expect(stdout).toContain('npm run generate -- verify DIR [flags]');
  expect(status).toBe(0);
});

it('says in one line what to do on a Node that cannot read TypeScript', () => {
  const { status, stdout, stderr } = start(
    '--no-experimental-strip-types',
    ...['start.js', 'generators/cli.ts', 'list'],
  );
  expect(stderr).toMatch(/^Error: Node [\d.]+ cannot read TypeScript\. Run npm ci, .*\n$/);
  expect(stdout).toBe('');
  expect(status).toBe(1);
});
