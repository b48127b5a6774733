/**
 * Widths of text where none can be measured: at build time, for whatever font a reader has. Generous
 * means of the usual sans-serif fonts, in units of the font size.
 */
const wide =
  /[\p{Ideographic}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uFF01-\uFF60]/u;
const segmenter = new Intl.Segmenter('en');

function characters(text: string): string[] {
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

function characterWidth(character: string): number {
  if (wide.test(character)) return 1.1;
  if (/[MWmw@%]/.test(character)) return 0.95;
  return /\p{Lu}/u.test(character) ? 0.75 : 0.58;
}

/** Width in pixels; bold is a tenth wider. */
export function textWidth(text: string, fontSize: number, bold = false): number {
  const width = characters(text).reduce((sum, character) => sum + characterWidth(character), 0);
  return width * fontSize * (bold ? 1.1 : 1);
}

/** The text, shortened where it would be wider than `width` pixels. */
export function fitted(text: string, width: number, fontSize: number, bold = false): string {
  if (textWidth(text, fontSize, bold) <= width) return text;
  const kept = characters(text);
  while (kept.length > 1 && textWidth(`${kept.join('')}…`, fontSize, bold) > width) kept.pop();
  return `${kept.join('').trimEnd()}…`;
}
