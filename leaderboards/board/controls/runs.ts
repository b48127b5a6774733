/** Controls that are answered by runs: levels, orders, gains and costs with their intervals. */
import { intervalOf, type Estimated } from '../../statistics/contrast.ts';
import { chanceCorrected } from '../../statistics/metrics.ts';
import { cellGain } from '../averages.ts';
import type { Assembled } from '../build.ts';
import type { Estimate } from '../schema.ts';
import type { Side } from '../sides.ts';
import {
  anyCell,
  rankedCell,
  sumOfParts,
  variantOf,
  type Asked,
  type Evidence,
  type Part,
  type Taken,
} from './evidence.ts';
import type { ControlTest } from './list.ts';
import { nothingFound, together, type Figure, type Found } from './outcome.ts';
import { beyondLimit } from './proofs.ts';

type Of<Kind extends ControlTest['kind']> = Extract<ControlTest, { kind: Kind }>;

/** What all cells say, or else what is missing of them. */
function withCells(asked: readonly Asked[], say: (taken: Taken[]) => Omit<Found, 'cells'>): Found {
  const missing = asked.flatMap((one) => ('missing' in one ? [one.missing] : []));
  if (missing.length > 0) return nothingFound(...missing);
  const taken = asked.flatMap((one) => ('taken' in one ? [one.taken] : []));
  return { ...say(taken), cells: taken.map(({ name }) => name) };
}

const above = (about: string, sum: Estimated): Figure => {
  const interval = intervalOf(sum);
  const wanted = 'interval above 0';
  return { about, value: sum.value, interval, wanted, holds: interval[0] > 0 };
};
const gainFigure = (about: string, { mean, interval }: Estimate): Figure => ({
  ...{ about, value: mean, interval, wanted: 'interval above 0' },
  holds: interval !== null && interval[0] > 0,
});

/** A run that did not train counts: the answer is that every seed learns it. */
export function level({ tier }: Evidence, { task, of, least }: Of<'level'>): Found {
  const found = anyCell(tier, task, of);
  const counts =
    'taken' in found && ['ranked', 'did not train'].includes(found.taken.cell.standing ?? '');
  return withCells([counts ? found : rankedCell(tier, task, of)], ([taken]) => ({
    missing: [],
    figures: taken!.cell.seeds.flatMap(({ seed, distances }) =>
      distances.map((accuracy, d): Figure => {
        const value = chanceCorrected(accuracy, taken!.task.chance);
        return {
          about: `${taken!.name} at ${taken!.task.distances[d]} tokens, seed ${seed}`,
          ...{ value, interval: null, wanted: `at least ${least}`, holds: value >= least },
        };
      }),
    ),
  }));
}

const difference = (a: Taken, b: Taken) =>
  above(
    `${a.name}, less ${b.row.label}`,
    sumOfParts([
      { taken: a, factor: 1 },
      { taken: b, factor: -1 },
    ]),
  );

const compared = (tier: Assembled, task: string, of: Side, than: Side): Found =>
  withCells([rankedCell(tier, task, of), rankedCell(tier, task, than)], ([a, b]) => ({
    missing: [],
    figures: [difference(a!, b!)],
  }));

export function aboveOther({ tier }: Evidence, { task, of, than }: Of<'above'>): Found {
  return compared(tier, task, of, than);
}

export function ranking({ tier }: Evidence, { task, groups }: Of<'ranking'>): Found {
  const pairs = groups.flatMap((group, i) =>
    group.flatMap((of) => (groups[i + 1] ?? []).map((than) => ({ of, than }))),
  );
  return together(pairs.map(({ of, than }) => compared(tier, task, of, than)));
}

export function lift({ tier }: Evidence, { task, model, peer, left }: Of<'lift'>): Found {
  const sides = [model, peer].flatMap((of): Side[] => [
    { ...of, regime: 'spt' },
    { ...of, regime: 'scratch-matched' },
  ]);
  const asked = sides.map((side) => rankedCell(tier, task, side));
  return withCells(asked, ([after, before, peerAfter, peerBefore]) => {
    const gain = cellGain(after!.task, after!.cell, before!.cell, tier.samples);
    if (!gain?.equalBudget)
      return { figures: [], missing: [`${after!.row.label} on ${task}: equal budgets`] };
    const distance = (a: Taken, b: Taken) => sumOfParts(minus(a, b)).value;
    const [was, is] = [distance(peerBefore!, before!), distance(peerAfter!, after!)];
    const rest = sumOfParts([
      ...minus(peerAfter!, after!),
      ...minus(peerBefore!, before!).map((part) => ({ ...part, factor: -left * part.factor })),
    ]);
    return {
      missing: [],
      figures: [
        gainFigure(`${after!.name}: gain at equal budget`, gain.overall),
        {
          about: `${peerAfter!.row.label} less ${after!.row.label} on ${task}: ${was.toFixed(3)} from scratch, ${is.toFixed(3)} after; the latter less ${left} of the former`,
          ...{ value: rest.value, interval: intervalOf(rest), wanted: 'at most 0' },
          holds: was > 0 && is <= left * was,
        },
      ],
    };
  });
}

const minus = (a: Taken, b: Taken): Part[] => [
  { taken: a, factor: 1 },
  { taken: b, factor: -1 },
];

export function keeps(evidence: Evidence, { tasks, of, to, share }: Of<'keeps'>): Found {
  const { tier } = evidence;
  const asked = tasks.flatMap((task) => [rankedCell(tier, task, of), rankedCell(tier, task, to)]);
  const kept = withCells(asked, (taken) => {
    const sum = (weights: [number, number]) =>
      sumOfParts(taken.map((one, i) => ({ taken: one, factor: weights[i % 2]! / tasks.length })));
    const [own, whole] = [sum([1, 0]).value, sum([0, 1]).value];
    const margin = sum([1, -share]);
    return {
      missing: [],
      figures: [
        {
          about: `${taken[0]!.row.label}, mean ${own.toFixed(3)}, less ${share} of ${taken[1]!.row.label}, mean ${whole.toFixed(3)}`,
          ...{ value: margin.value, interval: intervalOf(margin), wanted: 'at least 0' },
          holds: whole > 0 && margin.value >= 0,
        },
      ],
    };
  });
  return together([kept, beyondLimit(evidence, of.model)]);
}

export function cost(evidence: Evidence, { task, options, of, than }: Of<'cost'>): Found {
  const variant = variantOf(evidence, options);
  const changed = Object.entries(options).map((pair) => pair.join('='));
  const name = `${task} with ${changed.join(', ')}`;
  const asked = [of, than].flatMap((side) => [
    rankedCell(evidence.tier, task, side),
    renamed(rankedCell(variant, task, side), task, name),
  ]);
  return withCells(asked, ([plain, permuted, otherPlain, otherPermuted]) => {
    const parts = (whole: Taken, less: Taken, sign: number): Part[] => [
      { taken: whole, factor: sign },
      { taken: less, factor: -sign, examples: name },
    ];
    const own = parts(plain!, permuted!, 1);
    const others = parts(otherPlain!, otherPermuted!, 1);
    const costs = (all: Part[]) => sumOfParts(all).value.toFixed(3);
    return {
      missing: [],
      figures: [
        above(
          `${name}: cost to ${plain!.row.label}, ${costs(own)}, less cost to ${otherPlain!.row.label}, ${costs(others)}`,
          sumOfParts([...own, ...parts(otherPlain!, otherPermuted!, -1)]),
        ),
      ],
    };
  });
}

function renamed(asked: Asked, task: string, name: string): Asked {
  if ('missing' in asked) return { missing: asked.missing.replace(`on ${task}`, `on ${name}`) };
  const { taken } = asked;
  return { taken: { ...taken, name: taken.name.replace(`on ${task}`, `on ${name}`) } };
}

/** Models of enough families must show it; a model that does not fails the control. */
export function signal(
  evidence: Evidence,
  { task, options, lifts, families }: Of<'signal'>,
): Found {
  const variant = variantOf(evidence, options);
  const name = Object.entries(options).map((pair) => pair.join('='));
  const needs = `${task} with ${name.join(', ')}: spt and scratch-matched of models of ${families} families`;
  const rows = variant?.board.rows.filter(({ regime }) => regime === 'spt') ?? [];
  const pairs = rows.flatMap(({ model, options: own, family }) => {
    const side = { model, options: [own as Record<string, string | number>] };
    const after = rankedCell(variant, task, { ...side, regime: 'spt' });
    const before = rankedCell(variant, task, { ...side, regime: 'scratch-matched' });
    return 'taken' in after && 'taken' in before
      ? [{ family, after: after.taken, before: before.taken }]
      : [];
  });
  const seen = new Set(pairs.map(({ family }) => family));
  const figures = pairs.flatMap(({ after, before }): Figure[] => {
    const gain = cellGain(after.task, after.cell, before.cell, variant!.samples)!;
    const at = (which: 'near' | 'far') =>
      gainFigure(`${after.name}: gain of self-pretraining ${which}`, gain[which]!);
    if (lifts === 'far') return [at('far')];
    const last = after.task.distances.length - 1;
    const part = (taken: Taken, factor: number, place: number) => ({ taken, factor, at: place });
    const more = sumOfParts([
      ...[part(after, 1, 0), part(before, -1, 0)],
      ...[part(after, -1, last), part(before, 1, last)],
    ]);
    return [at('near'), above(`${after.name}: gain near less gain far`, more)];
  });
  return {
    figures,
    cells: pairs.flatMap(({ after, before }) => [after.name, before.name]),
    missing: seen.size >= families ? [] : [needs],
  };
}
