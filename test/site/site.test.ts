/** The built site: its files, without a browser. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boardSchema } from '../../leaderboards/board.ts';
import { buildBoard } from '../../leaderboards/build.ts';
import { boardCsv } from '../../leaderboards/csv.ts';
import { buildSite, checksums, type Built } from './build.ts';
import { asFiles, makeRecord, sampleRecords } from './fixtures.ts';

const pages = ['index.html', '404.html'];
let plain: Built;
let based: Built;
let empty: Built;

beforeAll(async () => {
  plain = await buildSite(sampleRecords());
  based = await buildSite(sampleRecords(), {
    base: '/reach-arena',
    environment: { SITE_URL: 'https://example.org' },
  });
  empty = await buildSite([]);
});
afterAll(() => {
  for (const built of [plain, based, empty]) built?.remove();
});

const read = ({ folder }: Built, file: string) => readFileSync(join(folder, file), 'utf8');
const parse = (built: Built, file: string) => parseHTML(read(built, file)).document;

describe('links', () => {
  it.each([
    ['without a base path', () => plain],
    ['with a base path', () => based],
    ['without records', () => empty],
  ])('all lead somewhere, %s', (_, get) => {
    const built = get();
    const prefix = built.base.replace(/\/$/, '');
    let checked = 0;
    for (const page of pages) {
      const document = parse(built, page);
      for (const element of document.querySelectorAll('[href], [src]')) {
        const link = element.getAttribute('href') ?? element.getAttribute('src')!;
        if (element.getAttribute('rel') === 'canonical') continue;
        const url = new URL(link, `http://site${prefix}/${page === 'index.html' ? '' : page}`);
        expect(url.host, `${page}: ${link} is internal`).toBe('site');
        expect(url.pathname.startsWith(`${prefix}/`), `${page}: ${link} keeps the base`).toBe(true);
        const path = url.pathname.slice(prefix.length);
        const file = path.endsWith('/') ? `${path}index.html` : path;
        expect(statSync(join(built.folder, file)).isFile(), `${page}: ${link}`).toBe(true);
        if (url.hash) {
          const target = parse(built, file).getElementById(url.hash.slice(1));
          expect(target, `${page}: ${link} has its anchor`).not.toBeNull();
        }
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(15);
  });

  it('reach no other host, and ids are unique', () => {
    for (const page of pages) {
      const html = read(plain, page);
      const hosts = [...html.matchAll(/(?:href|src|url)\s*[=(]\s*["']?(?:https?:)?\/\/[^"')\s]+/g)];
      expect(hosts.map(([match]) => match)).toEqual([]);
      const ids = [...parse(plain, page).querySelectorAll('[id]')].map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  it('are absolute in the metadata where the address is known', () => {
    const document = parse(based, 'index.html');
    const canonical = document.querySelector('link[rel=canonical]');
    expect(canonical?.getAttribute('href')).toBe('https://example.org/reach-arena/');
    const dataset = JSON.parse(document.querySelector('script[type*=ld]')!.textContent!);
    expect(dataset['@type']).toBe('Dataset');
    expect(dataset.distribution[2].contentUrl).toBe('https://example.org/reach-arena/runs.jsonl');
  });
});

describe('downloads', () => {
  it('are the board and the records', () => {
    const files = asFiles(sampleRecords());
    const board = buildBoard(files);
    expect(boardSchema.parse(JSON.parse(read(plain, 'leaderboard.json')))).toEqual(board);
    expect(read(plain, 'leaderboard.csv')).toBe(boardCsv(board));
    const lines = read(plain, 'runs.jsonl').trimEnd().split('\n');
    const ids = files.map(({ record }) => record.id).sort();
    expect(lines.map((line) => JSON.parse(line).id).sort()).toEqual(ids);
  });
  it('are there without records', () => {
    expect(read(empty, 'runs.jsonl')).toBe('');
    expect(JSON.parse(read(empty, 'leaderboard.json')).tiers).toEqual([]);
  });
});

describe('pages', () => {
  it('say when there are no records', () => {
    const text = parse(empty, 'index.html').body.textContent!;
    expect(text).toContain('No runs are recorded yet');
    expect(text).toContain('npm ci && npm run evaluate');
  });
  it('say which benchmark and of when the data is', () => {
    const footer = parse(plain, 'index.html').querySelector('footer')!.textContent!;
    expect(footer.replace(/\s+/g, ' ')).toContain(
      'Benchmark 0.1, tier lite. Data as of 2 January 2026, 60 runs.',
    );
  });
  it('have a caption and scoped headers for every table, a name for every chart', () => {
    const document = parse(plain, 'index.html');
    const tables = [...document.querySelectorAll('table')];
    expect(tables.length).toBeGreaterThan(4);
    for (const table of tables) {
      expect(table.querySelector('caption')?.textContent).toBeTruthy();
      for (const th of table.querySelectorAll('th')) expect(th.hasAttribute('scope')).toBe(true);
    }
    for (const svg of document.querySelectorAll('svg')) {
      const named = svg.getAttribute('role') === 'img' && svg.getAttribute('aria-description');
      expect(named || svg.getAttribute('aria-hidden') === 'true').toBeTruthy();
    }
  });
  it('keep words apart', () => {
    const document = parse(plain, 'index.html');
    const texts = [...document.querySelectorAll('p, h1, h2, h3, caption, dd, summary, li')];
    expect(texts.length).toBeGreaterThan(30);
    for (const { textContent } of texts) {
      expect(textContent).not.toMatch(/[a-z][;,:][A-Za-z]|[a-z]\.[A-Z]|\w[(]|[)]\w/);
    }
    const caption = document.querySelector('#board-caption')!.textContent;
    expect(caption).toContain('on the lite tier, best first');
  });
  it('are light', () => {
    const html = read(plain, 'index.html');
    const sizeOf = (parts: RegExp) =>
      gzipSync([...html.matchAll(parts)].map(([, part]) => part).join('')).length;
    expect(gzipSync(html).length).toBeLessThan(40_000);
    const styles = sizeOf(/<style>(.*?)<\/style>/gs);
    expect(styles).toBeGreaterThan(1_000);
    expect(styles).toBeLessThan(20_000);
    expect(
      [...html.matchAll(/<script type="module">(.*?)<\/script>/gs)][0]![1]!.length,
    ).toBeLessThan(5_000);
  });
});

describe('a build', () => {
  it('gives the same bytes for the same records, in whatever order they were written', async () => {
    const again = await buildSite(sampleRecords().reverse());
    try {
      expect(checksums(again.folder)).toEqual(checksums(plain.folder));
    } finally {
      again.remove();
    }
  });
  it('stops at a record that is wrong, naming file and field', async () => {
    const record = makeRecord();
    record.model.parameters = -1;
    await expect(buildSite([record])).rejects.toThrow(/\.json: field model\.parameters/);
  });
  it('stops at a folder that is not there', async () => {
    await expect(
      buildSite([], { environment: { REACH_RECORDS: '/nowhere/at/all' } }),
    ).rejects.toThrow(/REACH_RECORDS is \/nowhere\/at\/all, which is no folder/);
  });
});
