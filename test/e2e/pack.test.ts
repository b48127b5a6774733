/** An archive of `evaluate pack` is unpacked elsewhere and runs there, with nothing else at hand. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const cli = fileURLToPath(new URL('../../evaluate/cli.ts', import.meta.url));
let place: string;
const bin = (name: string) => join(place, 'reach-arena', 'bin', name);

/** Runs a command of the archive with Node on the path and nothing else in the environment. */
function there(name: string, ...args: string[]) {
  const env = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: place };
  const { status, stdout, stderr } = spawnSync(bin(name), args, { cwd: '/', env });
  return { status, out: stdout.toString(), err: stderr.toString() };
}

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'reach-pack-'));
  const library = join(place, 'libexample.so.1');
  writeFileSync(library, 'a library');
  const archive = join(place, 'deep', 'r.tgz');
  const args = ['pack', '--out', archive, '--without-node', '--library', library];
  execFileSync(process.execPath, [cli, ...args]);
  execFileSync('tar', ['xzf', archive, '-C', place]);
});
afterAll(() => rmSync(place, { recursive: true }));

describe('an unpacked archive', () => {
  it('trains and tests, and its records name the commit that was packed', () => {
    const run = '--task recall --model local --regime scratch --tier smoke --threads 1';
    const flags = ['--protocol', 'steps=2', '--out', join(place, 'out'), '--work', place];
    const { status, err } = there('evaluate', 'run', ...run.split(' '), ...flags);
    expect(status, err).toBe(0);
    const folder = join(place, 'out', 'smoke', 'recall');
    const [file] = readdirSync(folder).filter((name) => name.endsWith('.json'));
    const record = JSON.parse(readFileSync(join(folder, file!), 'utf8'));
    const packed = JSON.parse(readFileSync(join(place, 'reach-arena', 'packed.json'), 'utf8'));
    expect(packed.commit).toMatch(/^([0-9a-f]{40}|unknown)$/);
    expect(record.provenance).toMatchObject(packed);
  });

  it('makes data sets with its workers', () => {
    const { status, err } = there(
      'generate',
      'recall',
      '--tier',
      'smoke',
      '--out',
      `${place}/data`,
    );
    expect(status, err).toBe(0);
    expect(there('generate', 'verify', `${place}/data`).status).toBe(0);
  });

  it('has the libraries that were asked for, and the benchmarks', () => {
    expect(readFileSync(join(place, 'reach-arena/lib/libexample.so.1'), 'utf8')).toBe('a library');
    expect(there('bench', '--help').out).toContain('npm run bench -- step');
  });

  it('is not packed again', () => {
    const { status, err } = there('evaluate', 'pack');
    expect(status).toBe(2);
    expect(err).toBe('Error: This is an unpacked archive already: pack where npm ci was run.\n');
  });
});

it('a library that is not there is named', () => {
  const args = [cli, 'pack', '--out', join(place, 'x.tgz'), '--library', '/no/such.so'];
  const { status, stderr } = spawnSync(process.execPath, args);
  expect(status).toBe(2);
  expect(stderr.toString()).toBe('Error: --library /no/such.so does not exist.\n');
});
