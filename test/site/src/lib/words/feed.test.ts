import { describe, expect, it } from 'vitest';
import { parseHTML } from 'linkedom';
import { corrections } from '../../../../../site/src/lib/words/corrections.ts';
import { atomFeed } from '../../../../../site/src/lib/words/feed.ts';
import { asFiles, makeRecord, sampleRecords } from '../../../../fixtures/records.ts';

const address = (path: string) => `https://example.org/reach-arena${path}`;
const parse = (xml: string) => parseHTML(xml.replace(/^<\?xml.*\n/, '')).document;

describe('the feed of runs', () => {
  it('has the newest runs first, each with a link and a day', () => {
    const late = makeRecord({ seed: 9, ended: '2026-03-01T00:00:00Z' });
    const xml = atomFeed(asFiles([...sampleRecords(), late]), '2026-03-01T00:00:00.000Z', address);
    const entries = [...parse(xml).querySelectorAll('entry')].filter((entry) =>
      entry.querySelector('id')!.textContent.includes(':run/'),
    );
    expect(entries).toHaveLength(50);
    expect(entries[0]!.querySelector('id')!.textContent).toBe(
      `tag:reach-arena,2026:run/${late.id}`,
    );
    expect(entries[0]!.querySelector('updated')!.textContent).toBe('2026-03-01T00:00:00.000Z');
    expect(xml).toContain(`<link href="https://example.org/reach-arena/runs/${late.id}/"/>`);
  });
  it('says of a failed run why, and escapes what strangers wrote', () => {
    const title = '<script>&"';
    const failed = makeRecord({ title, status: 'failed', reason: 'out of <memory>' });
    const xml = atomFeed(asFiles([failed]), null, address);
    expect(xml).toContain('&lt;script&gt;&amp;');
    expect(xml).toContain('out of &lt;memory&gt;');
    expect(xml).not.toContain('<script');
  });
  it('has corrections of published boards first, and is no older than the last', () => {
    const { children, firstElementChild } = parse(atomFeed([], null, address)).documentElement;
    expect(firstElementChild).not.toBeNull();
    const updated = [...children].find(({ localName }) => localName === 'updated')!.textContent;
    expect(updated).toBe(corrections[0]!.date);
    const entry = [...children].find(({ localName }) => localName === 'entry')!;
    expect(entry.querySelector('title')!.textContent).toBe(corrections[0]!.title);
    expect(entry.querySelector('link')!.getAttribute('href')).toMatch(/\/changelog\/$/);
    const late = atomFeed([], '2027-03-01T00:00:00.000Z', address);
    expect(late).toContain('<updated>2027-03-01T00:00:00.000Z</updated>');
  });
});
