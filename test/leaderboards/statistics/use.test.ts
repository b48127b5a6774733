import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GroupResults } from '../../../leaderboards/records/groupResults.ts';
import { chanceCorrected } from '../../../leaderboards/statistics/metrics.ts';
import {
  groupUse,
  questionCounts,
  useOf,
  useOfGroups,
  type TableSize,
} from '../../../leaderboards/statistics/use.ts';

interface Table extends TableSize {
  labels: number[];
}

/** Tables under both certificates: in each column every label E/k times, in each row Q/k times. */
const certified: fc.Arbitrary<Table> = fc
  .record({
    classes: fc.integer({ min: 2, max: 6 }),
    perLabel: fc.integer({ min: 1, max: 3 }),
    perRow: fc.integer({ min: 1, max: 3 }),
  })
  .filter(({ classes, perRow }) => classes * perRow >= 2)
  .chain(({ classes, perLabel, perRow }) => {
    const residues = (times: number) =>
      Array.from({ length: classes * times }, (_, i) => i % classes);
    const shuffled = (times: number) =>
      fc.shuffledSubarray(residues(times), { minLength: classes * times });
    return fc
      .tuple(shuffled(perLabel), shuffled(perRow), shuffled(1))
      .map(([rows, columns, names]) => ({
        classes,
        states: rows.length,
        questions: columns.length,
        labels: rows.flatMap((row) => columns.map((column) => names[(row + column) % classes]!)),
      }));
  });

const answersTo = ({ labels, classes }: Table) =>
  fc.array(fc.integer({ min: 0, max: classes - 1 }), {
    minLength: labels.length,
    maxLength: labels.length,
  });

const usesOf = (predicted: number[], table: Table) => {
  const { hits, alarms } = questionCounts(predicted, table.labels, table);
  return hits.map((own, i) => useOf(own, alarms[i]!, table));
};

/** H, A and P counted as they are defined. */
function useByDefinition(predicted: number[], table: Table, i: number): number {
  const { states, questions, labels } = table;
  const at = (values: number[], e: number, j: number) => values[e * questions + j]!;
  let [h, a, p] = [0, 0, 0];
  for (let e = 0; e < states; e++) {
    if (at(predicted, e, i) === at(labels, e, i)) h += 1 / states;
    for (let j = 0; j < questions; j++) {
      if (j === i) continue;
      const share = 1 / (states * (questions - 1));
      if (at(predicted, e, j) === at(labels, e, i)) a += share;
      if (at(labels, e, j) === at(labels, e, i)) p += share;
    }
  }
  return (h - a) / (1 - p);
}

describe('use', () => {
  it('is the formula of hits, false alarms and those of perfect answers', () => {
    fc.assert(
      fc.property(
        certified.chain((table) => fc.tuple(fc.constant(table), answersTo(table))),
        ([table, predicted]) => {
          usesOf(predicted, table).forEach((use, i) =>
            expect(use).toBeCloseTo(useByDefinition(predicted, table, i), 10),
          );
        },
      ),
    );
  });
  it('is exactly 0 at each question for whoever does not read the question', () => {
    const blind = certified.chain((table) =>
      fc.tuple(
        fc.constant(table),
        fc.array(fc.integer({ min: 0, max: table.classes - 1 }), {
          minLength: table.states,
          maxLength: table.states,
        }),
      ),
    );
    fc.assert(
      fc.property(blind, ([table, guesses]) => {
        const predicted = table.labels.map((_, row) => guesses[Math.floor(row / table.questions)]!);
        expect(usesOf(predicted, table)).toEqual(
          table.labels.slice(0, table.questions).map(() => 0),
        );
      }),
    );
  });
  it('is exactly 0 at each question for whoever does not see the evidence', () => {
    const short = certified.chain((table) =>
      fc.tuple(
        fc.constant(table),
        fc.array(fc.integer({ min: 0, max: table.classes - 1 }), {
          minLength: table.questions,
          maxLength: table.questions,
        }),
      ),
    );
    fc.assert(
      fc.property(short, ([table, guesses]) => {
        const predicted = table.labels.map((_, row) => guesses[row % table.questions]!);
        expect(usesOf(predicted, table)).toEqual(
          table.labels.slice(0, table.questions).map(() => 0),
        );
      }),
    );
  });
  it('is 1 at each question for perfect answers', () => {
    fc.assert(
      fc.property(certified, (table) => {
        for (const use of usesOf(table.labels, table)) expect(use).toBeCloseTo(1, 12);
      }),
    );
  });
  it('has chance-corrected accuracy as its mean over a group', () => {
    fc.assert(
      fc.property(
        certified.chain((table) => fc.tuple(fc.constant(table), answersTo(table))),
        ([table, predicted]) => {
          const right = predicted.filter((answer, row) => answer === table.labels[row]).length;
          const accuracy = right / predicted.length;
          const use = groupUse(questionCounts(predicted, table.labels, table), table);
          expect(use).toBeCloseTo(chanceCorrected(accuracy, 1 / table.classes), 10);
        },
      ),
    );
  });
  it('says what accuracy by place cannot: a preference for one question is no use of it', () => {
    // Two states, two questions, labels [0 1 / 1 0]; the answer is always that of question 0.
    const table = { classes: 2, states: 2, questions: 2, labels: [0, 1, 1, 0] };
    const predicted = [0, 0, 1, 1];
    const { hits } = questionCounts(predicted, table.labels, table);
    expect(hits.map((right) => right / table.states)).toEqual([1, 0]);
    expect(usesOf(predicted, table)).toEqual([0, 0]);
  });
  it('needs a second question', () => {
    expect(() => useOf(1, 0, { states: 2, questions: 1, classes: 2 })).toThrow(
      /at least 2 questions/,
    );
  });
});

describe('use of groups', () => {
  const table = { classes: 2, states: 2, questions: 2, labels: [0, 1, 1, 0] };
  const groupsWith = (answers: readonly number[][], strata: number[]): GroupResults => {
    const counts = answers.map((predicted) => questionCounts(predicted, table.labels, table));
    const of = (key: 'hits' | 'alarms') => Uint32Array.from(counts.flatMap((own) => own[key]));
    return {
      correct: Uint32Array.from(counts, ({ hits }) => hits[0]! + hits[1]!),
      sizes: Uint32Array.from(answers, () => 4),
      strata: Uint32Array.from(strata),
      table: {
        questions: 2,
        classes: 2,
        hits: of('hits'),
        alarms: of('alarms'),
        places: new Uint32Array(2 * answers.length),
      },
    };
  };
  const right = table.labels;
  const blind = [0, 0, 1, 1];

  it('is the mean over groups, of one distance or of all', () => {
    const groups = groupsWith([right, right, blind, blind], [0, 0, 1, 1]);
    expect(useOfGroups(groups, 0)!.value).toBe(1);
    expect(useOfGroups(groups, 1)).toEqual({ value: 0, interval: [0, 0] });
    expect(useOfGroups(groups)!.value).toBe(0.5);
  });
  it('has an interval within which it lies, up to 1', () => {
    const { value, interval } = useOfGroups(groupsWith([right, right, blind], [0, 0, 0]))!;
    expect(value).toBeCloseTo(2 / 3, 12);
    expect(interval[0]).toBeLessThan(value);
    expect(interval[1]).toBeGreaterThan(value);
    expect(useOfGroups(groupsWith([right, right], [0, 0]))!.interval[1]).toBe(1);
  });
  it('is undefined without tables, or with a single question', () => {
    const groups = groupsWith([right], [0]);
    const { table: own, ...plain } = groups;
    expect(useOfGroups(plain)).toBeUndefined();
    expect(useOfGroups({ ...plain, table: { ...own!, questions: 1 } })).toBeUndefined();
  });
});
