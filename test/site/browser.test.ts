/** The built site in real Chromium: accessible, within the screen, unmoved by hostile names. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  haveChromium,
  launch,
  open,
  openDetails,
  serve,
  wrongWith,
  type Served,
} from './browser.ts';
import { buildSite, type Built } from './build.ts';
import { sampleRecords } from '../fixtures/records.ts';
import { hostileRecords } from './hostile.ts';
import { checkLinks, parse } from './pages.ts';
import { tagsOf } from './tags.ts';

const widths = [320, 768, 1440];
const schemes = ['light', 'dark'] as const;
const looks = schemes.flatMap((scheme) => [320, 1440].map((width) => ({ scheme, width })));
const failedRun = sampleRecords().find(({ status }) => status === 'diverged')!.id;
const doneRun = sampleRecords()[0]!.id;
/** One page of every kind. */
const kinds = [
  '',
  'nowhere',
  'leaderboard/',
  'leaderboard/scratch/recall/',
  'leaderboard/gain/',
  'models/s4d/scratch/',
  'models/s4d/scratch/compare/',
  'tasks/',
  'tasks/recall/',
  'tasks/text/',
  'tasks/pathfinder-distance/',
  'models/',
  'models/s4d/',
  `runs/${doneRun}/`,
  `runs/${failedRun}/`,
  'claims/',
  'studies/',
  'studies/labels/',
  'methodology/',
  'limitations/',
  'protected/',
  'submit/',
  'changelog/',
];
/** Those with nothing on them that other pages have not. */
const likeOthers = [
  'nowhere',
  'tasks/',
  'tasks/text/',
  'studies/',
  `runs/${failedRun}/`,
  'methodology/',
  'limitations/',
  'protected/',
  'submit/',
  'changelog/',
];
const hostileKinds = [
  '',
  'leaderboard/',
  'models/model-3/scratch/',
  'models/model-3/scratch/compare/',
  'models/model-3/',
  `runs/${hostileRecords()[0]!.id}/`,
];

describe.skipIf(!haveChromium())('in Chromium', () => {
  let browser: Browser;
  const built: Record<string, Built> = {};
  const served: Record<string, Served> = {};

  beforeAll(async () => {
    browser = await launch();
    for (const [name, records] of Object.entries({
      sample: sampleRecords(),
      hostile: hostileRecords(),
    })) {
      // Served under a base path, as project pages are.
      built[name] = await buildSite(records, {
        base: '/reach-arena',
        environment: { SITE_URL: 'https://example.org' },
      });
      served[name] = await serve(built[name]);
    }
  });
  afterAll(async () => {
    await browser?.close();
    for (const { close } of Object.values(served)) await close();
    for (const { remove } of Object.values(built)) remove();
  });

  describe.each([
    ['sample', kinds],
    ['hostile', hostileKinds],
  ])('%s records', (name, pages) => {
    it.each(name === 'sample' ? looks : [looks[0]!, looks[3]!])(
      'break no rule of axe in $scheme at $width px',
      async ({ scheme, width }) => {
        // Pages that share all their styles with another are looked at in two ways only.
        const some = pages.filter(
          (page) => !likeOthers.includes(page) || (scheme === 'light') === (width === 320),
        );
        await open(browser, served[name]!.url, { width, scheme }, async (page) => {
          const found: Record<string, string[]> = {};
          for (const path of some) {
            await page.goto(served[name]!.url + path);
            const wrong = await wrongWith(page);
            if (wrong.length > 0) found[path] = wrong;
          }
          expect(found).toEqual({});
        });
      },
    );

    it.each(widths)('stay within a screen of %i px', async (width) => {
      await open(browser, served[name]!.url, { width }, async (page) => {
        for (const path of pages) {
          await page.goto(served[name]!.url + path);
          for (const step of ['closed', 'opened']) {
            const [needed, given] = await page.evaluate(() => [
              document.documentElement.scrollWidth,
              window.innerWidth,
            ]);
            expect(needed, `${path} with details ${step}`).toBeLessThanOrEqual(given);
            await openDetails(page);
          }
        }
      });
    });

    it('are HTML in which a parser has nothing to mend', async () => {
      const { folder } = built[name]!;
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
        (file) => file.endsWith('.html') && (name === 'sample' || !file.startsWith('tasks/')),
      );
      await open(browser, served[name]!.url, { width: 1440 }, async (page) => {
        for (const file of files) {
          const source = readFileSync(join(folder, file), 'utf8');
          const [parsed, misplaced] = await page.evaluate((text) => {
            const read = new DOMParser().parseFromString(text, 'text/html');
            const flow = 'div,p,ul,ol,dl,table,section,figure,pre,h1,h2,h3,form,fieldset';
            const phrasing =
              'p,span,h1,h2,h3,button,label,small,strong,em,code,a,summary,mark,legend';
            const inside = phrasing
              .split(',')
              .flatMap((outer) =>
                [...read.querySelectorAll(outer)].filter((element) => element.querySelector(flow)),
              );
            return [read.documentElement.outerHTML, inside.map(({ outerHTML }) => outerHTML)];
          }, source);
          expect(misplaced, file).toEqual([]);
          expect(tagsOf(parsed), file).toEqual(tagsOf(source));
        }
      });
      expect(files.length).toBeGreaterThan(60);
    });
  });

  it('keeps the base path in all links, and in the data that scripts fetch', () => {
    expect(checkLinks(built.sample!)).toBeGreaterThan(1500);
    const page = parse(built.sample!, 'models/s4d/scratch/compare/index.html');
    const address = page.getElementById('side-by-side')!.dataset.curves!;
    const file = join(built.sample!.folder, address.replace(/^\/reach-arena/, ''));
    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')).rows)).toHaveLength(9);
  });

  it('gives absolute addresses in the metadata', () => {
    for (const page of ['', 'leaderboard/']) {
      const document = parse(built.sample!, `${page}index.html`);
      const canonical = document.querySelector('link[rel=canonical]');
      expect(canonical?.getAttribute('href')).toBe(`https://example.org/reach-arena/${page}`);
      const picture = document.querySelector('meta[property="og:image"]')!.getAttribute('content')!;
      expect(picture).toMatch(/^https:\/\/example\.org\/reach-arena\/_astro\/reach\..*png$/);
      const dataset = JSON.parse(document.querySelector('script[type*=ld]')!.textContent);
      expect(dataset['@type']).toBe('Dataset');
      expect(dataset.distribution[2].contentUrl).toBe('https://example.org/reach-arena/runs.jsonl');
    }
  });

  it('lists its pages for search engines, all of them there', () => {
    const { folder } = built.sample!;
    const map = readFileSync(join(folder, 'sitemap.xml'), 'utf8');
    const places = [...map.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, place]) => place!);
    expect(places.length).toBeGreaterThan(60);
    for (const place of places) {
      const path = place.replace('https://example.org/reach-arena/', '');
      expect(existsSync(join(folder, path, 'index.html')), place).toBe(true);
    }
  });

  it('runs nothing that a name holds, and shows no mark that turns text', async () => {
    await open(browser, served.hostile!.url, { width: 1440 }, async (page) => {
      for (const path of [...hostileKinds, 'tasks/recall/']) {
        await page.goto(served.hostile!.url + path);
        expect(await page.evaluate('window.ran')).toBeUndefined();
        const text = await page.evaluate(() => document.body.textContent);
        expect(text).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
        expect(await page.locator('img').count()).toBe(0);
      }
      await page.goto(`${served.hostile!.url}leaderboard/scratch/listops/`);
      await page.locator('#board .lacks').first().waitFor();
      expect(await page.evaluate('window.ran')).toBeUndefined();
      const text = await page.evaluate(() => document.body.innerText);
      expect(text).toContain('<script>window.ran = true</script>');
    });
  });

  it('is complete without JavaScript', async () => {
    const look = (script: boolean) =>
      open(browser, served.sample!.url, { width: 1440, script }, async (page) => {
        const seen = [];
        for (const path of kinds.filter((kind) => !likeOthers.includes(kind))) {
          await page.goto(served.sample!.url + path);
          seen.push(
            await page.evaluate(() => {
              const all = (selector: string) => [...document.querySelectorAll(selector)];
              return {
                cells: all('main td, main tbody th').map(({ textContent }) => textContent),
                charts: all('main svg[role=img]').length,
                words: all('h1, h2, main h3, main p, main dd').map(
                  ({ textContent }) => textContent,
                ),
              };
            }),
          );
        }
        return seen;
      });
    const [without, withScript] = [await look(false), await look(true)];
    without.forEach(({ cells, charts, words }, i) => {
      expect(cells).toEqual(withScript[i]!.cells);
      expect(charts).toBe(withScript[i]!.charts);
      // Scripts may add what only they can do, such as status lines.
      for (const each of words) expect(withScript[i]!.words).toContain(each);
    });
  });

  it('draws each chart once for a reader, at every width', async () => {
    for (const width of widths) {
      await open(browser, `${served.sample!.url}tasks/recall/`, { width }, async (page) => {
        for (const figure of await page.locator('figure').all()) {
          const shown = await figure.locator('svg[role=img]:visible').count();
          expect(shown).toBe(1);
        }
      });
    }
  });

  it('shows of an example what the chosen reach sees, by keyboard and without JavaScript', async () => {
    for (const path of ['tasks/recall/', 'tasks/pathfinder-distance/']) {
      await open(
        browser,
        served.sample!.url + path,
        { width: 1440, script: false },
        async (page) => {
          const verdicts = () => page.locator('.verdict:visible').allTextContents();
          expect(await page.locator('.panel:visible').count()).toBe(1);
          expect((await verdicts()).join()).toContain('Within reach');
          // From all tokens to the smallest distance, which lies nearer than the evidence.
          await page.locator('.reaches input:checked').focus();
          await page.keyboard.press('ArrowRight');
          expect(await page.locator('.reaches input:checked').getAttribute('value')).toBe('0');
          expect((await verdicts()).join()).toContain('Out of reach');
          const faded = await page
            .locator('.panel:visible')
            .locator('mark.evidence, .veil')
            .evaluateAll((all) => all.map((each) => getComputedStyle(each).opacity));
          expect(faded.every((opacity) => opacity !== '1' && opacity !== '0')).toBe(true);
          // At the smallest distance the evidence lies in the first bin, within the next but one reach.
          await page.locator('.far input').first().check();
          await page.locator('.reaches input').nth(2).check();
          expect((await verdicts()).join()).toContain('Within reach');
        },
      );
    }
  });
});
