/**
 * What the records say of each claim, on the standard tasks and, the same question, at the largest
 * certified distance of the controlled ones. Pure.
 *
 * A claim is judged by ranked cells alone: finished, tuned, at least three seeds. It holds or does not hold
 * here only if the 95 % interval lies wholly on one side of its threshold; an answer says on which tasks,
 * over how many seeds, and which effect could have been seen.
 */
import type { BoardTask, Cell, Row } from '../schema.ts';
import { lraTasks } from '../averages.ts';
import { side, type Answer, type Ground, type Need, type Where } from './answer.ts';
import { assembleTier, type Assembled } from '../build.ts';
import type { Claim, Test } from './list.ts';
import { rowOf, sideName, type Side } from '../sides.ts';
import {
  combine,
  intervalOf,
  measure,
  type Estimated,
  type Term,
} from '../../statistics/contrast.ts';
import { pValue } from '../../statistics/ranks.ts';
import type { RecordFile } from '../../records/read.ts';

export interface Assessed {
  claim: Claim;
  answers: Answer[];
}

/** @param files of one tier and one version of the benchmark; at least one */
export function assessClaims(files: readonly RecordFile[], list: readonly Claim[]): Assessed[] {
  const tier = assembleTier(files);
  return list.map((claim) => ({
    claim,
    answers: (['standard', 'certified'] as const).map((ground) =>
      new Assessment(tier, ground).answer(claim.test),
    ),
  }));
}

class Assessment {
  private readonly tier: Assembled;
  private readonly ground: Ground;
  private readonly tasks: BoardTask[];
  /** Names of the tasks that an answer should be of: LRA's, and the board's. */
  private readonly wanted: string[];

  constructor(tier: Assembled, ground: Ground) {
    this.tier = tier;
    this.ground = ground;
    const kind = ground === 'standard' ? 'standard' : 'controlled';
    this.tasks = tier.board.tasks.filter((task) => task.kind === kind);
    const names = this.tasks.map(({ name }) => name);
    this.wanted = [...new Set([...(kind === 'standard' ? lraTasks : []), ...names])];
  }

  answer(test: Test): Answer {
    if (test.kind === 'difference') return this.difference(test);
    if (test.kind === 'none-better') return this.noneBetter(test);
    return this.spread(test);
  }

  private difference({ of, to, share, margin }: Test & { kind: 'difference' }): Answer {
    const [a, b] = [this.rowOf(of), this.rowOf(to)];
    const needs = [this.need(of, a), this.need(to, b)];
    const tasks = this.shared([a, b]);
    const base = { needs, threshold: margin };
    if (!a || !b || tasks.length === 0) return this.unknown(base);
    const reference = this.estimate(tasks, [[b, 1]]);
    const estimated = this.estimate(tasks, [
      [a, 1],
      [b, -share],
    ]);
    const known = { ...base, estimated, tasks };
    if (intervalOf(reference)[0] <= 0) {
      return this.answerOf(
        known,
        'open',
        `${b.label} is not above chance there, so nothing is compared`,
      );
    }
    return this.judged(known, side(estimated, margin));
  }

  private noneBetter({ family, regime, to, margin }: Test & { kind: 'none-better' }): Answer {
    const local = this.rowOf(to);
    const rivals = this.tier.board.rows.filter(
      (row) => row.family === family && row.regime === regime,
    );
    const needs = [
      this.need(to, local),
      ...rivals.map((row) => this.need({ model: row.model, regime }, row)),
    ];
    if (rivals.length === 0)
      needs.push({ model: family, regime, present: [], missing: this.wanted });
    const compared = rivals.flatMap((row) => {
      const tasks = this.shared([row, local]);
      if (!local || tasks.length === 0) return [];
      const estimated = this.estimate(tasks, [
        [row, 1],
        [local, -1],
      ]);
      const level = this.estimate(tasks, [[row, 1]]);
      return [{ row, tasks, estimated, learned: intervalOf(level)[0] > 0 }];
    });
    const base = { needs, threshold: margin };
    if (!local || compared.length === 0) return this.unknown(base);
    compared.sort((x, y) => y.estimated.value - x.estimated.value);
    const best = compared[0]!;
    const known = { ...base, estimated: best.estimated, tasks: best.tasks };
    const reference = this.estimate(best.tasks, [[local, 1]]);
    if (intervalOf(reference)[0] <= 0 && !compared.some(({ learned }) => learned)) {
      return this.answerOf(known, 'open', 'none of the models is above chance there');
    }
    // One of several is only called better where it is so for all of them together (Bonferroni).
    const beaten = compared.some(({ estimated: e }) => {
      const above = { ...e, value: e.value - margin };
      return above.value > 0 && pValue(above) * compared.length < 0.05;
    });
    const allBelow = compared.every(({ estimated: e }) => side(e, margin) === 'below');
    const who =
      compared.length === 1
        ? `the only one compared is ${best.row.label}`
        : `the best of ${compared.length} is ${best.row.label}`;
    return this.judged(known, beaten ? 'below' : allBelow ? 'above' : 'across', who);
  }

  private spread({ from, to }: Test & { kind: 'spread' }): Answer {
    const { rows } = this.tier.board;
    const pairs = rows.flatMap((row) => {
      if (row.regime !== to || row.family === 'control') return [];
      const partner = rows.find(
        ({ modelKey, regime }) => modelKey === row.modelKey && regime === from,
      );
      return partner && this.shared([row, partner]).length > 0
        ? [{ after: row, before: partner }]
        : [];
    });
    const everywhere = pairs.flatMap(({ after, before }) => [after, before]);
    const needs = everywhere.map((row) => this.need({ model: row.model, regime: row.regime }, row));
    if (pairs.length < 3) {
      const what = `at least three architectures under both ${from} and ${to}`;
      needs.push({ model: what, regime: to, present: [], missing: this.wanted });
    }
    const tasks = this.shared(everywhere);
    if (pairs.length < 3 || tasks.length === 0) return this.unknown({ needs, threshold: 0 });
    const before = this.deviation(
      pairs.map((pair) => pair.before),
      tasks,
    );
    const after = this.deviation(
      pairs.map((pair) => pair.after),
      tasks,
    );
    // The standard deviation is linearised at what was measured (delta method).
    const estimated = {
      ...this.estimate(tasks, [
        ...pairs.map((pair, i): [Row, number] => [pair.before, before.slopes[i]!]),
        ...pairs.map((pair, i): [Row, number] => [pair.after, -after.slopes[i]!]),
      ]),
      value: before.value - after.value,
    };
    return this.judged({ needs, threshold: 0, estimated, tasks }, side(estimated, 0));
  }

  private deviation(rows: readonly Row[], tasks: readonly BoardTask[]) {
    const levels = rows.map((row) => this.estimate(tasks, [[row, 1]]).value);
    const centre = levels.reduce((a, b) => a + b, 0) / levels.length;
    const squares = levels.reduce((sum, level) => sum + (level - centre) ** 2, 0);
    const value = Math.sqrt(squares / (levels.length - 1));
    const slope = (level: number) =>
      value === 0 ? 0 : (level - centre) / (levels.length - 1) / value;
    return { value, slopes: levels.map(slope) };
  }

  private rowOf(side: Side): Row | undefined {
    return rowOf(this.tier.board, side);
  }

  private cellOf(row: Row, task: BoardTask): Cell {
    return row.cells[this.tier.board.tasks.indexOf(task)]!;
  }

  private need({ model, options, regime }: Side, row: Row | undefined): Need {
    const cells = new Map(row && this.tasks.map((task) => [task.name, this.cellOf(row, task)]));
    const isPresent = (name: string) => cells.get(name)?.standing === 'ranked';
    const lacks = (name: string) => {
      const standing = cells.get(name)?.standing;
      return standing ? `${name} (${standing})` : name;
    };
    return {
      model: row?.label ?? sideName({ model, ...(options && { options }) }),
      regime,
      present: this.wanted
        .filter(isPresent)
        .map((task) => ({ task, seeds: cells.get(task)!.seeds.length })),
      missing: this.wanted.filter((name) => !isPresent(name)).map(lacks),
    };
  }

  private shared(rows: readonly (Row | undefined)[]): BoardTask[] {
    return this.tasks.filter((task) =>
      rows.every((row) => row && this.cellOf(row, task).standing === 'ranked'),
    );
  }

  /** Weighted sum of the rows' chance-corrected means over tasks. */
  private estimate(
    tasks: readonly BoardTask[],
    rows: readonly (readonly [Row, number])[],
  ): Estimated {
    let shift = 0;
    const terms = tasks.flatMap((task) =>
      rows.map(([row, weight]): Term => {
        const { sample, weights, measured } = this.tier.samples.get(this.cellOf(row, task))!;
        const farthest = weights.map((_, d) => (d === weights.length - 1 ? 1 : 0));
        const factor = weight / tasks.length / (1 - task.chance);
        shift -= factor * task.chance;
        return {
          measured: this.ground === 'standard' ? measured : measure(sample, farthest),
          factor,
          examples: task.name,
        };
      }),
    );
    const estimated = combine(terms);
    // Where models agree in every group, one more group might still tell them apart.
    const least = terms.reduce((sum, { factor, measured }) => {
      return sum + (factor / (measured.groups?.strata.length ?? measured.own.degrees + 1)) ** 2;
    }, 0);
    const variance = Math.max(estimated.variance, rows.length > 1 ? least : 0);
    return { ...estimated, value: estimated.value + shift, variance };
  }

  private unknown(base: Pick<Answer, 'needs' | 'threshold'>): Answer {
    const reason =
      this.tasks.length === 0
        ? `there are no runs on ${this.ground} tasks`
        : 'it needs finished and tuned runs of three seeds on each side';
    return {
      ...base,
      ground: this.ground,
      verdict: 'not tested here',
      reason,
      effect: null,
      tasks: [],
    };
  }

  private judged(known: Known, where: Where, detail?: string): Answer {
    const verdict = { above: 'holds here', below: 'does not hold here', across: 'open' } as const;
    const words = {
      above: 'the interval lies wholly where the claim says',
      below: 'the interval lies wholly where the claim denies',
      across: 'the interval holds both',
    };
    const reason = detail ? `${words[where]}; ${detail}` : words[where];
    return this.answerOf(known, verdict[where], reason);
  }

  private answerOf(
    { needs, threshold, estimated, tasks }: Known,
    verdict: Answer['verdict'],
    reason: string,
  ): Answer {
    const { value, over, seeds } = estimated;
    const interval = intervalOf(estimated);
    const caution = over === 'seeds' ? '; over seeds, not over other test examples' : '';
    return {
      ground: this.ground,
      verdict,
      reason: reason + caution,
      effect: { value, interval, over, seeds, couldSee: (interval[1] - interval[0]) / 2 },
      threshold,
      tasks: tasks.map(({ name }) => name),
      needs,
    };
  }
}

interface Known extends Pick<Answer, 'needs' | 'threshold'> {
  estimated: Estimated;
  tasks: readonly BoardTask[];
}
