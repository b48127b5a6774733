/** The built site: its files, without a browser. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mixers } from '../../models/registry.ts';
import { tasks } from '../../generators/registry.ts';
import { boardSchema } from '../../leaderboards/board/schema.ts';
import { buildBoard } from '../../leaderboards/board/build.ts';
import { boardCsv } from '../../leaderboards/board/csv.ts';
import { buildSite, checksums, type Built } from './build.ts';
import { asFiles, largeRecords, makeRecord, sampleRecords } from '../fixtures/records.ts';
import { checkLinks, pagesOf, parse } from './pages.ts';

/** Two tiers, so that there is a board besides the one that is shown. */
const sample = () => [...sampleRecords(), makeRecord({ tier: 'smoke' })];
let plain: Built;
let empty: Built;
let large: Built;
let largeSeconds: number;

beforeAll(async () => {
  plain = await buildSite(sample());
  empty = await buildSite([]);
  const started = performance.now();
  // 40 models and 3 regimes; tasks and seeds only add pages of runs, alike each.
  large = await buildSite(largeRecords(40, 2, 1));
  largeSeconds = (performance.now() - started) / 1000;
}, 600_000);
afterAll(() => {
  for (const built of [plain, empty, large]) built?.remove();
});

const read = ({ folder }: Built, file: string) => readFileSync(join(folder, file), 'utf8');

describe('links', () => {
  it('all lead somewhere, with and without records', () => {
    expect(checkLinks(plain)).toBeGreaterThan(1500);
    expect(checkLinks(empty)).toBeGreaterThan(500);
  });
});

describe('downloads', () => {
  it('are the board and the records', () => {
    const files = asFiles(sample());
    const board = buildBoard(files);
    expect(boardSchema.parse(JSON.parse(read(plain, 'leaderboard.json')))).toEqual(board);
    expect(read(plain, 'leaderboard.csv')).toBe(boardCsv(board));
    const lines = read(plain, 'runs.jsonl').trimEnd().split('\n');
    const ids = files.map(({ record }) => record.id).sort();
    expect(lines.map((line) => JSON.parse(line).id).sort()).toEqual(ids);
    const one = files[0]!.record;
    expect(JSON.parse(read(plain, `runs/${one.id}.json`))).toEqual(one);
  });
  it('are charts that stand alone', () => {
    const svg = read(plain, 'charts/recall-scratch.svg');
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg).not.toContain('var(');
    expect(svg).toContain('>S4D<');
  });
  it('are there without records', () => {
    expect(read(empty, 'runs.jsonl')).toBe('');
    expect(JSON.parse(read(empty, 'leaderboard.json')).tiers).toEqual([]);
  });
});

describe('pages', () => {
  it('are there for every task, model and run', () => {
    const pages = new Set(pagesOf(plain));
    for (const { name } of tasks) expect(pages).toContain(`tasks/${name}/index.html`);
    for (const { name } of mixers) expect(pages).toContain(`models/${name}/index.html`);
    for (const { id } of sample()) expect(pages).toContain(`runs/${id}/index.html`);
    expect(pages).toContain('leaderboard/smoke-0.1/index.html');
    expect(pages).toContain('leaderboard/spt/index.html');
    expect(pages).toContain('leaderboard/gain/text/index.html');
    expect(pages).toContain('models/transformer/smoke-0.1-scratch/index.html');
  });
  it('say when there are no records', () => {
    for (const page of ['index.html', 'leaderboard/index.html']) {
      const text = parse(empty, page).body.textContent;
      expect(text).toContain('No runs');
      expect(text).toContain('npm ci && npm run evaluate');
    }
  });
  it('say which benchmark and of when the data is', () => {
    const footer = parse(plain, 'index.html').querySelector('footer')!.textContent;
    expect(footer.replace(/\s+/g, ' ')).toContain(
      'Benchmark 0.1, tier lite. Data as of 2 January 2026, 61 runs.',
    );
  });
  it('show of a run its command, its accuracy with interval, or why it failed', () => {
    const [done, wrong] = ['done', 'diverged'].map((status) =>
      sample().find((record) => record.status === status)!,
    );
    const text = (id: string) => parse(plain, `runs/${id}/index.html`).body.textContent;
    expect(text(done!.id)).toContain(done!.provenance.command);
    expect(text(done!.id)).toMatch(/\d\d\.\d\s% of \d+ test examples right/);
    expect(text(wrong!.id)).toContain('loss was not a number at step 40');
    expect(text(wrong!.id)).toContain('It counts as chance');
  });
  it('lead from a model to all of its runs', () => {
    const document = parse(plain, 'models/s4d/index.html');
    const runs = [...document.querySelectorAll('.runs a')].map((a) => a.getAttribute('href'));
    const ids = sample().filter(({ spec }) => spec.model === 's4d');
    expect(runs.sort()).toEqual(ids.map(({ id }) => `/runs/${id}/`).sort());
  });
  it('have every number of the leaderboard open its seeds, interval, floor, command and records', () => {
    const document = parse(plain, 'leaderboard/scratch/recall/index.html');
    const rows = [...document.querySelectorAll('#board [data-key]')];
    expect(rows).toHaveLength(3);
    for (const row of rows) {
      const numbers = [...row.querySelectorAll('td[data-sort] + td a')];
      expect(numbers.length).toBeGreaterThan(3);
      for (const link of numbers)
        expect(link.getAttribute('href')).toMatch(/^\/models\/[^/]+\/scratch\/#recall$/);
    }
    const behind = parse(plain, 'models/s4d/scratch/index.html');
    const section = behind.getElementById('recall')!.closest('section')!;
    const links = [...section.querySelectorAll('a')].map((a) => a.getAttribute('href')!);
    const ids = sample()
      .filter(({ spec }) => spec.model === 's4d' && spec.task === 'recall')
      .filter(({ spec }) => spec.regime === 'scratch' && spec.tier === 'lite')
      .map(({ id }) => id);
    for (const id of ids) expect(links).toContain(`/runs/${id}.json`);
    expect(section.querySelector('pre')!.textContent).toBe(
      'npm run evaluate -- run --task recall --model s4d --regime scratch --seed 1,2,3 --tier lite',
    );
    expect(section.textContent).toMatch(/95 % interval \d/);
    expect(section.querySelectorAll('svg[role=img]')).toHaveLength(1);
  });
  it('compare each model with all others, with intervals', () => {
    const document = parse(plain, 'models/s4d/scratch/compare/index.html');
    const far = document.getElementById('far')!.closest('section')!;
    const rows = [...far.querySelectorAll('tbody tr')].map((row) =>
      row.textContent.replace(/\s+/g, ' '),
    );
    expect(rows).toHaveLength(2);
    expect(rows.join()).toMatch(/Transformer ?behind on 1 ?−\d+\.\d −\d+\.\d to −\d/);
  });
  it('have headlines of at most 15 words', () => {
    for (const page of pagesOf(plain)) {
      if (page.startsWith('changelog')) continue;
      for (const headline of parse(plain, page).querySelectorAll('h1, h2, h3, .finding')) {
        const words = headline.textContent.trim().split(/\s+/);
        expect(words.length, `${page}: ${words.join(' ')}`).toBeLessThanOrEqual(15);
      }
    }
  });
  it('have the styles of their tables', () => {
    for (const page of pagesOf(plain)) {
      const document = parse(plain, page);
      const styles = [...document.querySelectorAll('style')].map((of) => of.textContent).join('');
      if (document.querySelector('table')) {
        expect(/(^|[},])table\{/.test(styles), `${page} has no style for tables`).toBe(true);
      }
    }
  });
  it('say how complete the board is, run by run', () => {
    const section = parse(plain, 'limitations/index.html').querySelector('#statistics')!;
    const rows = [...section.parentElement!.querySelectorAll('tbody tr')].map((row) =>
      [...row.children].map((cell) => cell.textContent.trim()).join(' | '),
    );
    expect(rows).toMatchInlineSnapshot(`
      [
        "Recall | 3 × 3 | 3 × 3 | 3 × 3 | 27 | 40.5 min",
        "ListOps | 2 × 3 | – | – | 6 | 9.0 min",
        "Text (IMDb bytes) | 3 × 3 | 3 × 3 | 3 × 3 | 27 | 40.5 min",
        "All |  |  |  | 60 | 1.5 h",
      ]
    `);
  });
  it('have one h1, unique ids, captions and scoped headers, a name for every chart', () => {
    let tables = 0;
    for (const page of pagesOf(plain)) {
      const document = parse(plain, page);
      expect(document.querySelectorAll('h1'), page).toHaveLength(1);
      const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
      expect(new Set(ids).size, page).toBe(ids.length);
      for (const table of document.querySelectorAll('table')) {
        tables++;
        expect(table.querySelector('caption')?.textContent, page).toBeTruthy();
        for (const th of table.querySelectorAll('th')) expect(th.hasAttribute('scope')).toBe(true);
      }
      for (const svg of document.querySelectorAll('svg')) {
        const named = svg.getAttribute('role') === 'img' && svg.getAttribute('aria-description');
        expect(named || svg.getAttribute('aria-hidden') === 'true', page).toBeTruthy();
      }
    }
    expect(tables).toBeGreaterThan(20);
  });
  it('keep words apart', () => {
    let count = 0;
    for (const page of pagesOf(plain)) {
      // What comes from the sources and the changelog is punctuated there.
      if (page.startsWith('changelog')) continue;
      const document = parse(plain, page);
      const elements = document.querySelectorAll('p, h1, h2, h3, caption, dd, summary, li');
      for (const element of elements) {
        if (element.closest('[aria-labelledby=definition], .sequence')) continue;
        count++;
        const plainText = [...element.childNodes]
          .map((node) => ((node as Element).localName === 'code' ? ' ' : node.textContent))
          .join('');
        expect(plainText, page).not.toMatch(/[a-z][;,:][A-Za-z]|[a-z]\.[A-Z]|\w[(]|[)]\w/);
      }
    }
    expect(count).toBeGreaterThan(500);
  });
});

describe('a board of 40 models and 3 regimes', () => {
  const weigh = (page: string) => {
    const html = read(large, page);
    const styles = [...html.matchAll(/<style>(.*?)<\/style>/gs)].map(([, css]) => css).join('');
    const scripts = [...html.matchAll(/<script type="module" src="([^"]+)"/g)].map(([, src]) =>
      read(large, src!),
    );
    const imported = scripts.flatMap((script) =>
      [...script.matchAll(/from"\.\/([^"]+)"/g)].map(([, name]) => read(large, `_astro/${name}`)),
    );
    const inline = [...html.matchAll(/<script type="module">(.*?)<\/script>/gs)].map(
      ([, js]) => js,
    );
    return {
      html: gzipSync(html).length,
      css: gzipSync(styles).length,
      js: gzipSync([...scripts, ...imported, ...inline].join('')).length,
    };
  };
  it('is light', () => {
    for (const page of ['index.html', 'leaderboard/index.html']) {
      const { html, css, js } = weigh(page);
      expect(html, page).toBeLessThan(60_000);
      expect(css, page).toBeGreaterThan(1_000);
      expect(css, page).toBeLessThan(20_000);
      expect(js, page).toBeLessThan(15_000);
    }
    expect(weigh('leaderboard/index.html').js).toBeGreaterThan(2_000);
    const rows = parse(large, 'leaderboard/index.html').querySelectorAll('#board [data-key]');
    expect(rows).toHaveLength(40);
    console.log(`built in ${largeSeconds.toFixed(1)} s:`, weigh('leaderboard/index.html'));
  });
});

describe('a build', () => {
  it('gives the same bytes for the same records, in whatever order they were written', async () => {
    const again = await buildSite(sample().reverse());
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
