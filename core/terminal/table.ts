/** A table for the terminal: columns padded to their widest cell, numbers to the right. */

export interface Column<Row> {
  title: string;
  cell(row: Row): string;
  align?: 'left' | 'right';
}

export function formatTable<Row>(columns: Column<Row>[], rows: Row[]): string {
  const cells = rows.map((row) => columns.map((column) => column.cell(row)));
  const widths = columns.map(({ title }, i) =>
    Math.max(title.length, ...cells.map((line) => [...line[i]!].length)),
  );
  const line = (texts: string[]) =>
    texts
      .map((text, i) => {
        const gap = ' '.repeat(widths[i]! - [...text].length);
        return columns[i]!.align === 'right' ? gap + text : text + gap;
      })
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [line(columns.map(({ title }) => title)), rule, ...cells.map(line)].join('\n');
}
