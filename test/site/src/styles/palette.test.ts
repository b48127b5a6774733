/** Colours of families: legible on the page, and apart for readers who confuse red and green. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../../../../site/src/styles/base.css', import.meta.url), 'utf8');
const [light, dark] = css.split('@media screen and (prefers-color-scheme: dark)');
const families = [
  'attention',
  'local-attention',
  'efficient-attention',
  'state-space',
  'convolution',
  'recurrence',
  'control',
  'other-family',
];
type Rgb = [number, number, number];

/** Linear light of a variable, 0 to 1. */
function colour(theme: string, name: string): Rgb {
  const hex = new RegExp(`--${name}: #([0-9a-f]{6});`).exec(theme)?.[1];
  if (!hex) throw new Error(`no colour --${name}`);
  return [0, 2, 4].map((i) => {
    const value = parseInt(hex.slice(i, i + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
}

function contrast(a: Rgb, b: Rgb): number {
  const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Complete dichromacy: Machado, Oliveira and Fernandes 2009, severity 1, on linear light. */
const visions: Record<string, Rgb[]> = {
  'all cones': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  'no red cones': [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  'no green cones': [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

/** Difference as seen, in OKLab (Ottosson 2020), times 100. */
function difference(a: Rgb, b: Rgb): number {
  const [x, y] = [oklab(a), oklab(b)];
  return 100 * Math.hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2]);
}

function oklab([r, g, b]: Rgb): Rgb {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

describe.each([
  ['light', light!],
  ['dark', dark!],
])('%s', (_, theme) => {
  it.each([...families, 'ink', 'ink-soft', 'accent', 'fail'])('%s is legible on paper', (name) => {
    expect(contrast(colour(theme, name), colour(theme, 'paper'))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(Object.entries(visions))('families differ for eyes with %s', (_, matrix) => {
    const seen = families.map((name): [string, Rgb] => {
      const rgb = colour(theme, name);
      const through = matrix.map((row) =>
        Math.min(1, Math.max(0, row[0] * rgb[0] + row[1] * rgb[1] + row[2] * rgb[2])),
      );
      return [name, through as Rgb];
    });
    for (const [i, [name, a]] of seen.entries()) {
      for (const [other, b] of seen.slice(i + 1)) {
        expect(difference(a, b), `${name} and ${other}`).toBeGreaterThan(7);
      }
    }
  });
});
