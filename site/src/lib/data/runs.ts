/** What the page of a run shows: its own charts, and its spec as rows. */
import { displayName } from '../../../../leaderboards/records/names.ts';
import type { RunRecord } from '../../../../leaderboards/records/schema.ts';
import { compact, duration, fixed, percent } from '../words/format.ts';
import { curvePoint, measureName, measureTitle } from '../words/measures.ts';
import { lineChart, niceTicks, type LineChart } from '../charts/lines.ts';
import { familyColour } from '../charts/palette.ts';

const frame = { width: 480, height: 260 } as const;

/** Use, or accuracy above chance, at each distance; null for standard tasks and where nothing was measured. */
export function distanceCurve(
  { task, model, result, spec }: RunRecord,
  label: string,
): string | null {
  if (!result || result.distances.length === 0) return null;
  const { distances } = result;
  const { reach } = model;
  const measured = { table: task.table ?? null };
  const [near, far] = [distances[0]!, distances.at(-1)!];
  const within = reach !== null && reach >= near.distance && reach <= far.distance;
  return lineChart({
    ...frame,
    label: `${measureTitle(measured)} against distance of ${label}`,
    description: `${percent(near.accuracy)} % at ${near.distance} tokens, ${percent(far.accuracy)} % at ${far.distance}.`,
    lines: [
      {
        label: spec.regime,
        colour: familyColour(displayName(model.family)),
        points: distances
          .map((point) => curvePoint(task, point))
          .map(({ distance, value, interval }) => ({
            x: distance,
            y: value,
            low: interval![0],
            high: interval![1],
          })),
      },
    ],
    log: true,
    xTicks: distances.map(({ distance }) => distance),
    xTitle: 'distance of the evidence, tokens (log scale)',
    yTitle: `${measureName(measured)}, %`,
    chance: 0,
    limit:
      within && task.readout === 'query'
        ? { at: reach, text: `certified limit ${reach}` }
        : undefined,
  });
}

/** Loss, and validation accuracy, along the training; null where the run kept none. */
export function trainingCurves({ curve, task, model }: RunRecord, label: string): string[] {
  const colour = familyColour(displayName(model.family));
  const phases = (['pretrain', 'train'] as const).map((phase) => ({
    phase,
    points: curve.filter((point) => point.phase === phase),
  }));
  const charts: string[] = [];
  const chart = (rest: Omit<LineChart, keyof typeof frame | 'log' | 'xTitle' | 'xTicks'>) => {
    const most = Math.max(...rest.lines.flatMap(({ points }) => points.map(({ x }) => x)));
    charts.push(
      lineChart({ ...frame, ...rest, log: false, xTicks: niceTicks(most), xTitle: 'step' }),
    );
  };
  const train = phases[1]!.points;
  const validated = train.filter(({ validation }) => validation !== undefined);
  if (validated.length > 0) {
    chart({
      label: `Validation accuracy of ${label} along its training`,
      description: `It ends at ${percent(validated.at(-1)!.validation!)} %.`,
      yTitle: 'validation accuracy, %',
      chance: task.chance,
      lines: [
        {
          label: 'train',
          colour,
          points: validated.map(({ step, validation }) => ({ x: step, y: validation! })),
        },
      ],
    });
  }
  const losses = phases.filter(({ points }) => points.length > 0);
  if (losses.length > 0) {
    const most = Math.max(...curve.map(({ loss }) => loss));
    chart({
      label: `Loss of ${label} along its training`,
      description: losses
        .map(({ phase, points }) => `${phase} ends at ${fixed(points.at(-1)!.loss, 3)}`)
        .join(', '),
      yTitle: 'loss, nats',
      yTicks: niceTicks(most),
      lines: losses.map(({ phase, points }) => ({
        label: phase,
        colour,
        ...(phase === 'pretrain' ? { dash: '6 4' } : {}),
        points: points.map(({ step, loss }) => ({ x: step, y: loss })),
      })),
    });
  }
  return charts;
}

/** Whose word the state size is: in general it cannot be computed from a program. */
function declaredState(verification: RunRecord['verification']): string {
  if (!verification) return '';
  const { leastState } = verification;
  return leastState === undefined
    ? ', as declared'
    : `, as declared; at least ${compact(leastState)} were measured`;
}

export type Facts = [term: string, value: string][];

export function specFacts({ spec, model, budget, verification }: RunRecord): Facts {
  const { protocol, size } = spec;
  const options = Object.entries(spec.modelOptions);
  return [
    ['Benchmark', `${spec.benchmark}, tier ${spec.tier}`],
    ['Regime', spec.regime],
    ['Seed', `${spec.seed}, data ${spec.dataSeed}`],
    ...(options.length > 0
      ? ([
          ['Options', options.map(([k, v]) => displayName(`${k} ${String(v)}`, 100)).join(', ')],
        ] as Facts)
      : []),
    [
      'Size',
      `${size.layers} layers of width ${size.width}, ${compact(model.parameters)} parameters`,
    ],
    ['State size', `${compact(model.stateSize)} numbers${declaredState(verification)}`],
    ['Steps', `${protocol.steps} of ${protocol.batch} sequences`],
    ...(spec.regime === 'scratch'
      ? []
      : ([['Pretraining', `${protocol.pretrainSteps} steps`]] as Facts)),
    [
      'Learning rate',
      protocol.learningRates
        ? `tuned: best on validation of ${protocol.learningRates.join(', ')}`
        : `fixed: ${protocol.learningRate}`,
    ],
    ['Token-steps', compact(budget.total)],
  ];
}

export function provenanceFacts({ provenance, timing, predictions }: RunRecord): Facts {
  const { engine, device, threads, node, system, processor, commit, modified } = provenance;
  const packages = Object.entries(provenance.packages).map(
    ([name, version]) => `${name} ${version}`,
  );
  return [
    ['Engine', displayName(`${engine}, ${device}`, 240)],
    ['Machine', displayName(`${system}, Node ${node}, threads ${threads}`, 160)],
    ...(processor ? ([['Processor', displayName(processor)]] as Facts) : []),
    ...(packages.length > 0
      ? ([['Packages', displayName(packages.join(', '), 300)]] as Facts)
      : []),
    ['Commit', `${displayName(commit)}${modified ? ', with changes of its own' : ''}`],
    ['Ended', `${timing.ended.slice(0, 16).replace('T', ' ')} UTC`],
    [
      'Time',
      `${duration(timing.seconds)} in ${timing.attempts} ${timing.attempts === 1 ? 'attempt' : 'attempts'}, ${fixed(timing.stepMilliseconds, 0)} ms a step`,
    ],
    ['Memory', `${Math.round(timing.peakBytes / 1e6)} MB at most`],
    ...(predictions
      ? ([['Predictions', `sha256 ${predictions.sha256.slice(0, 16)}…`]] as Facts)
      : []),
  ];
}
