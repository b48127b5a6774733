/** A chart as a file of its own: with its namespace, its font, and the light colours in place of variables. */

/** @param css the styles that define the colours, the light ones first */
export function standaloneSvg(svg: string, css: string): string {
  const light = css.slice(0, css.indexOf('@media'));
  const colours = new Map(
    [...light.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name!, value!]),
  );
  const colour = (name: string) => {
    const value = colours.get(name);
    if (!value) throw new Error(`the chart uses --${name}, which the styles do not define`);
    return value;
  };
  const coloured = svg.replace(/var\(--([a-z-]+)\)/g, (_, name: string) => colour(name));
  // XML allows each attribute once, so what the chart has already is merged or left out.
  const style = /^<svg[^>]* style="([^"]*)"/.exec(coloured)?.[1];
  const styles = [...(style ? [style] : []), `background:${colour('paper')}`].join(';');
  const root = `<svg xmlns="http://www.w3.org/2000/svg" color="${colour('ink-soft')}" font-family="sans-serif" style="${styles}"`;
  return `${coloured.replace(/^<svg[^>]*>/, (tag) =>
    tag.replace(/ (xmlns|style|color|font-family)="[^"]*"/g, '').replace('<svg', root),
  )}\n`;
}
