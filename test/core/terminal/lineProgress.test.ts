import { describe, expect, it } from 'vitest';
import { progressReporter } from '../../../core/terminal/lineProgress.ts';

/** What a reporter of ten thousand quick steps writes. */
function written(isTTY: boolean): string {
  let text = '';
  const out = {
    isTTY,
    write: (part: string) => (text += part),
  } as unknown as typeof process.stderr;
  const report = progressReporter('made', out);
  for (let done = 1; done <= 10_000; done++) report(done, 10_000);
  return text;
}

describe('progress', () => {
  it('is one line that is written over on a terminal, not more often than can be read', () => {
    const text = written(true);
    expect(text).toMatch(/^\r\x1b\[Kmade 1 of 10000 \(0 %\)/);
    expect(text).toMatch(/\r\x1b\[Kmade 10000 of 10000 \(100 %\)\n$/);
    expect(text.split('\n')).toHaveLength(2);
    expect(text.split('\r').length).toBeLessThan(100);
  });

  it('is plain lines elsewhere', () => {
    expect(written(false)).toMatch(
      /^(made \d+ of 10000 \(\d+ %\)\n)*made 10000 of 10000 \(100 %\)\n$/,
    );
  });
});
