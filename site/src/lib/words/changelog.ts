/** CHANGELOG.md in parts: an introduction, then a section for each version. */
import { textBlocks, type Block } from './doc.ts';

export interface Section {
  /** Fit for an anchor: `v0-2-0`. */
  id: string;
  title: string;
  blocks: Block[];
}

export function changelogSections(markdown: string): { intro: string; sections: Section[] } {
  const [head, ...parts] = markdown.split(/^## /m);
  const intro = head!
    .replace(/^# .*$/m, '')
    .trim()
    .replace(/\s+/g, ' ');
  const sections = parts.map((part) => {
    const [title, ...lines] = part.split('\n');
    const version = /[\d.]+/.exec(title!)?.[0] ?? title!;
    const id = `v${version.replace(/[^0-9a-z]+/gi, '-')}`;
    return { id, title: title!.trim(), blocks: textBlocks(lines) };
  });
  return { intro, sections };
}
