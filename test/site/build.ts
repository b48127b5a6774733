/** Builds the site as `npm run site` does, from given records into a temporary folder. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { RunRecord } from '../../leaderboards/records/schema.ts';
import type { LengthFile } from '../../leaderboards/records/readLengths.ts';
import { writeRecords } from '../fixtures/records.ts';
import { writeLengthTests } from '../fixtures/studies.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Built {
  folder: string;
  base: string;
  remove(): void;
}

export async function buildSite(
  records: readonly RunRecord[],
  {
    base = '/',
    environment = {},
    tests = [],
  }: { base?: string; environment?: NodeJS.ProcessEnv; tests?: readonly LengthFile[] } = {},
): Promise<Built> {
  // Within the repository, or else Astro keeps what builds need meanwhile in one place for all.
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'reach-site-'));
  const source = mkdtempSync(join(tmpdir(), 'reach-records-'));
  try {
    writeRecords(source, records);
    writeLengthTests(source, tests);
    const astro = join(root, 'node_modules/astro/bin/astro.mjs');
    await promisify(execFile)(
      process.execPath,
      [astro, 'build', '--root', 'site', '--outDir', folder],
      {
        cwd: root,
        env: {
          // Only what every process needs: vitest sets variables that Astro would take for its own.
          PATH: process.env.PATH,
          HOME: process.env.HOME,
          NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
          ASTRO_TELEMETRY_DISABLED: '1',
          REACH_RECORDS: source,
          SITE_BASE: base,
          ...environment,
        },
      },
    );
  } finally {
    rmSync(source, { recursive: true });
  }
  return { folder, base, remove: () => rmSync(folder, { recursive: true }) };
}

/** Every file of a folder with the checksum of its bytes. */
export function checksums(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    files
      .filter((file) => statSync(join(folder, file)).isFile())
      .map((file) => [
        file,
        createHash('sha256')
          .update(readFileSync(join(folder, file)))
          .digest('hex'),
      ]),
  );
}
