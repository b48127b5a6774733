/** Observable Plot without a browser: a plot as SVG text, the same bytes for the same options. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

const { document } = parseHTML('<!doctype html><html><body></body></html>');

/** Of all text in a chart, in the units of its own width. */
export const fontSize = 12;

export interface Alternative {
  /** What the chart is. */
  label: string;
  /** What it shows, for those who do not see it. */
  description: string;
}

export function renderSvg(options: Plot.PlotOptions, { label, description }: Alternative): string {
  const svg = Plot.plot({
    ...options,
    document: document,
    className: 'plot',
    style: { fontSize: `${fontSize}px` },
    ariaLabel: label,
    ariaDescription: description,
  });
  // Plot's own style element would stand in every chart; the page has one rule for all of them.
  svg.querySelector('style')?.remove();
  svg.setAttribute('role', 'img');
  svg.removeAttribute('font-family');
  // Inside an image there is nothing to name; parts with names would only be announced twice.
  for (const part of svg.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
  return shorten(svg.outerHTML);
}

/** Coordinates to a tenth of a unit: invisible, and a third fewer bytes. */
function shorten(svg: string): string {
  return svg.replace(/\d+\.\d{3,}/g, (number) => String(Math.round(Number(number) * 10) / 10));
}
