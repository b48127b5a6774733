/**
 * The home page's chart of reach as a picture file, for the README: the same drawing, rendered with
 * a font from a package, so that the same records give the same bytes on every machine.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';
import type { TierBoard } from '../../leaderboards/board/schema.ts';
import type { Audit } from '../../leaderboards/records/audit.ts';
import { distanceChart } from '../src/lib/charts/distanceChart.ts';
import { reachCharts } from '../src/lib/charts/reachCharts.ts';
import { standaloneSvg } from '../src/lib/charts/standalone.ts';
import { floorLevelsIn } from '../src/lib/leaders/floor.ts';
import { entriesOf, leadRegime, leadTask } from '../src/lib/tables/view.ts';

/** Pixels. */
const width = 1600;

/** The chart that leads the home page, as SVG; null for a board without controlled tasks. */
export function reachSvg(tier: TierBoard, audits: readonly Audit[]): string | null {
  const task = leadTask(tier);
  if (!task) return null;
  const done = entriesOf(tier, task).filter(({ cell }) => cell.state === 'done');
  const regime = leadRegime(done);
  if (!regime) return null;
  const entries = done.filter(({ row }) => row.regime === regime);
  const css = readFileSync(new URL('../src/styles/base.css', import.meta.url), 'utf8');
  return standaloneSvg(
    distanceChart(reachCharts(task, regime, entries, floorLevelsIn(audits, tier, task)).wide),
    css,
  );
}

/** An SVG as PNG bytes, `width` pixels wide. */
export function pngOf(svg: string): Uint8Array {
  const { resolve } = createRequire(import.meta.url);
  const font = (name: string) => resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`);
  const drawing = new Resvg(svg, {
    fitTo: { mode: 'width', value: width },
    background: /background:(#[0-9a-f]{6})/.exec(svg)?.[1] ?? 'white',
    font: {
      loadSystemFonts: false,
      fontFiles: [font('DejaVuSans'), font('DejaVuSans-Bold')],
      defaultFontFamily: 'DejaVu Sans',
      sansSerifFamily: 'DejaVu Sans',
    },
  });
  return drawing.render().asPng();
}
