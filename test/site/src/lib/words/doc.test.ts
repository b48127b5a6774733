import { describe, expect, it } from 'vitest';
import { docBlocks, formulaHtml, proseHtml } from '../../../../../site/src/lib/words/doc.ts';
import { modelSource, taskSource } from '../../../../../site/src/lib/data/sources.ts';
import { tasks } from '../../../../../generators/registry.ts';
import { mixers } from '../../../../../models/registry.ts';

describe('a doc comment as blocks', () => {
  it('keeps paragraphs, formulas and lists apart', () => {
    const source = `import x from 'y';
/**
 * First line
 * goes on:
 *
 *   y = x + 1
 *   z = y
 *
 * - one
 *   goes on
 * - two
 *
 * End.
 */
/** Another. */`;
    expect(docBlocks(source)).toEqual([
      { kind: 'words', lines: ['First line goes on:'] },
      { kind: 'formula', lines: ['y = x + 1', 'z = y'] },
      { kind: 'list', lines: ['one goes on', 'two'] },
      { kind: 'words', lines: ['End.'] },
    ]);
    expect(docBlocks('const a = 1;')).toEqual([]);
  });
  it('is found for every task and every model', () => {
    for (const { name } of tasks) expect(taskSource(name)?.blocks.length, name).toBeGreaterThan(0);
    for (const { name } of mixers)
      expect(modelSource(name)?.blocks.length, name).toBeGreaterThan(0);
    expect(modelSource('model-0')).toBeNull();
  });
});

describe('prose as HTML', () => {
  it('escapes everything, links https only', () => {
    expect(proseHtml('a < b & "c" `x<y` **so**')).toBe(
      'a &lt; b &amp; &quot;c&quot; <code>x&lt;y</code> <strong>so</strong>',
    );
    expect(proseHtml('see https://arxiv.org/abs/1, or javascript:alert(1)')).toBe(
      'see <a href="https://arxiv.org/abs/1">arxiv.org/abs/1</a>, or javascript:alert(1)',
    );
  });
  it('sets signs low and high', () => {
    expect(formulaHtml('h_{t−1} + e^(c_i) < x_t')).toBe(
      'h<sub>t−1</sub> + e<sup>c<sub>i</sub></sup> &lt; x<sub>t</sub>',
    );
    expect(proseHtml('x_t of read_me', { symbols: true })).toBe('x<sub>t</sub> of read_me');
    expect(proseHtml('x_t')).toBe('x_t');
  });
});
