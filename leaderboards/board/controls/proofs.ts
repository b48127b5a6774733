/** Controls that proofs and audits answer: what a certificate covers is exactly one right in k. */
import type { Audit, AuditPredictor } from '../../records/audit.ts';
import type { RecordFile } from '../../records/read.ts';
import type { Score } from '../../records/schema.ts';
import { chanceCorrected } from '../../statistics/metrics.ts';
import { isOneInK } from '../../statistics/solved.ts';
import { hasQuestions } from '../cell.ts';
import type { BoardTask } from '../schema.ts';
import type { Evidence } from './evidence.ts';
import { nothingFound, together, type Figure, type Found } from './outcome.ts';

/** How many of so many are exact; those that are not are figures of their own. */
function exactly(about: string, all: readonly { name: string; exact: boolean; value: number }[]) {
  if (all.length === 0) return [];
  const wrong = all.filter(({ exact }) => !exact);
  const wanted = 'exactly 1/k';
  const whole: Figure = {
    ...{ about: `${about}: ${all.length - wrong.length} of ${all.length} exact`, wanted },
    ...{ value: (all.length - wrong.length) / all.length, interval: null },
    holds: wrong.length === 0,
  };
  return [
    whole,
    ...wrong.map(({ name, value }): Figure => ({
      ...{ about: name, value, interval: null, wanted, holds: false },
    })),
  ];
}

/** A distance score as an item of `exactly`. */
const item = (name: string, score: Score & { distance: number }, classes: number) => ({
  name: `${name} at ${score.distance} tokens`,
  exact: isOneInK(score, classes),
  value: score.accuracy,
});

const runName = ({ record: { spec } }: RecordFile) =>
  `${spec.model}, ${spec.regime}, seed ${spec.seed}, on ${spec.task}`;

/** @param only the model whose measurements are meant; all models if absent */
export function beyondLimit({ files }: Evidence, only?: string): Found {
  const measured = files.flatMap((file) => {
    const { spec, task, model, result } = file.record;
    const { reach } = model;
    if (reach === null || task.readout !== 'query' || (only !== undefined && spec.model !== only))
      return [];
    return (result?.distances ?? [])
      .filter(({ distance }) => distance > reach)
      .map((score) => ({ file, entry: item(runName(file), score, task.classes) }));
  });
  return {
    figures: exactly(
      'measurements beyond a certified limit',
      measured.map(({ entry }) => entry),
    ),
    cells: measured.map(({ file: { record } }) => `${record.spec.model} on ${record.spec.task}`),
    missing: measured.length > 0 ? [] : ['runs of a model of bounded reach on a controlled task'],
  };
}

/**
 * Runs of the model that counts n-grams, on data whose order certificate covers the longest n-gram that
 * it sees through all blocks and the step back; and the bags of audits.
 */
export function bagsUnderOrder(evidence: Evidence, model: string): Found {
  const runs = evidence.files.flatMap((file) => {
    const { spec, task, result } = file.record;
    if (spec.model !== model || task.kind !== 'controlled') return [];
    const window = Number(spec.modelOptions.window ?? 3);
    const longest = spec.size.layers * (window - 1) + 1 + (spec.size.shift === 'learned' ? 1 : 0);
    if (longest > task.order) return [];
    return (result?.distances ?? []).map((score) => item(runName(file), score, task.classes));
  });
  const audited = controlledTasks(evidence).flatMap((task) => {
    const audit = auditOf(evidence, task);
    const bags = audit?.predictors.filter(({ family }) => family === 'bag') ?? [];
    return bags.flatMap((bag) => coveredItems(bag, task));
  });
  const names = [...new Set(audited.map(({ task }) => `audit of ${task}`))];
  return {
    figures: [
      ...exactly(`runs of ${model} under the order certificate`, runs),
      ...exactly(
        'bags of audits under the order certificate',
        audited.map(({ entry }) => entry),
      ),
    ],
    cells: [...(runs.length > 0 ? [model] : []), ...names],
    missing:
      runs.length + audited.length > 0
        ? []
        : [`runs of ${model}, or audits, on data with an order certificate`],
  };
}

function coveredItems(predictor: AuditPredictor, task: BoardTask) {
  return predictor.distances
    .filter(({ covered }) => covered)
    .map(({ distance, correct, count }) => ({
      task: task.name,
      entry: {
        name: `${predictor.name} on ${task.name} at ${distance} tokens`,
        exact: isOneInK({ correct, count }, task.classes),
        value: correct / count,
      },
    }));
}

/** Attackers without the question: exactly 1/k, and use exactly 0, at every distance. */
export function blindAttackers(evidence: Evidence): Found {
  return perTask(evidence, (task, audit) => {
    const blind = audit.predictors.filter(({ family }) => family === 'blind');
    if (blind.length === 0) return nothingFound(`attackers without the question on ${task.name}`);
    const items = blind.flatMap(({ name, distances }) =>
      distances.map(({ distance, correct, count, use }) => ({
        name: `${name} on ${task.name} at ${distance} tokens`,
        exact: isOneInK({ correct, count }, task.classes) && use === 0,
        value: use ?? chanceCorrected(correct / count, task.chance),
      })),
    );
    return {
      figures: exactly(`attackers without the question on ${task.name}`, items),
      cells: [`audit of ${task.name}`],
      missing: [],
    };
  });
}

/**
 * Families of predictors that lack the skill. Not the windows at an end, which hold question and
 * evidence where these are near, nor oracles, which are told a part of the answer.
 */
const withoutSkill = ['constant', 'first', 'bag', 'length', 'counts', 'blind', 'attack'];

export function attackersBehind(evidence: Evidence, share: number): Found {
  const { board } = evidence.tier;
  return perTask(evidence, (task, audit) => {
    const index = board.tasks.indexOf(task);
    const [best] = board.rows
      .filter(({ regime, cells }) => regime === 'scratch' && cells[index]!.standing === 'ranked')
      .toSorted((a, b) => b.cells[index]!.corrected! - a.cells[index]!.corrected!);
    if (!best) return nothingFound(`a ranked model from scratch on ${task.name}`);
    const attackers = audit.predictors
      .filter(({ family }) => withoutSkill.includes(family))
      .toSorted((a, b) => b.test.accuracy - a.test.accuracy);
    if (!attackers[0]) return nothingFound(`attackers on ${task.name}`);
    const { name, test } = attackers[0];
    const corrected = (accuracy: number) => chanceCorrected(accuracy, task.chance);
    const most = share * best.cells[index]!.corrected!;
    return {
      figures: [
        {
          about: `${name} on ${task.name}, beside ${best.label}`,
          value: corrected(test.accuracy),
          interval: [corrected(test.interval[0]), corrected(test.interval[1])],
          wanted: `below ${most.toFixed(3)}`,
          holds: corrected(test.accuracy) < most,
        },
      ],
      cells: [`audit of ${task.name}`, `${best.label}, scratch, on ${task.name}`],
      missing: [],
    };
  });
}

/** Tasks of the board that prove that their question has to be read. */
const controlledTasks = ({ tier }: Evidence) => tier.board.tasks.filter(hasQuestions);

function perTask(evidence: Evidence, judge: (task: BoardTask, audit: Audit) => Found): Found {
  const tasks = controlledTasks(evidence);
  if (tasks.length === 0) return nothingFound('runs on a controlled task with questions');
  return together(
    tasks.map((task) => {
      const audit = auditOf(evidence, task);
      return audit ? judge(task, audit) : nothingFound(`an audit of ${task.name} as it is run`);
    }),
  );
}

/** The audit of the very data of a board's task. */
function auditOf({ tier, audits, files }: Evidence, task: BoardTask): Audit | undefined {
  const dataSeed = files.find(({ record }) => record.spec.task === task.name)?.record.spec.dataSeed;
  const setting = (of: Pick<BoardTask, 'length' | 'classes' | 'order' | 'distances'>) =>
    JSON.stringify([of.length, of.classes, of.order, of.distances]);
  return audits.find(
    ({ task: name, tier: size, data }) =>
      name === task.name &&
      size === tier.board.tier &&
      data.seed === dataSeed &&
      data.generatorVersion === task.generatorVersion &&
      setting(data.shape) === setting(task),
  );
}
