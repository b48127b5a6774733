/** Curves of pinned rows side by side: a chart for each task, drawn in the browser. */
import type { Curves } from '../lib/data/boards.ts';
import { lineChart } from '../lib/charts/lines.ts';

export interface Chosen {
  key: string;
  label: string;
}

const colours = ['--attention', '--local-attention', '--state-space', '--convolution'];
const dashes = [undefined, '6 4', '1 4', '8 3 2 3'];

/** @param legend says in full which line is whose; the labels in the charts may be cut */
export function drawComparison(
  place: HTMLElement,
  legend: HTMLElement,
  { tasks, rows }: Curves,
  chosen: readonly Chosen[],
): void {
  const figures = tasks.flatMap(({ title, measure, distances }, task) => {
    const lines = chosen.flatMap(({ key, label }, i) => {
      const seeds = rows[key]?.[task];
      if (!seeds) return [];
      const mean = (d: number) => seeds.reduce((sum, own) => sum + own[d]!, 0) / seeds.length;
      return [
        {
          label,
          colour: `var(${colours[i]})`,
          dash: dashes[i],
          seeds,
          points: distances.map((x, d) => ({ x, y: mean(d) })),
        },
      ];
    });
    if (lines.length === 0) return [];
    const last = lines.map(
      ({ label, points }) => `${label} ${Math.round(100 * points.at(-1)!.y)} %`,
    );
    const figure = document.createElement('figure');
    const heading = document.createElement('h3');
    heading.textContent = title;
    const chart = document.createElement('div');
    chart.className = 'chart';
    chart.innerHTML = lineChart({
      label: `${measure} against distance on ${title}`,
      description: `At ${distances.at(-1)} tokens: ${last.join(', ')}.`,
      lines,
      log: true,
      xTicks: distances,
      xTitle: 'distance of the evidence, tokens',
      yTitle: `${measure}, %`,
      chance: 0,
      width: 420,
      height: 270,
    });
    figure.append(heading, chart);
    return [figure];
  });
  legend.replaceChildren(
    ...chosen.map(({ label }, i) => {
      const item = document.createElement('li');
      item.innerHTML = `<svg class="mark" viewBox="0 0 28 4" width="28" height="4" aria-hidden="true"><path d="M0 2H28" stroke="var(${colours[i]})" stroke-width="2"${dashes[i] ? ` stroke-dasharray="${dashes[i]}"` : ''}/></svg> `;
      item.append(label);
      return item;
    }),
  );
  if (figures.length === 0) {
    const words = document.createElement('p');
    words.textContent = 'None of these rows has a curve: no controlled task was run.';
    place.replaceChildren(words);
  } else place.replaceChildren(...figures);
}
