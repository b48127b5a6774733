/** A chart as a file of its own: with its namespace, its font, and the light colours in place of variables. */
import base from '../styles/base.css?raw';

const light = new Map(
  [...base.slice(0, base.indexOf('@media')).matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(
    ([, name, value]) => [name!, value!],
  ),
);

export function standaloneSvg(svg: string): string {
  const coloured = svg.replace(/var\(--([a-z-]+)\)/g, (_, name: string) => light.get(name)!);
  const root = `<svg xmlns="http://www.w3.org/2000/svg" color="${light.get('ink-soft')}" font-family="sans-serif" style="background:${light.get('paper')}"`;
  return `${coloured.replace(/ xmlns="[^"]*"/, '').replace(/^<svg/, root)}\n`;
}
