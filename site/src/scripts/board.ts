/**
 * The leaderboard in the browser: search, filters, sorting, rows pinned for comparison, and all of it
 * in the address, which the links to other regimes and tasks carry on. Without this script the table
 * is whole as it stands.
 */
import { isShown, mostPins, parseView, viewQuery, type View } from '../lib/tables/query.ts';
import './copy.ts';
import { makeSortable, type Direction } from './sortable.ts';

const find = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;
const table = document.querySelector<HTMLTableElement>('#board');
if (table) start(table);

function start(table: HTMLTableElement): void {
  const form = find<HTMLFormElement>('filters');
  const more = find<HTMLInputElement>('more');
  const compare = find<HTMLButtonElement>('compare');
  const status = find('status');
  const headers = [...table.tHead!.rows[0]!.cells];
  const bodies = [...table.tBodies].map((body) => ({ body, rows: [...body.rows] }));
  const rows = bodies.flatMap(({ rows }) => rows.filter(({ dataset }) => dataset.key));
  const links = [...document.querySelectorAll<HTMLAnchorElement>('.switch a')];
  const firstOf = (id: string) =>
    headers.find(({ dataset }) => dataset.id === id)?.dataset.first as Direction | undefined;
  const nameOf = (row: HTMLTableRowElement) => row.cells[0]!.querySelector('a')!.textContent;
  let view = parseView(location.search);

  const { sort } = makeSortable(table, (id, direction, label) => {
    view = { ...view, sort: id, reversed: direction !== firstOf(id) };
    keep();
    say(`Sorted by ${label}, ${direction}.`);
  });
  for (const row of rows) addPin(row);
  form.hidden = false;

  const read = () => {
    const chosen = new FormData(form);
    const text = (name: string) => chosen.getAll(name).map(String).join('');
    view = {
      ...view,
      search: text('q'),
      families: chosen.getAll('family').map(String),
      cost: text('cost'),
      more: more.checked,
    };
    update();
  };
  form.addEventListener('input', read);
  form.addEventListener('submit', (event) => event.preventDefault());
  more.addEventListener('change', read);
  form.addEventListener('reset', (event) => {
    event.preventDefault();
    view = parseView('');
    update();
  });
  compare.addEventListener('click', () => {
    const [first, ...others] = view.pins;
    const path = rows.find(({ dataset }) => dataset.key === first)!.dataset.compare!;
    location.href = `${path}?${new URLSearchParams(others.map((key) => ['with', key])).toString()}`;
  });
  find('share').addEventListener('click', () => {
    navigator.clipboard.writeText(location.href).then(
      () => say('Link copied.'),
      () => say('The browser does not allow copying; take it from the address bar.'),
    );
  });
  addEventListener('popstate', () => {
    view = parseView(location.search);
    update();
  });
  update();

  function addPin(row: HTMLTableRowElement): void {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'pin';
    button.setAttribute('aria-label', `Pin ${nameOf(row)}`);
    button.addEventListener('click', () => {
      const key = row.dataset.key!;
      const without = view.pins.filter((pin) => pin !== key);
      const isPinned = without.length < view.pins.length;
      if (!isPinned && without.length >= mostPins) {
        say(`At most ${mostPins} rows can be pinned; unpin one first.`);
        return;
      }
      view = { ...view, pins: isPinned ? without : [...without, key] };
      update();
    });
    row.cells[0]!.querySelector('.model')!.prepend(button);
  }

  /** Makes the page agree with the view. */
  function update(): void {
    const known = new Set(rows.map(({ dataset }) => dataset.key!));
    view = { ...view, pins: view.pins.filter((pin) => known.has(pin)) };
    if (view.sort !== null && !firstOf(view.sort)) view = { ...view, sort: null, reversed: false };
    const select = form.elements.namedItem('cost') as HTMLSelectElement | null;
    if (![...(select?.options ?? [])].some(({ value }) => value === view.cost))
      view = { ...view, cost: '' };
    if (select) select.value = view.cost;
    (form.elements.namedItem('q') as HTMLInputElement).value = view.search;
    more.checked = view.more;
    for (const box of form.querySelectorAll<HTMLInputElement>('[name=family]'))
      box.checked = view.families.includes(box.value);
    let count = 0;
    for (const row of rows) {
      const { key, family, cost } = row.dataset as Record<string, string>;
      const isPinned = view.pins.includes(key!);
      const fits = isShown(view, { name: nameOf(row), family: family!, cost: cost! });
      row.hidden = !fits && !isPinned;
      if (!row.hidden) count++;
      row.querySelector('.pin')!.setAttribute('aria-pressed', String(isPinned));
    }
    place();
    compare.disabled = view.pins.length < 2;
    keep();
    say(`${count} of ${rows.length} rows.`);
  }

  function place(): void {
    if (view.sort !== null) {
      sort(view.sort, directionOf(view));
      return;
    }
    for (const { body, rows } of bodies) body.append(...rows);
    for (const header of headers) header.removeAttribute('aria-sort');
  }

  function directionOf({ sort: id, reversed }: View): Direction {
    const first = firstOf(id!)!;
    if (!reversed) return first;
    return first === 'ascending' ? 'descending' : 'ascending';
  }

  function keep(): void {
    history.replaceState(null, '', location.pathname + viewQuery(view) + location.hash);
    // Rows of another regime have other keys, so pins stay here.
    const carried = viewQuery({ ...view, sort: null, reversed: false, pins: [] });
    for (const link of links) link.search = carried;
  }

  function say(words: string): void {
    status.textContent = words;
  }
}
