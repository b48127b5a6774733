/** Charts of accuracy against distance as files. */
import type { APIRoute } from 'astro';
import { floorLevels } from '../../lib/data/audits.ts';
import { shownTier } from '../../lib/data/data.ts';
import { distanceChart } from '../../lib/charts/distanceChart.ts';
import { chartedRegimes, reachCharts } from '../../lib/charts/reachCharts.ts';
import { standaloneSvg } from '../../lib/charts/standalone.ts';
import css from '../../styles/base.css?raw';

export function getStaticPaths() {
  return (shownTier ? chartedRegimes(shownTier) : []).map(({ task, regime, entries }) => ({
    params: { chart: `${task.name}-${regime}` },
    props: {
      svg: standaloneSvg(
        distanceChart(reachCharts(task, regime, entries, floorLevels(shownTier!, task)).wide),
        css,
      ),
    },
  }));
}

export const GET: APIRoute<{ svg: string }> = ({ props }) => new Response(props.svg);
