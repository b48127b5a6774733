/**
 * Makes the headers of a table sort its rows. Without this script the table is whole and in the
 * board's own order. Cells sort by `data-sort`, else by their text; those with neither come last.
 */
type Direction = 'ascending' | 'descending';

const announcement = document.getElementById('sorted');

for (const table of document.querySelectorAll<HTMLTableElement>('table.sortable')) {
  const headers = [...table.tHead!.rows[table.tHead!.rows.length - 1]!.cells];
  headers.forEach((header, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener('click', () => {
      const first = header.dataset.first as Direction;
      const other = first === 'ascending' ? 'descending' : 'ascending';
      const direction = header.ariaSort === first ? other : first;
      for (const each of headers) each.removeAttribute('aria-sort');
      header.setAttribute('aria-sort', direction);
      sortRows(table.tBodies[0]!, column, direction);
      if (announcement)
        announcement.textContent = `Sorted by ${button.textContent!.trim()}, ${direction}.`;
    });
  });
}

function sortRows(body: HTMLTableSectionElement, column: number, direction: Direction): void {
  const sign = direction === 'ascending' ? 1 : -1;
  const keyed = [...body.rows].map((row) => ({ row, key: keyOf(row.cells[column]!) }));
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
    return sign * (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
  });
  body.append(...keyed.map(({ row }) => row));
}

function keyOf(cell: HTMLTableCellElement): number | string | null {
  if (cell.dataset.sort !== undefined) return Number(cell.dataset.sort);
  return cell.matches('.done, .failed, .missing') ? null : cell.textContent!.trim().toLowerCase();
}
