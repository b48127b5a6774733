/**
 * The leaderboard in the browser: sorting, filters, pinned rows, one task instead of the mean,
 * comparison, and all of it in the address. Without this script the table is whole as it stands.
 */
import type { Curves, TaskCells } from '../lib/data/boards.ts';
import { mostPins, parseView, viewQuery, type View } from '../lib/tables/query.ts';
import { drawComparison } from './comparison.ts';
import { makeSortable, type Direction } from './sortable.ts';

const find = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;
const table = document.querySelector<HTMLTableElement>('#board');
if (table) start(table);

function start(table: HTMLTableElement): void {
  const form = find<HTMLFormElement>('filters');
  const compare = find<HTMLButtonElement>('compare');
  const status = find('status');
  const data = find('board-data').dataset;
  const headers = [...table.tHead!.rows[1]!.cells];
  const body = table.tBodies[0]!;
  const pinned = document.createElement('tbody');
  const rows = [...body.rows];
  const own = rows.map((row) => [...row.cells].map((cell) => cell.cloneNode(true) as typeof cell));
  const firstOf = (id: string) =>
    headers.find(({ dataset }) => dataset.id === id)?.dataset.first as Direction | undefined;
  let view = parseView(location.search);
  let shownTask: string | null = null;

  const { sort } = makeSortable(table, (id, direction, label) => {
    view = { ...view, sort: id, reversed: direction !== firstOf(id) };
    place();
    keep();
    say(`Sorted by ${label}, ${direction}.`);
  });
  table.insertBefore(pinned, body);
  for (const row of rows) addPin(row);
  form.hidden = false;

  form.addEventListener('change', () => {
    const chosen = new FormData(form);
    const all = (name: string) => chosen.getAll(name).map(String);
    const [task = null] = all('task').filter((name) => name !== '');
    view = {
      ...view,
      families: all('family'),
      regimes: all('regime'),
      checks: all('check'),
      floor: chosen.has('floor'),
      task,
    };
    update();
  });
  form.addEventListener('reset', (event) => {
    event.preventDefault();
    view = parseView('');
    update();
  });
  compare.addEventListener('click', () => {
    view = { ...view, compare: !view.compare };
    update();
  });
  find('share').addEventListener('click', () => {
    void copy(location.href, 'Link copied.');
  });
  addCopy(find('citation'));
  addEventListener('popstate', () => {
    view = parseView(location.search);
    update();
  });
  update();

  function addPin(row: HTMLTableRowElement): void {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'pin';
    const name = row.cells[0]!.querySelector('a')!.textContent;
    button.setAttribute('aria-label', `Pin ${name}, ${row.dataset.regime}`);
    button.addEventListener('click', () => {
      const key = row.dataset.key!;
      const without = view.pins.filter((pin) => pin !== key);
      const isPinned = without.length < view.pins.length;
      if (!isPinned && without.length >= mostPins) {
        say(`At most ${mostPins} rows can be pinned; unpin one first.`);
        return;
      }
      const pins = isPinned ? without : [...without, key];
      view = { ...view, pins, compare: view.compare && pins.length > 0 };
      update();
      button.focus();
    });
    row.cells[0]!.querySelector('.model')!.prepend(button);
  }

  /** Makes the page agree with the view. */
  function update(): void {
    const known = new Set(rows.map(({ dataset }) => dataset.key!));
    view = { ...view, pins: view.pins.filter((pin) => known.has(pin)) };
    if (view.sort !== null && !firstOf(view.sort)) view = { ...view, sort: null, reversed: false };
    const select = form.elements.namedItem('task') as HTMLSelectElement;
    if (![...select.options].some(({ value }) => value === (view.task ?? '')))
      view = { ...view, task: null };
    select.value = view.task ?? '';
    for (const [name, values] of [
      ['family', view.families],
      ['regime', view.regimes],
      ['check', view.checks],
    ] as const) {
      for (const box of form.querySelectorAll<HTMLInputElement>(`[name='${name}']`))
        box.checked = values.includes(box.value);
    }
    const floor = form.elements.namedItem('floor') as HTMLInputElement | null;
    if (floor) floor.checked = view.floor;
    table.classList.toggle('without-optional', !view.floor);
    const passes = (values: readonly string[], value: string) =>
      values.length === 0 || values.includes(value);
    let count = 0;
    for (const row of rows) {
      const { key, family, regime, check } = row.dataset as Record<string, string>;
      const isPinned = view.pins.includes(key!);
      const fits =
        passes(view.families, family!) &&
        passes(view.regimes, regime!) &&
        passes(view.checks, check!);
      row.hidden = !fits && !isPinned;
      if (!row.hidden) count++;
      row.querySelector('.pin')!.setAttribute('aria-pressed', String(isPinned));
    }
    place();
    compare.disabled = view.pins.length === 0;
    compare.setAttribute('aria-pressed', String(view.compare));
    keep();
    say(`${count} of ${rows.length} rows.`);
    void showTask();
    void showComparison();
  }

  /** Pinned rows on top in the order of pinning, the others sorted. */
  function place(): void {
    body.append(...rows);
    if (view.sort === null) for (const header of headers) header.removeAttribute('aria-sort');
    else sort(view.sort, directionOf(view));
    pinned.append(...view.pins.map((pin) => rows.find(({ dataset }) => dataset.key === pin)!));
  }

  function directionOf({ sort: id, reversed }: View): Direction {
    const first = firstOf(id!)!;
    if (!reversed) return first;
    return first === 'ascending' ? 'descending' : 'ascending';
  }

  async function showTask(): Promise<void> {
    const { task } = view;
    if (task === shownTask) return;
    const cells =
      task === null ? null : ((await load(`${data.tasks}${task}.json`)) as TaskCells | null);
    if (task !== view.task || (task !== null && !cells)) return;
    shownTask = task;
    rows.forEach((row, i) => {
      const count = cells?.[row.dataset.key!]?.length ?? row.cells.length - 2;
      for (let c = 0; c < count; c++) {
        const cell = row.cells[c + 2]!;
        const plain = own[i]![c + 2]!;
        const replaced = cells?.[row.dataset.key!]?.[c];
        if (!replaced) {
          cell.replaceWith(plain.cloneNode(true));
          continue;
        }
        const [html, value, state] = replaced;
        cell.innerHTML = html;
        cell.classList.remove('missing', 'failed');
        if (state !== 'done') cell.classList.add(state);
        if (value === null) delete cell.dataset.sort;
        else cell.dataset.sort = String(value);
      }
    });
    place();
  }

  async function showComparison(): Promise<void> {
    const section = find('comparison');
    if (!view.compare) {
      section.hidden = true;
      return;
    }
    const curves = (await load(data.curves!)) as Curves | null;
    if (!curves || !view.compare) return;
    const chosen = view.pins.map((key) => {
      const row = rows.find(({ dataset }) => dataset.key === key)!;
      const name = row.cells[0]!.querySelector('a')!.textContent;
      return { key, label: `${name}, ${row.dataset.regime}` };
    });
    drawComparison(find('comparison-charts'), find('comparison-legend'), curves, chosen);
    section.hidden = false;
  }

  function keep(): void {
    history.replaceState(null, '', location.pathname + viewQuery(view) + location.hash);
  }

  function say(words: string): void {
    status.textContent = words;
  }

  async function load(address: string): Promise<unknown> {
    try {
      const response = await fetch(address);
      if (response.ok) return await response.json();
    } catch {
      // Told below, like an answer that is no data.
    }
    say('The data could not be loaded; try again.');
    return null;
  }

  async function copy(text: string, done: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      say(done);
    } catch {
      say('The browser does not allow copying; take it from the address bar or the page.');
    }
  }

  function addCopy(block: HTMLElement): void {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = 'Copy citation';
    button.addEventListener('click', () => {
      void copy(block.textContent, 'Citation copied.').then(() => {
        button.textContent = status.textContent!;
      });
    });
    block.after(button);
  }
}
