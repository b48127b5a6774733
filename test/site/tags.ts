/** The tags of a page as its source has them, to hold beside those that a parser makes of it. */
const voids = new Set(['meta', 'link', 'input', 'br', 'hr', 'img']);

/** All tags of a page in their order, opened and closed; what scripts and styles hold is left out. */
export function tagsOf(html: string): string[] {
  const bare = html
    .replace(/<!doctype html>/i, '')
    .replace(/(<(script|style)\b[^>]*>).*?<\/\2>/gs, '$1</$2>')
    .replace(/<!--.*?-->/gs, '');
  return [...bare.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>/gi)].flatMap(
    ([, closing, name, rest]) => {
      const tag = name!.toLowerCase();
      if (voids.has(tag)) return [tag];
      return rest!.endsWith('/') ? [tag, `/${tag}`] : [`${closing}${tag}`];
    },
  );
}
