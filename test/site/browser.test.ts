/** The built site in real Chromium: accessible, within the screen, operable, unmoved by hostile names. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { haveChromium, launch, serve, type Served } from './browser.ts';
import { buildSite, type Built } from './build.ts';
import { makeRecord, sampleRecords } from './fixtures.ts';
import type { RunRecord } from '../../leaderboards/schema.ts';

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);
const widths = [320, 768, 1440];
const schemes = ['light', 'dark'] as const;
const allLooks = schemes.flatMap((scheme) => [320, 1440].map((width) => ({ scheme, width })));

/** What a stranger might call a model: a script, turned text, no spaces, marks piled up. */
function hostileRecords(): RunRecord[] {
  const titles = [
    '<script>window.ran = true</script>',
    '"><img src=x onerror="window.ran = true">',
    '\u202Egnorts si siht\u202C \u2067abc',
    'W'.repeat(100),
    '👩‍🔬🏳️‍🌈'.repeat(9),
    `Z${'\u0301\u0316'.repeat(40)}`,
    '</title><svg onload="window.ran = true">',
    '=cmd|calc',
  ];
  return titles.flatMap((title, i) =>
    (['scratch', 'scratch-matched', 'spt'] as const).flatMap((regime) => {
      const named = { model: `model-${i}`, title, family: title.slice(0, 40), regime } as const;
      const option = { modelOptions: { note: title.slice(0, 64) } };
      const failed = { status: 'failed', reason: title.repeat(5).slice(0, 500) } as const;
      return [
        makeRecord({ ...named, reach: i % 2 === 0 ? null : 32 }),
        makeRecord({ ...named, ...option, task: 'text', near: 0.6 }),
        makeRecord({ ...named, ...option, task: 'listops', ...failed }),
      ];
    }),
  );
}

describe.skipIf(!haveChromium())('in Chromium', () => {
  let browser: Browser;
  const built: Built[] = [];
  const served: Record<string, Served> = {};

  beforeAll(async () => {
    browser = await launch();
    const sites = { sample: sampleRecords(), hostile: hostileRecords(), empty: [] };
    for (const [name, records] of Object.entries(sites)) {
      const site = await buildSite(records);
      built.push(site);
      served[name] = await serve(site);
    }
  });
  afterAll(async () => {
    await browser?.close();
    for (const { close } of Object.values(served)) await close();
    for (const { remove } of built) remove();
  });

  async function open<Result>(
    address: string,
    options: { width: number; scheme?: (typeof schemes)[number]; script?: boolean },
    look: (page: Page) => Promise<Result>,
  ): Promise<Result> {
    const context = await browser.newContext({
      viewport: { width: options.width, height: 800 },
      colorScheme: options.scheme ?? 'light',
      javaScriptEnabled: options.script ?? true,
    });
    try {
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', ({ message }) => complaints.push(message));
      page.on('dialog', (dialog) => {
        complaints.push(`dialog ${dialog.message()}`);
        void dialog.dismiss();
      });
      await page.goto(address);
      const result = await look(page);
      expect(complaints).toEqual([]);
      return result;
    } finally {
      await context.close();
    }
  }

  const openDetails = (page: Page) =>
    page.evaluate(() => document.querySelectorAll('details').forEach((each) => (each.open = true)));

  describe.each(['sample', 'hostile', 'empty'])('%s records', (name) => {
    it.each(name === 'sample' ? allLooks : [allLooks[0]!, allLooks[3]!])(
      'break no rule of axe in $scheme at $width px',
      async ({ scheme, width }) => {
        for (const path of name === 'sample' ? ['', 'nowhere'] : ['']) {
          const violations = await open(
            served[name]!.url + path,
            { width, scheme },
            async (page) => {
              await openDetails(page);
              await page.addScriptTag({ content: axeSource });
              const results = (await page.evaluate(
                "axe.run({ resultTypes: ['violations'] })",
              )) as AxeResults;
              expect(results.passes.length).toBeGreaterThan(10);
              return results.violations;
            },
          );
          const summary = violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`);
          expect(summary).toEqual([]);
        }
      },
    );

    it.each(widths)('stay within a screen of %i px', async (width) => {
      await open(served[name]!.url, { width }, async (page) => {
        for (const step of ['closed', 'opened']) {
          const [needed, given] = await page.evaluate(() => [
            document.documentElement.scrollWidth,
            window.innerWidth,
          ]);
          expect(needed, `with details ${step}`).toBeLessThanOrEqual(given!);
          await openDetails(page);
        }
      });
    });
  });

  it('runs nothing that a name holds, and shows no mark that turns text', async () => {
    await open(served.hostile!.url, { width: 1440 }, async (page) => {
      expect(await page.evaluate('window.ran')).toBeUndefined();
      const text = await page.evaluate(() => document.body.innerText);
      expect(text).toContain('<script>window.ran = true</script>');
      expect(text).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
      expect(await page.locator('img').count()).toBe(0);
    });
  });

  it('is complete without JavaScript', async () => {
    const textOf = (script: boolean) =>
      open(served.sample!.url, { width: 1440, script }, async (page) => {
        const rows = await page.locator('table.board tbody tr').allTextContents();
        const charts = await page.locator('svg[role=img]').count();
        const headings = await page.locator('h1, h2, h3').allTextContents();
        return { rows, charts, headings };
      });
    const without = await textOf(false);
    expect(without).toEqual(await textOf(true));
    expect(without.rows).toHaveLength(9);
    expect(without.charts).toBeGreaterThan(4);
  });

  it('draws each chart once for a reader, at every width', async () => {
    for (const width of widths) {
      await open(served.sample!.url, { width }, async (page) => {
        for (const figure of await page.locator('figure').all()) {
          const shown = await figure.locator('svg[role=img]:visible').count();
          expect(shown).toBe(1);
        }
      });
    }
  });

  describe('the headers of the table', () => {
    const headers = 'table.board thead tr:last-child th';
    const firstCells = (page: Page) =>
      page.locator('table.board tbody tr').evaluateAll((rows) =>
        rows.map((row) => {
          const cells = [...(row as HTMLTableRowElement).cells];
          return cells.map((cell) => cell.dataset.sort ?? cell.className);
        }),
      );

    it('are all reached with the Tab key', async () => {
      await open(served.sample!.url, { width: 1440 }, async (page) => {
        const wanted = await page.locator(`${headers} button`).count();
        expect(wanted).toBeGreaterThan(8);
        const reached = new Set<string>();
        for (let i = 0; i < 60; i++) {
          await page.keyboard.press('Tab');
          const column = await page.evaluate(() => {
            const cell = document.activeElement!.closest<HTMLTableCellElement>('table.board th');
            return cell && String(cell.cellIndex);
          });
          if (column !== null) reached.add(column);
        }
        expect(reached.size).toBe(wanted);
      });
    });

    it('sort by Enter and Space, tell so, and put what is missing last', async () => {
      await open(served.sample!.url, { width: 1440 }, async (page) => {
        const labels = (await page.locator(headers).allTextContents()).map((text) => text.trim());
        const column = labels.indexOf('Accuracy', labels.indexOf('Locality'));
        const header = page.locator(headers).nth(column);
        await header.locator('button').focus();
        for (const [key, direction] of [
          ['Enter', 'descending'],
          ['Space', 'ascending'],
          ['Enter', 'descending'],
        ] as const) {
          await page.keyboard.press(key);
          expect(await header.getAttribute('aria-sort')).toBe(direction);
          expect(await page.locator('th[aria-sort]').count()).toBe(1);
          expect(await page.locator('#sorted').textContent()).toBe(
            `Sorted by Accuracy, ${direction}.`,
          );
          const values = (await firstCells(page)).map((cells) => Number(cells[column]));
          const present = values.filter((value) => !Number.isNaN(value));
          expect(present).toHaveLength(2);
          expect(values.slice(0, 2)).toEqual(present);
          expect(Math.sign(present[0]! - present[1]!)).toBe(direction === 'descending' ? 1 : -1);
        }
      });
    });

    it('sort words too', async () => {
      await open(served.sample!.url, { width: 1440 }, async (page) => {
        await page.locator(`${headers} button`).first().press('Enter');
        const names = await page.locator('table.board tbody th').allTextContents();
        const plain = names.map((name) => name.trim().toLowerCase());
        expect(plain).toEqual([...plain].sort());
      });
    });
  });
});
