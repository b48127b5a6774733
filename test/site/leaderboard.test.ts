/** The leaderboard in real Chromium: sorted, filtered, pinned and compared by keyboard alone. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { haveChromium, launch, open, serve, type Served } from './browser.ts';
import { buildSite, type Built } from './build.ts';
import { sampleRecords } from '../fixtures/records.ts';

describe.skipIf(!haveChromium())('the leaderboard in Chromium', () => {
  let browser: Browser;
  let built: Built;
  let served: Served;

  beforeAll(async () => {
    browser = await launch();
    built = await buildSite(sampleRecords(), { base: '/reach-arena' });
    served = await serve(built);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
    built?.remove();
  });

  const headers = '#board thead tr:last-child th';
  const board = () => `${served.url}leaderboard/`;
  const state = (page: Page) =>
    page.evaluate(() => ({
      query: location.search,
      rows: [
        ...document.querySelectorAll<HTMLTableRowElement>('#board tbody tr:not([hidden])'),
      ].map((row) => [row.dataset.key, [...row.cells].map(({ textContent }) => textContent)]),
      sorted: [...document.querySelectorAll('#board th[aria-sort]')].map((th) => [
        (th as HTMLElement).dataset.id,
        th.getAttribute('aria-sort'),
      ]),
      checked: [...document.querySelectorAll<HTMLInputElement>('#filters :checked')].map(
        ({ value }) => value,
      ),
      compared: [...document.querySelectorAll('#comparison:not([hidden]) svg[role=img]')].map(
        ({ outerHTML }) => outerHTML,
      ),
    }));

  /** Until one controlled task is shown instead of the means. */
  const shown = (page: Page) =>
    page
      .locator('#board tbody td', { hasText: 'a task of the other kind is shown' })
      .first()
      .waitFor();

  it('is all reached with the Tab key', async () => {
    await open(browser, board(), { width: 1440 }, async (page) => {
      const wanted = await page.evaluate(() => {
        const all = 'main a, main button:not(:disabled), main input, main select, main summary';
        const shown = [...document.querySelectorAll<HTMLElement>(all)].filter((each) =>
          each.checkVisibility(),
        );
        shown.forEach((each, i) => (each.dataset.stop = String(i)));
        return shown.length;
      });
      expect(wanted).toBeGreaterThan(40);
      const reached = new Set<string>();
      for (let i = 0; i < wanted + 15; i++) {
        await page.keyboard.press('Tab');
        const stop = await page.evaluate(
          () => (document.activeElement as HTMLElement).dataset.stop,
        );
        if (stop !== undefined) reached.add(stop);
      }
      expect(reached.size).toBe(wanted);
    });
  });

  it('sorts by Enter and Space, tells so, and puts what is missing last', async () => {
    await open(browser, board(), { width: 1440 }, async (page) => {
      const header = page.locator('#board th[data-id=standard]');
      const column = await header.evaluate((th) => (th as HTMLTableCellElement).cellIndex);
      await header.locator('button').focus();
      for (const [key, direction] of [
        ['Enter', 'descending'],
        ['Space', 'ascending'],
        ['Enter', 'descending'],
      ] as const) {
        await page.keyboard.press(key);
        expect(await header.getAttribute('aria-sort')).toBe(direction);
        expect(await page.locator('th[aria-sort]').count()).toBe(1);
        expect(await page.locator('#status').textContent()).toBe(
          `Sorted by Above chance, ${direction}.`,
        );
        const sorts = await page
          .locator('#board tbody tr')
          .evaluateAll(
            (rows, c) => rows.map((row) => (row as HTMLTableRowElement).cells[c]!.dataset.sort),
            column,
          );
        const present = sorts.filter((value) => value !== undefined).map(Number);
        expect(present).toHaveLength(2);
        expect(sorts.slice(2).every((value) => value === undefined)).toBe(true);
        expect(Math.sign(present[0]! - present[1]!)).toBe(direction === 'descending' ? 1 : -1);
      }
    });
  });

  it('sorts words too', async () => {
    await open(browser, board(), { width: 1440 }, async (page) => {
      await page.locator(`${headers} button`).first().press('Enter');
      const names = await page.locator('#board tbody th').allTextContents();
      const plain = names.map((name) => name.trim().toLowerCase());
      expect(plain).toEqual([...plain].sort());
    });
  });

  it('filters, pins, shows one task and compares, and its address brings all of it back', async () => {
    const reached = await open(browser, board(), { width: 1440 }, async (page) => {
      await page.getByLabel('spt', { exact: true }).check();
      await page.getByLabel('state space').check();
      expect((await state(page)).rows.map(([key]) => key)).toEqual(['s4d~spt']);
      await page.getByLabel('state space').uncheck();
      await page.getByRole('button', { name: 'Pin Local attention, spt' }).press('Enter');
      await page.getByRole('button', { name: 'Pin Transformer, spt' }).press('Space');
      await page.locator('#filters select').selectOption('recall');
      await page.locator('#board th[data-id=locality] button').press('Enter');
      await page.getByRole('button', { name: 'Compare pinned rows' }).press('Enter');
      await page.locator('#comparison-charts svg').first().waitFor();
      await shown(page);
      return state(page);
    });
    expect(reached.query).toBe(
      '?regime=spt&task=recall&sort=locality&pin=local%7Espt&pin=transformer%7Espt&compare=1',
    );
    expect(reached.rows.map(([key]) => key)).toEqual(['local~spt', 'transformer~spt', 's4d~spt']);
    expect(reached.compared[0]).toContain('Local attention, spt');
    const again = await open(browser, board() + reached.query, { width: 1440 }, async (page) => {
      await page.locator('#comparison-charts svg').first().waitFor();
      await shown(page);
      const back = await state(page);
      await page.getByRole('button', { name: 'Reset' }).press('Enter');
      await page.waitForFunction(() => location.search === '');
      expect((await state(page)).rows).toHaveLength(9);
      return back;
    });
    expect(again).toEqual(reached);
  });

  it('takes an address that names what is not there', async () => {
    const query = '?pin=nobody&sort=nothing&task=none&family=unknown&compare=1';
    await open(browser, board() + query, { width: 1440 }, async (page) => {
      const { query, rows } = await state(page);
      expect(query).toBe('?family=unknown');
      expect(rows).toEqual([]);
      expect(await page.locator('#status').textContent()).toBe('0 of 9 rows.');
    });
  });

  it('sorts the ranking on a task', async () => {
    await open(browser, `${served.url}tasks/recall/`, { width: 1440 }, async (page) => {
      await page.locator('#board th[data-id=locality] button').press('Enter');
      const [first] = await page.locator('#board tbody th').allTextContents();
      expect(first).toContain('Transformer');
      expect(await page.locator('.hear[role=status]').textContent()).toBe(
        'Sorted by Locality, ascending.',
      );
    });
  });
});
