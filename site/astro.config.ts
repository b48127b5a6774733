/**
 * The site's build. From the environment:
 *   SITE_URL        where it will be served, as https://example.org; `url` of CITATION.cff if absent
 *   SITE_BASE       path below that, as /reach-arena; `/` if absent
 *   SITE_REPOSITORY where its source lies, for who publishes a copy; else as CITATION.cff names it
 *   REACH_RECORDS   folder of records; `leaderboards/runs` if absent
 *   REACH_TIER      which tier to show; if absent, the first that has records of lite, lra, smoke
 */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'astro/config';
import { parse } from 'yaml';

const { SITE_URL, SITE_BASE, REACH_RECORDS } = process.env;
const citation = parse(
  readFileSync(fileURLToPath(new URL('../CITATION.cff', import.meta.url)), 'utf8'),
) as { url?: string };
const site = SITE_URL || citation.url;

if (REACH_RECORDS && !statSync(REACH_RECORDS, { throwIfNoEntry: false })?.isDirectory()) {
  throw new Error(
    `REACH_RECORDS is ${REACH_RECORDS}, which is no folder; expected one with records`,
  );
}
process.env.REACH_RECORDS = REACH_RECORDS
  ? resolve(REACH_RECORDS)
  : fileURLToPath(new URL('../leaderboards/runs', import.meta.url));

export default defineConfig({
  ...(site ? { site } : {}),
  base: SITE_BASE || '/',
  // Spaces and line breaks mean in templates what they mean in HTML.
  compressHTML: true,
  cacheDir: '../node_modules/.cache/astro',
  vite: { cacheDir: '../node_modules/.cache/vite' },
  // One request until the first paint: the styles are smaller than a second round trip is long.
  build: { inlineStylesheets: 'always' },
  devToolbar: { enabled: false },
});
