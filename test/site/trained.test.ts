/** Trained models on a task page, in real Chromium and under a base path. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recall } from '../../generators/controlled/recall/recall.ts';
import type { TaskExamples } from '../../site/src/pages/tasks/[task].examples.json.ts';
import trained from '../../site/public/models/recall.json' with { type: 'json' };
import { haveChromium, launch, serve, type Served } from './browser.ts';
import { buildSite, type Built } from './build.ts';

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);
const files = new URL('../../site/public/models/', import.meta.url);

describe('the models', () => {
  it.each(trained.models)('$file is what its run made, and small', ({ file, bytes, sha256 }) => {
    const content = readFileSync(new URL(file, files));
    expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
    expect(content.length).toBe(bytes);
    expect(bytes).toBeLessThanOrEqual(1_000_000);
  });
});

// Models of another version of the task are not shown, so there is nothing to ask.
const isShown = trained.generatorVersion === recall.version;

describe.skipIf(!haveChromium() || !isShown)('in Chromium', () => {
  let browser: Browser;
  let built: Built;
  let served: Served;
  let examples: TaskExamples;

  beforeAll(async () => {
    browser = await launch();
    built = await buildSite([], { base: '/reach-arena' });
    served = await serve(built);
    examples = JSON.parse(readFileSync(join(built.folder, 'tasks/recall.examples.json'), 'utf8'));
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
    built?.remove();
  });

  async function open(look: (page: Page, asked: string[]) => Promise<void>, script = '') {
    const context = await browser.newContext({ viewport: { width: 320, height: 800 } });
    try {
      await context.addInitScript(script);
      const page = await context.newPage();
      const asked: string[] = [];
      const complaints: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      page.on('pageerror', ({ message }) => complaints.push(message));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      await page.goto(`${served.url}tasks/recall/`);
      await look(page, asked);
      expect(complaints).toEqual([]);
    } finally {
      await context.close();
    }
  }

  /** What ONNX Runtime in Node says, which is the evaluator's engine. */
  async function expected(file: string, group: number): Promise<number[][]> {
    const session = await InferenceSession.create(new URL(file, files).pathname);
    const all: number[][] = [];
    for (const { tokens } of examples.groups[group]!.siblings) {
      const input = new Tensor('int32', Int32Array.from(tokens), [1, tokens.length]);
      const { logits } = await session.run({ tokens: input });
      all.push(Array.from(logits!.data as Float32Array));
    }
    return all;
  }

  it('answers as the evaluator does, at every distance, and the certificate holds', async () => {
    const { length, distances } = recall.shape(recall.tiers.lite);
    expect(examples.groups[0]!.siblings[0]!.tokens).toHaveLength(length);
    await open(async (page, asked) => {
      expect(asked.filter((url) => /\/ort|wasm|onnx/.test(url))).toEqual([]);
      await page.locator('#trained-load').click();
      for (const [g, distance] of distances.entries()) {
        await page.locator(`.far input[value='${g}']`).check();
        await page.getByText(`Answers at distance ${distance}.`).waitFor();
        for (const [m, { file, reach }] of trained.models.entries()) {
          const shown = await page
            .locator('.asked-model')
            .nth(m)
            .locator('tbody tr')
            .evaluateAll((rows) =>
              rows.map((row) =>
                [...row.querySelectorAll('td')].map(({ textContent }) => Number(textContent)),
              ),
            );
          const logits = await expected(file, g);
          expect(shown.length).toBe(8);
          shown.forEach((row, n) =>
            row.forEach((value, c) => {
              expect(Math.abs(value - logits[n]![c]!)).toBeLessThan(1e-4);
            }),
          );
          const right = await page.locator('.asked-model').nth(m).locator('strong').textContent();
          if (reach !== null && distance > reach) {
            for (const row of shown) expect(row).toEqual(shown[0]);
            expect(right).toBe('1 of 8 right.');
            const words = await page.locator('.asked-model').nth(m).locator('.answers').innerText();
            expect(words).toContain('bit for bit');
          } else expect(Number(right!.charAt(0))).toBeGreaterThanOrEqual(6);
        }
      }
      const [needed, given] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        window.innerWidth,
      ]);
      expect(needed).toBeLessThanOrEqual(given);
      await page.evaluate(axeSource);
      const { violations } = await page.evaluate<AxeResults>('axe.run()');
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`)).toEqual([]);
      // From this site alone, and below its base path.
      for (const url of asked) expect(url).toMatch(new RegExp(`^(${served.url}|blob:|data:)`));
      expect(asked.filter((url) => url.endsWith('.wasm'))).toHaveLength(1);
    });
  });

  it('says so where there is no WebAssembly', async () => {
    await open(async (page) => {
      await page.getByText('This browser has no WebAssembly').waitFor();
      expect(await page.locator('#trained-load').isVisible()).toBe(false);
    }, 'delete globalThis.WebAssembly');
  });
});
