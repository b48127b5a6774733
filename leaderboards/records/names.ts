/** Names in records are data from strangers: made fit to be shown, on one line and bounded. */

/** Controls, line separators, direction marks and invisible characters. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]+/gu;

/** More than two marks on one letter only serve to smear a line over its neighbours. */
const stackedMarks = /(\p{M}{2})\p{M}+/gu;

/** `name` without what cannot be seen, at most `limit` characters as a reader counts them. */
export function displayName(name: string, limit = 40): string {
  const plain = name.replace(unseen, ' ').replace(stackedMarks, '$1').replace(/\s+/g, ' ').trim();
  const characters = [...new Intl.Segmenter('en').segment(plain)].map(({ segment }) => segment);
  if (characters.length === 0) return 'unnamed';
  if (characters.length <= limit) return plain;
  return `${characters
    .slice(0, limit - 1)
    .join('')
    .trimEnd()}…`;
}
