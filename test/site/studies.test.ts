/** The pages of the studies, with records and without: figures, tables, predictions, what is missing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { studyNames } from '../../evaluate/plan/studies.ts';
import { studyState } from '../../evaluate/plan/studyState.ts';
import { asFiles } from '../fixtures/records.ts';
import { lengthRuns, lengthTests, studyRecords } from '../fixtures/studies.ts';
import { haveChromium, launch, open, serve, wrongWith } from './browser.ts';
import { buildSite, type Built } from './build.ts';
import { checkLinks, parse } from './pages.ts';

const records = [...studyRecords(), ...lengthRuns()];
const tests = lengthTests(lengthRuns(), (distance) => (distance < 256 ? 1 : 0.2));
let built: Built;
beforeAll(async () => {
  built = await buildSite(records, { tests });
}, 600_000);
afterAll(() => built?.remove());

const page = (name: string) => parse(built, `studies/${name}/index.html`);

describe('the pages of the studies', () => {
  it.each(studyNames)('have what `evaluate study` prints: %s', (name) => {
    const state = studyState(name, asFiles(records), { tier: 'lite', tests });
    const tables = [...page(name).querySelectorAll('#found ~ .scroll table')].map((table) => ({
      caption: table.querySelector('caption')!.textContent.trim(),
      titles: [...table.querySelectorAll('thead th')].map((th) => th.textContent.trim()),
      rows: [...table.querySelectorAll('tbody tr')].map((row) =>
        [...row.children].map((cell) => cell.textContent),
      ),
    }));
    expect(tables).toEqual(
      state.tables.map(({ caption, columns, rows }) => ({
        ...{ caption, titles: columns.map(({ title }) => title), rows },
      })),
    );
    for (const { titles } of tables) expect(titles.length).toBeLessThanOrEqual(8);
    const text = page(name).body.textContent;
    if (state.tables.length > 0) expect(text).toContain(`npm run evaluate -- study ${name}`);
    expect(text).toContain(`${state.done} of ${state.of} runs are done`);
    expect(text).toContain(`study ${name} --plan plans/${name}`);
  });

  it('draw a figure where there are records', () => {
    for (const [name, charts] of [
      ['signal', 1],
      ['labels', 1],
      ['length', 1],
      // For wide and for narrow screens.
      ['capacity', 2],
    ] as const)
      expect(page(name).querySelectorAll('svg[role=img]'), name).toHaveLength(charts);
    expect(page('length').body.textContent).toContain('Linformer cannot. Its parameter');
    const lines = page('signal').querySelector('svg[role=img]')!.textContent;
    expect(lines).toContain('near, before');
    expect(lines).toContain('near, after');
  });

  it('show the predictions and stand in the index, all links whole', () => {
    for (const name of studyNames) {
      expect(page(name).getElementById('predicted')!.parentElement!.textContent).toContain('%');
      const link = `a[href="/studies/${name}/"]`;
      expect(parse(built, 'studies/index.html').querySelector(link)).not.toBeNull();
    }
    expect(checkLinks(built)).toBeGreaterThan(500);
  });

  it.skipIf(!haveChromium())('break no rule of axe and fit a narrow screen', async () => {
    const browser = await launch();
    const served = await serve(built);
    try {
      for (const look of [
        { width: 320, scheme: 'dark' },
        { width: 1440, scheme: 'light' },
      ] as const)
        await open(browser, served.url, look, async (tab) => {
          for (const path of ['studies/', ...studyNames.map((name) => `studies/${name}/`)]) {
            await tab.goto(served.url + path);
            expect(await wrongWith(tab), path).toEqual([]);
            const needed = await tab.evaluate(() => document.documentElement.scrollWidth);
            expect(needed, path).toBeLessThanOrEqual(look.width);
          }
        });
    } finally {
      await browser.close();
      await served.close();
    }
  });
});

describe('without records', () => {
  it('has no frame of a chart or table', () => {
    const state = studyState('capacity', [], { tier: 'lite' });
    expect(state.tables).toEqual([]);
    expect(state.done).toBe(0);
  });
});
