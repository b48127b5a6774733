/** Sorts the tables that ask for it, and says so. Without this script a table is whole as it stands. */
import { makeSortable } from './sortable.ts';

for (const table of document.querySelectorAll<HTMLTableElement>('table.sortable')) {
  const status = document.createElement('p');
  status.className = 'hear';
  status.role = 'status';
  table.closest('.scroll')!.after(status);
  makeSortable(table, (_, direction, label) => {
    status.textContent = `Sorted by ${label}, ${direction}.`;
  });
}
