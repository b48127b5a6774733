/**
 * Makes the headers of a table sort its rows, within each section. Cells sort by `data-sort`, else by
 * their text; those with neither come last.
 */
export type Direction = 'ascending' | 'descending';

export interface Sortable {
  /** Sorts by a column, by its `data-id`; the first direction of the column if none is given. */
  sort(id: string, direction?: Direction): void;
}

/** @param told is called after a header was used */
export function makeSortable(
  table: HTMLTableElement,
  told?: (id: string, direction: Direction, label: string) => void,
): Sortable {
  const headers = [...table.tHead!.rows[table.tHead!.rows.length - 1]!.cells];

  function sort(id: string, wanted?: Direction): void {
    const column = headers.findIndex(({ dataset }) => dataset.id === id);
    const header = headers[column];
    if (!header) return;
    const direction = wanted ?? (header.dataset.first as Direction);
    for (const each of headers) each.removeAttribute('aria-sort');
    header.setAttribute('aria-sort', direction);
    for (const body of table.tBodies) sortRows(body, column, direction);
  }

  for (const header of headers) {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...[...header.childNodes].filter((node) => !isDrawing(node)));
    // The arrow stands on the line of the last word, which a space would let it leave.
    const last = button.lastChild;
    if (last instanceof Text) last.data = last.data.trimEnd();
    header.prepend(button);
    button.addEventListener('click', () => {
      const id = header.dataset.id!;
      const first = header.dataset.first as Direction;
      const other = first === 'ascending' ? 'descending' : 'ascending';
      const direction = header.ariaSort === first ? other : first;
      sort(id, direction);
      told?.(id, direction, button.textContent.trim());
    });
  }
  return { sort };
}

/** An axis over a column is no part of its name. */
const isDrawing = (node: Node) => node instanceof Element && node.matches('.axis');

function sortRows(body: HTMLTableSectionElement, column: number, direction: Direction): void {
  const sign = direction === 'ascending' ? 1 : -1;
  const rows = [...body.rows].filter((row) => !row.matches('.section'));
  const keyed = rows.map((row) => ({ row, key: keyOf(row.cells[column]!) }));
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
    return sign * (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
  });
  body.append(...keyed.map(({ row }) => row));
}

function keyOf(cell: HTMLTableCellElement): number | string | null {
  if (cell.dataset.sort !== undefined) return Number(cell.dataset.sort);
  return cell.matches('.failed, .missing') ? null : cell.textContent.trim().toLowerCase();
}
