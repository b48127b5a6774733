import { describe, expect, it } from 'vitest';
import { formatCurve } from '../../../core/terminal/curve.ts';
import { countReporter, duration, openDisplay } from '../../../core/terminal/progress.ts';
import { formatTable } from '../../../core/terminal/table.ts';

describe('formatTable', () => {
  it('pads columns to their widest cell and puts numbers to the right', () => {
    const text = formatTable(
      [
        { title: 'name', cell: ([name]: [string, number]) => name },
        { title: 'n', cell: ([, n]: [string, number]) => String(n), align: 'right' },
      ],
      [
        ['a', 7],
        ['longer', 123],
      ],
    );
    expect(text.split('\n')).toEqual(['name      n', '──────  ───', 'a         7', 'longer  123']);
  });
});

describe('formatCurve', () => {
  it('draws each series at its height, side by side where they meet, with chance dotted', () => {
    const text = formatCurve(
      [4, 8],
      [
        { label: 'first', values: [1, 0.5] },
        { label: 'second', values: [1, undefined] },
      ],
      0.25,
    );
    const lines = text.split('\n');
    expect(lines[1]).toBe('1.0 │AB');
    expect(lines.find((line) => line.includes('A') && !line.includes('B'))).toMatch(/│ {8}A$/);
    expect(lines.filter((line) => /·{8}/.test(line))).toHaveLength(1);
    expect(text).toContain('A  first');
    expect(text).toContain('chance 0.250');
  });

  it('draws values below 0, which use takes by chance, on the lowest line', () => {
    const text = formatCurve([4], [{ label: 'first', values: [-0.2] }], 0, 'use');
    const lines = text.split('\n');
    expect(lines[0]).toBe('use');
    expect(text).toContain('no use');
    expect(lines.find((line) => line.includes('A'))).toBe('0.0 │A·······');
  });
});

describe('progress', () => {
  const writer = (isTTY: boolean) => {
    const written: string[] = [];
    const stream = { isTTY, columns: 60, write: (text: string) => written.push(text) > 0 };
    return { written, stream: stream as unknown as NodeJS.WriteStream };
  };

  it('writes plain lines where it is piped: the first and the end, not every tick', () => {
    const { written, stream } = writer(false);
    const display = openDisplay(stream);
    for (let i = 0; i < 50; i++) display.update('a', `step ${i}`, i / 50);
    display.finish('a', 'done');
    display.close();
    expect(written).toEqual(['a  step 0\n', 'a  done\n']);
  });

  it('redraws in place on a terminal and keeps what is finished', () => {
    const { written, stream } = writer(true);
    const display = openDisplay(stream);
    display.update('a', 'step', 0.5);
    display.finish('a', 'done');
    display.close();
    const text = written.join('');
    expect(text).toContain('██████████░░░░░░░░░░ a  step');
    expect(text).toContain('\x1b[1A');
    expect(text.endsWith('a  done\n')).toBe(true);
  });

  it('counts examples on one line of a terminal, and on a few plain ones elsewhere', () => {
    for (const isTTY of [true, false]) {
      const { written, stream } = writer(isTTY);
      const report = countReporter('made', stream);
      for (let done = 1; done <= 10_000; done++) report(done, 10_000);
      expect(written.join('')).toMatch(/made {2}10000 of 10000 \(100 %\)\n$/);
      expect(written.length).toBeLessThan(100);
    }
  });

  it('writes durations in the largest two units', () => {
    expect([4.4, 75, 3700].map(duration)).toEqual(['4s', '1m 15s', '1h 1m']);
  });
});
