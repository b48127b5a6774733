/** The pages of a built site, parsed; and their links, followed. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { expect } from 'vitest';
import type { Built } from './build.ts';

export function pagesOf({ folder }: Built): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.html'))
    .sort();
}

const documents = new Map<string, Document>();

/** @param file below the site's folder */
export function parse({ folder }: Built, file: string): Document {
  const path = join(folder, file);
  const document = documents.get(path) ?? parseHTML(readFileSync(path, 'utf8')).document;
  documents.set(path, document);
  return document;
}

/** Expects that all links and anchors of all pages lead somewhere, and returns how many there are. */
export function checkLinks(built: Built): number {
  const prefix = built.base.replace(/\/$/, '');
  let checked = 0;
  for (const page of pagesOf(built)) {
    const address = `http://site${prefix}/${page.replace(/index\.html$/, '')}`;
    for (const element of parse(built, page).querySelectorAll('[href], [src]')) {
      const link = element.getAttribute('href') ?? element.getAttribute('src')!;
      if (element.getAttribute('rel') === 'canonical' || link.startsWith('data:image/png'))
        continue;
      const url = new URL(link, address);
      checked++;
      if (url.host !== 'site') {
        // Papers; nothing is loaded from elsewhere.
        expect(element.localName, `${page}: ${link}`).toBe('a');
        expect(url.protocol, `${page}: ${link}`).toBe('https:');
        continue;
      }
      expect(url.pathname.startsWith(`${prefix}/`), `${page}: ${link} keeps the base`).toBe(true);
      const path = decodeURIComponent(url.pathname.slice(prefix.length));
      const file = path.endsWith('/') ? `${path}index.html` : path;
      const found = statSync(join(built.folder, file), { throwIfNoEntry: false })?.isFile();
      expect(found, `${page}: ${link}`).toBe(true);
      if (url.hash) {
        const target = parse(built, file.slice(1)).getElementById(url.hash.slice(1));
        expect(target, `${page}: ${link} has its anchor`).not.toBeNull();
      }
    }
  }
  return checked;
}
