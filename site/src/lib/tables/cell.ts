/** A cell of a table of results as HTML: the same at build time and in the browser. */
import { escapeHtml } from '../words/html.ts';
import type { TableCell } from './table.ts';

type Shown = Pick<TableCell, 'text' | 'spread' | 'reason' | 'best' | 'bar'>;

export function cellHtml({ text, spread, reason, best, bar }: Shown): string {
  const parts = [
    bar === undefined ? '' : `<span class="bar" style="--share:${bar.toFixed(3)}"></span>`,
    best ? `<strong>${escapeHtml(text)}</strong>` : `<span>${escapeHtml(text)}</span>`,
    spread ? `<small>${escapeHtml(spread)}</small>` : '',
    reason ? `<span class="hear">${escapeHtml(reason)}</span>` : '',
  ];
  return parts.join('');
}
