/** The chart of use, or accuracy above chance, against distance of the models under one regime, for wide and narrow screens. */
import type { Regime } from '../../../../core/vocabulary.ts';
import type { BoardTask, TierBoard } from '../../../../leaderboards/board/schema.ts';
import type { DistanceChart } from './distanceChart.ts';
import { floorCurves, type Floor } from '../leaders/floor.ts';
import { names, reachFinding } from '../words/findings.ts';
import { measureName, measureTitle } from '../words/measures.ts';
import { regimeOrder } from '../../../../leaderboards/board/schema.ts';
import { entriesOf, limitsOf, modelCurves, representatives, type Entry } from '../tables/view.ts';

/**
 * @param entries of this task and regime, finished
 * @param floor what the strongest shortcut scores
 */
export function reachCharts(
  task: BoardTask,
  regime: Regime,
  entries: readonly Entry[],
  floor: Floor | null,
): { wide: DistanceChart; narrow: DistanceChart } {
  const drawn = representatives(entries);
  const curves = [...modelCurves(drawn), ...floorCurves(task, floor)];
  const common = {
    measure: measureName(task),
    label: `${measureTitle(task)} against distance on ${task.title}, regime ${regime}`,
    description: reachFinding(task, regime, entries),
  };
  const long = (labels: string[], limit: number) =>
    `certified limit of ${names(labels, 2)}: ${limit} tokens`;
  const short = (labels: string[], limit: number) => `limit of ${names(labels, 1)}: ${limit}`;
  return {
    wide: {
      ...common,
      curves,
      limits: limitsOf(drawn, long),
      width: 720,
      height: 400,
      labelWidth: 196,
    },
    narrow: {
      ...common,
      curves: brief(curves),
      limits: limitsOf(drawn, short),
      width: 320,
      height: 300,
      labelWidth: 118,
    },
  };
}

/** Curves with short labels: no options where one curve of the model is drawn, and "conv." */
export function brief<Labelled extends { label: string }>(curves: readonly Labelled[]): Labelled[] {
  const stem = (label: string) => label.replace(/ \(.*\)$/, '');
  return curves.map((curve) => {
    const alone = curves.filter(({ label }) => stem(label) === stem(curve.label)).length === 1;
    const label = alone ? stem(curve.label) : curve.label;
    return { ...curve, label: label.replace(/\bconvolution\b/, 'conv.') };
  });
}

/** Every such chart that a tier has results for. */
export function chartedRegimes(
  tier: TierBoard,
): { task: BoardTask; regime: Regime; entries: Entry[] }[] {
  const controlled = tier.tasks.filter(({ kind }) => kind === 'controlled');
  return controlled.flatMap((task) => {
    const done = entriesOf(tier, task).filter(({ cell }) => cell.state === 'done');
    return regimeOrder
      .map((regime) => ({
        task,
        regime,
        entries: done.filter(({ row }) => row.regime === regime),
      }))
      .filter(({ entries }) => entries.length > 0);
  });
}
