/**
 * The doc comment at the head of a source file, as blocks for a page: what a task or a model is stands
 * once, beside its code. Indented lines are formulas.
 */
import { escapeHtml } from './html.ts';

/** A stretch of a comment that is shown alike. */
export interface Block {
  kind: 'words' | 'formula' | 'list';
  /** Lines of a formula, items of a list; words are one line. */
  lines: string[];
}

/** Blocks of the first doc comment; none where the source has no such comment. */
export function docBlocks(source: string): Block[] {
  const comment = /\/\*\*(.*?)\*\//s.exec(source)?.[1] ?? '';
  return textBlocks(comment.split('\n').map((line) => line.replace(/^\s*\*? ?/, '')));
}

/** Blocks of plain text: paragraphs, lists with `-`, and indented lines as formulas. */
export function textBlocks(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  let last: Block | undefined;
  for (const line of lines) {
    if (line.trim() === '') {
      last = undefined;
      continue;
    }
    const kind = kindOf(line, last);
    if (last?.kind !== kind) blocks.push((last = { kind, lines: [] }));
    addLine(last, line);
  }
  return blocks;
}

function kindOf(line: string, last: Block | undefined): Block['kind'] {
  if (/^[-*] /.test(line) || (last?.kind === 'list' && /^ /.test(line))) return 'list';
  return /^ {2}/.test(line) ? 'formula' : 'words';
}

function addLine({ kind, lines }: Block, line: string): void {
  if (kind === 'formula') lines.push(line.trimEnd().replace(/^ {2}/, ''));
  else if (/^[-*] /.test(line)) lines.push(line.slice(2).trim());
  else lines.push([lines.pop(), line.trim()].filter(Boolean).join(' '));
}

/** A formula as HTML: `x_t`, `h_{t−1}` and `e^(…)` set low and high. */
export function formulaHtml(text: string): string {
  return escapeHtml(text)
    .replace(/_\{([^}]*)\}/g, '<sub>$1</sub>')
    .replace(/_([\p{L}\p{N}]+)/gu, '<sub>$1</sub>')
    .replace(/\^\(((?:[^()]|\([^()]*\))*)\)/g, '<sup>$1</sup>')
    .replace(/\^([\p{L}\p{N}]+)/gu, '<sup>$1</sup>');
}

const symbol = /(?<![\p{L}\p{N}])(\p{L}_(?:\{[^}]*\}|[\p{L}\p{N}]+))/u;

/** Every second part is a symbol. */
function proseSymbol(part: string, i: number): string {
  return i % 2 === 1 ? formulaHtml(part) : escapeHtml(part);
}

/**
 * A line of prose as HTML: escaped, with its https links, `code` and **strong** words; with
 * `symbols`, what follows a single letter and `_` is set low, as in formulas.
 */
export function proseHtml(text: string, { symbols = false } = {}): string {
  return text
    .split(/(`[^`]+`|\*\*[^*]+\*\*|https:\/\/[^\s),"<>]*[^\s),"<>.;:])/)
    .map((part) => {
      if (/^`.+`$/.test(part)) return `<code>${escapeHtml(part.slice(1, -1))}</code>`;
      if (/^\*\*.+\*\*$/.test(part)) return `<strong>${escapeHtml(part.slice(2, -2))}</strong>`;
      if (!part.startsWith('https://'))
        return symbols ? part.split(symbol).map(proseSymbol).join('') : escapeHtml(part);
      const shown = part.replace(/^https:\/\/(www\.)?/, '');
      return `<a href="${escapeHtml(part)}">${escapeHtml(shown)}</a>`;
    })
    .join('');
}
