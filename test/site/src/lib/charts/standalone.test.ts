import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { standaloneSvg } from '../../../../../site/src/lib/charts/standalone.ts';

const css = readFileSync(
  new URL('../../../../../site/src/styles/base.css', import.meta.url),
  'utf8',
);

describe('a chart as a file of its own', () => {
  it('has its namespace once, and colours in place of variables', () => {
    const svg = standaloneSvg(
      '<svg role="img" style="font-size:12px" xmlns="http://www.w3.org/2000/svg"><path stroke="var(--attention)"/></svg>',
      css,
    );
    expect(svg.match(/xmlns=/g)).toHaveLength(1);
    expect(svg.match(/ style=/g)).toHaveLength(1);
    expect(svg).toMatch(/ style="font-size:12px;background:#[0-9a-f]{6}"/);
    expect(svg).toContain('stroke="#133b8e"');
    expect(svg).not.toContain('var(');
  });
});
