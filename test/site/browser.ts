/** Real Chromium on pages served from a folder at 127.0.0.1. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { AxeResults } from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Built } from './build.ts';

const executablePath = '/usr/bin/chromium';
const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

/** False where there is no Chromium to test with; on CI that is an error. */
export function haveChromium(): boolean {
  if (existsSync(executablePath)) return true;
  const advice = `no Chromium at ${executablePath}: apt-get install chromium`;
  if (process.env.CI === 'true') throw new Error(advice);
  console.log(`The site's browser tests are skipped, ${advice}`);
  return false;
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Opens a page and fails on whatever it complains of. */
export async function open<Result>(
  browser: Browser,
  address: string,
  options: { width: number; scheme?: 'light' | 'dark'; script?: boolean },
  look: (page: Page) => Promise<Result>,
): Promise<Result> {
  const context = await browser.newContext({
    viewport: { width: options.width, height: 800 },
    colorScheme: options.scheme ?? 'light',
    javaScriptEnabled: options.script ?? true,
  });
  try {
    const page = await context.newPage();
    const complaints = listen(page);
    await page.goto(address);
    const result = await look(page);
    expect(complaints).toEqual([]);
    return result;
  } finally {
    await context.close();
  }
}

function listen(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  return complaints;
}

export const openDetails = (page: Page) =>
  page.evaluate(() => document.querySelectorAll('details').forEach((each) => (each.open = true)));

/** The rules of axe that a page breaks, with everything on it open. */
export async function wrongWith(page: Page): Promise<string[]> {
  await openDetails(page);
  await page.evaluate(axeSource);
  const results = await page.evaluate<AxeResults>("axe.run({ resultTypes: ['violations'] })");
  expect(results.passes.length).toBeGreaterThan(10);
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`);
}

export interface Served {
  /** Address of the front page. */
  url: string;
  close(): Promise<void>;
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};

/** A static server as project pages have it: the base path, index files, the 404 page. */
export async function serve({ folder, base }: Built): Promise<Served> {
  const prefix = base.replace(/\/$/, '');
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    const within = pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length) : '/404.html';
    const wanted = join(folder, decodeURIComponent(within));
    const file = wanted.endsWith('/') ? join(wanted, 'index.html') : wanted;
    const found = statSync(file, { throwIfNoEntry: false })?.isFile();
    const sent = found ? file : join(folder, '404.html');
    response.writeHead(found ? 200 : 404, {
      'content-type': types[extname(sent)] ?? 'text/plain; charset=utf-8',
    });
    response.end(readFileSync(sent));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${prefix}/`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
