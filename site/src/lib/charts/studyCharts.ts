/** The figures of the studies: each a chart, or one for each model or task. Nothing where nothing ran. */
import type { StudyState } from '../../../../evaluate/plan/studyState.ts';
import type { StudyEntry } from '../../../../leaderboards/board/studies.ts';
import { breaksAt, useByVariant } from '../../../../leaderboards/board/studies.ts';
import { reachText, testedLonger, useOf } from '../../../../leaderboards/board/studyTables.ts';
import { compact, points as signedPoints } from '../words/format.ts';
import { lineChart, type Line } from './lines.ts';
import { familyColour } from './palette.ts';

export interface StudyFigure {
  title: string;
  /** For narrow screens, or for several beside each other. */
  svg: string;
  /** For wide screens, where there is one figure. */
  wide?: string;
}

const size = { width: 340, height: 270 };
const large = { width: 720, height: 400 };
const tall = { width: 340, height: 330 };

export function studyFigures({ name, study, entries }: StudyState): StudyFigure[] {
  if (name === 'capacity') return capacityFigure(entries, study.variants);
  if (name === 'length') return lengthFigures(entries);
  if (name === 'labels') return labelFigures(entries, study.variants);
  return signalFigures(entries, study.variants);
}

type Variants = readonly { label: string }[];

/** Colours of the variants of an axis that has no order: those of families, in turn. */
const colours = ['control', 'local-attention', 'state-space', 'attention'].map(
  (name) => `var(--${name})`,
);

/** A chart for each model: before labels dashed, after them solid, a colour for each signal. */
function signalFigures(entries: readonly StudyEntry[], variants: Variants): StudyFigure[] {
  const models = Map.groupBy(entries, ({ label }) => label);
  return [...models].flatMap(([label, own]): StudyFigure[] => {
    const lines = own.flatMap(({ variant, task, before, cells }): Line[] => {
      const colour = colours[variants.findIndex((of) => of.label === variant) % colours.length]!;
      const line = (name: string, use: readonly number[] | undefined, dash?: string): Line[] =>
        use ? [{ label: name, colour, dash, points: placed(task.distances, use) }] : [];
      return [
        ...line(`${variant}, before`, before?.use, '5 4'),
        ...line(`${variant}, after`, useOf(cells.spt)),
      ];
    });
    if (lines.length === 0) return [];
    const reaches = own.flatMap(({ variant, task, before, cells }) => {
      const reach = (of: Parameters<typeof reachText>[0]) => reachText(of, task.distances.at(-1));
      return cells.spt
        ? [`${variant}: before ${reach(before?.reach)}, after ${reach(cells.spt.reach)}`]
        : [];
    });
    const { distances } = own[0]!.task;
    const svg = lineChart({
      label: `Use against distance of ${label}, before and after labels, by signal`,
      description: `Reach in tokens. ${reaches.join('; ')}.`,
      ...{ lines, log: true, xTicks: distances, chance: 0, ...size },
      xTitle: 'distance, tokens',
      yTitle: 'use, %',
    });
    return [{ title: label, svg }];
  });
}

/** A chart for each task: what self-pretraining adds by number of labels, a line for each model. */
function labelFigures(entries: readonly StudyEntry[], variants: Variants): StudyFigure[] {
  const tasks = Map.groupBy(entries, ({ task }) => task.name);
  return [...tasks.values()].flatMap((own): StudyFigure[] => {
    const gains = own.flatMap(({ label, family, variant, gain }) =>
      gain ? [{ label, family, variant, ...gain.overall }] : [],
    );
    if (gains.length === 0) return [];
    const lines = [...Map.groupBy(gains, ({ label }) => label)].map(([label, ofModel]): Line => ({
      label,
      colour: familyColour(ofModel[0]!.family),
      points: ofModel.map(({ variant, mean, interval }) => ({
        ...{ x: Number(variant), y: 100 * mean },
        ...(interval && { low: 100 * interval[0], high: 100 * interval[1] }),
      })),
    }));
    const { title } = own[0]!.task;
    const svg = lineChart({
      label: `What self-pretraining adds on ${title} by number of labels, with 95 % intervals`,
      description: `${gains.map(({ label, variant, mean }) => `${label}, ${variant} labels: ${signedPoints(mean)}`).join('; ')}.`,
      ...{ lines, log: true, xTicks: variants.map(({ label }) => Number(label)), ...size },
      yTicks: spanTicks(
        lines.flatMap(({ points }) => points.flatMap((p) => [p.low ?? p.y, p.high ?? p.y])),
      ),
      xTitle: 'labelled examples',
      yTitle: 'gain, points',
    });
    return [{ title, svg }];
  });
}

/** A chart for each model: use by distance, a line for each length, and where the trained one ends. */
function lengthFigures(entries: readonly StudyEntry[]): StudyFigure[] {
  return testedLonger(entries).map((own): StudyFigure => {
    const { label } = own[0]!;
    const trained = own.find(({ variant }) => variant === '1')?.task.length;
    const longest = own.reduce((a, b) => (b.task.length > a.task.length ? b : a));
    const svg = lineChart({
      label: `Use against distance of ${label}, a line for each length of the sequence`,
      description: `Reach in tokens: ${own
        .map(
          ({ task, cells }) =>
            `${task.length} tokens: ${reachText(cells.scratch?.reach, task.distances.at(-1))}`,
        )
        .join('; ')}.`,
      lines: own.map(({ variant, task, cells }, n): Line => ({
        label: `${task.length} tokens`,
        colour: colours[n % colours.length]!,
        ...(variant === '1' && { dash: '5 4' }),
        points: (cells.scratch?.distances ?? []).map(({ distance, use, accuracy }) => ({
          ...{ x: distance, y: use?.value ?? accuracy },
          ...(use?.interval && { low: use.interval[0], high: use.interval[1] }),
        })),
      })),
      ...{ log: true, xTicks: longest.task.distances, chance: 0, ...size },
      ...(trained !== undefined &&
        trained < longest.task.distances.at(-1)! && {
          limit: { at: trained, text: `trained on ${trained}` },
        }),
      xTitle: 'distance, tokens',
      yTitle: 'use, %',
    });
    return { title: label, svg };
  });
}

/** Use by number of pairs, a line for each model with the size of its state. */
function capacityFigure(entries: readonly StudyEntry[], variants: Variants): StudyFigure[] {
  const models = [...Map.groupBy(entries, ({ label }) => label)];
  const lines = models.flatMap(([label, own]): Line[] => {
    const found = [...useByVariant(own, 'scratch')].flatMap(([variant, use]) =>
      use === null ? [] : [{ x: Number(variant), y: use }],
    );
    const { stateSize, family } = own[0]!;
    const state = stateSize === null ? '' : ` (${compact(stateSize)})`;
    return found.length > 0
      ? [{ label: label + state, colour: familyColour(family), points: found }]
      : [];
  });
  if (lines.length === 0) return [];
  const breaks = models.map(
    ([label, own]) => `${label} ${reachText(breaksAt(own, 'scratch'), own.at(-1)!.variant)}`,
  );
  const draw = (drawn: { width: number; height: number }) =>
    lineChart({
      label:
        'Use against the number of pairs, a line for each model, with the numbers in its state',
      description: `Pairs at which use falls to half: ${breaks.join(', ')}.`,
      ...{ lines, log: true, xTicks: variants.map(({ label }) => Number(label)), chance: 0 },
      xTitle: 'pairs in a sequence',
      yTitle: 'use, %',
      ...drawn,
    });
  const title = 'Use by number of pairs, with the size of the state';
  return [{ title, svg: draw(tall), wide: draw(large) }];
}

const placed = (distances: readonly number[], values: readonly number[]) =>
  distances.map((x, i) => ({ x, y: values[i]! }));

/** Round numbers, 0 among them, from below all values to above them: about five. */
export function spanTicks(values: readonly number[]): number[] {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const rough = Math.max(high - low, 1e-9) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(6)),
  );
}
