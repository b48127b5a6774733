/** A cell of a table of results as HTML: the same at build time and in the browser. */
import type { TableCell } from './table.ts';

type Shown = Pick<TableCell, 'text' | 'spread' | 'reason' | 'best' | 'bar'>;

export function cellHtml({ text, spread, reason, best, bar }: Shown): string {
  const parts = [
    bar === undefined ? '' : `<span class="bar" style="--share:${bar.toFixed(3)}"></span>`,
    best ? `<strong>${escape(text)}</strong>` : `<span>${escape(text)}</span>`,
    spread ? `<small>${escape(spread)}</small>` : '',
    reason ? `<span class="hear">${escape(reason)}</span>` : '',
  ];
  return parts.join('');
}

function escape(words: string): string {
  return words.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
