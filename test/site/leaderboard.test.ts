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

  const headers = '#board thead th';
  const board = () => `${served.url}leaderboard/`;
  const state = (page: Page) =>
    page.evaluate(() => ({
      query: location.search,
      rows: [
        ...document.querySelectorAll<HTMLTableRowElement>('#board [data-key]:not([hidden])'),
      ].map(({ dataset }) => dataset.key),
      sorted: [...document.querySelectorAll('#board th[aria-sort]')].map((th) => [
        (th as HTMLElement).dataset.id,
        th.getAttribute('aria-sort'),
      ]),
      checked: [...document.querySelectorAll<HTMLInputElement>('#filters :checked')].map(
        ({ value }) => value,
      ),
      pinned: [...document.querySelectorAll('.pin[aria-pressed=true]')].map((pin) =>
        pin.getAttribute('aria-label'),
      ),
    }));

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

  it('sorts by Enter and Space within its sections, tells so, and puts what is missing last', async () => {
    await open(browser, board(), { width: 1440 }, async (page) => {
      const header = page.locator('#board th[data-id=far]');
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
          `Sorted by Far above chance, ${direction}.`,
        );
        const first = await page.locator('#board tbody tr').first().getAttribute('class');
        expect(first).toContain('section');
        const sorts = await page
          .locator('#board [data-key]')
          .evaluateAll(
            (rows, c) => rows.map((row) => (row as HTMLTableRowElement).cells[c]!.dataset.sort),
            column,
          );
        const numbers = sorts.filter((value) => value !== undefined).map(Number);
        expect(numbers).toHaveLength(3);
        const ascending = numbers.toSorted((a, b) => a - b);
        expect(numbers).toEqual(direction === 'ascending' ? ascending : ascending.toReversed());
      }
    });
  });

  it('sorts words too', async () => {
    await open(browser, board(), { width: 1440 }, async (page) => {
      await page.locator(`${headers} button`).first().press('Enter');
      const names = await page.locator('#board [data-key] .model > span > a').allTextContents();
      const plain = names.map((name) => name.trim().toLowerCase());
      expect(plain).toEqual([...plain].sort());
    });
  });

  it('searches, filters, sorts and pins, and its address brings all of it back', async () => {
    const reached = await open(browser, board(), { width: 1440 }, async (page) => {
      await page.getByLabel('Search').fill('s4');
      expect((await state(page)).rows).toEqual(['s4d~scratch']);
      await page.getByLabel('Search').fill('');
      await page.getByLabel('state space').check();
      await page.getByRole('button', { name: 'Pin S4D' }).press('Enter');
      await page.getByLabel('state space').uncheck();
      await page.getByRole('button', { name: 'Pin Transformer' }).press('Space');
      await page.locator('[name=cost]').selectOption('!L²');
      await page.locator('#board th[data-id=use] button').press('Enter');
      await page.locator('#more').check();
      return state(page);
    });
    expect(reached.query).toBe(
      '?cost=%21L%C2%B2&sort=use&more=1&pin=s4d%7Escratch&pin=transformer%7Escratch',
    );
    // Pinned rows stay, whatever the filter.
    expect(reached.rows).toHaveLength(3);
    expect(reached.pinned.sort()).toEqual(['Pin S4D', 'Pin Transformer']);
    const again = await open(browser, board() + reached.query, { width: 1440 }, async (page) => {
      const back = await state(page);
      expect(await page.locator('th[data-id=time]').isVisible()).toBe(true);
      await page.getByRole('button', { name: 'Reset' }).press('Enter');
      expect(await page.locator('th[data-id=time]').isVisible()).toBe(false);
      expect((await state(page)).query).toBe('');
      return back;
    });
    expect({ ...again, pinned: again.pinned.sort() }).toEqual(reached);
  });

  it('compares what is pinned: differences of these alone, and their seeds as lines', async () => {
    await open(
      browser,
      `${board()}?pin=s4d~scratch&pin=local~scratch`,
      { width: 1440 },
      async (page) => {
        await page.getByRole('button', { name: 'Compare pinned' }).press('Enter');
        await page.locator('#side-by-side svg[role=img]').first().waitFor();
        expect(new URL(page.url()).pathname).toBe('/reach-arena/models/s4d/scratch/compare/');
        const shown = await page.locator('.differences [data-key]:visible').allTextContents();
        expect(shown.every((text) => text.includes('Local attention'))).toBe(true);
        expect(await page.locator('#side-by-side svg [stroke-opacity]').count()).toBe(6);
      },
    );
  });

  it('shows further columns without JavaScript, and other regimes and tasks by links', async () => {
    await open(browser, board(), { width: 1440, script: false }, async (page) => {
      expect(await page.locator('th[data-id=time]').isVisible()).toBe(false);
      await page.locator('#more').check();
      expect(await page.locator('th[data-id=time]').isVisible()).toBe(true);
      await page.getByRole('link', { name: 'spt', exact: true }).click();
      await page.getByRole('link', { name: 'Recall', exact: true }).click();
      await page.waitForURL('**/recall/');
      expect(new URL(page.url()).pathname).toBe('/reach-arena/leaderboard/spt/recall/');
      expect(await page.locator('#board [data-key]').count()).toBe(3);
    });
  });

  it('takes its filters along to another regime', async () => {
    await open(browser, `${board()}?q=s4&pin=s4d~scratch`, { width: 1440 }, async (page) => {
      await page.getByRole('link', { name: 'spt', exact: true }).click();
      await page.waitForURL('**/leaderboard/spt/**');
      expect(await state(page)).toMatchObject({ query: '?q=s4', rows: ['s4d~spt'] });
    });
  });

  it('takes an address that names what is not there', async () => {
    const query = '?pin=nobody&sort=nothing&cost=none&family=unknown';
    await open(browser, board() + query, { width: 1440 }, async (page) => {
      const { query, rows } = await state(page);
      expect(query).toBe('?family=unknown');
      expect(rows).toEqual([]);
      expect(await page.locator('#status').textContent()).toBe('0 of 3 rows.');
    });
  });

  it('sorts the ranking on a task', async () => {
    await open(browser, `${served.url}tasks/recall/`, { width: 1440 }, async (page) => {
      await page.locator('#board th[data-id=reach] button').press('Enter');
      const [first] = await page.locator('#board [data-key] th').allTextContents();
      expect(first).toContain('Transformer');
      expect(await page.locator('.hear[role=status]').textContent()).toBe(
        'Sorted by Reach, descending.',
      );
    });
  });
});
