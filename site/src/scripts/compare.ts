/**
 * Comparison of a few chosen models: the address names them after `with`, the other rows are hidden,
 * and their curves are drawn side by side. Without this script the page compares with all.
 */
import type { Curves } from '../lib/data/boards.ts';
import { drawComparison } from './comparison.ts';

const chosen = new URLSearchParams(location.search).getAll('with');
const section = document.getElementById('side-by-side')!;
const rows = [...document.querySelectorAll<HTMLTableRowElement>('.differences [data-key]')];
const known = chosen.filter((key) => rows.some(({ dataset }) => dataset.key === key));

if (known.length > 0) {
  for (const row of rows) row.hidden = !known.includes(row.dataset.key!);
  void draw();
}

async function draw(): Promise<void> {
  const response = await fetch(section.dataset.curves!).catch(() => null);
  if (!response?.ok) return;
  const curves = (await response.json()) as Curves;
  const nameOf = (key: string) =>
    rows.find(({ dataset }) => dataset.key === key)!.querySelector('a')!.textContent;
  const own = document.querySelector('h1')!.textContent.split(' beside others')[0]!;
  drawComparison(section.querySelector('.multiples')!, section.querySelector('.legend')!, curves, [
    { key: section.dataset.own!, label: own },
    ...known.slice(0, 3).map((key) => ({ key, label: nameOf(key) })),
  ]);
  section.hidden = false;
}
