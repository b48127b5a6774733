import { beforeAll, describe, expect, it } from 'vitest';
import { groupsOf, score, scoreByDistance } from '../../../evaluate/training/predict.ts';
import { recall } from '../../../generators/controlled/recall/recall.ts';
import { makeSplit } from '../../../generators/store/memory.ts';
import type { Split } from '../../../generators/store/split.ts';
import { chanceCorrected } from '../../../leaderboards/statistics/metrics.ts';

const options = recall.tiers.smoke;
const shape = recall.shape(options);
const { questions } = shape.table!;
let test: Split;

beforeAll(async () => {
  const { example } = await recall.open(options, 1);
  test = makeSplit({ task: 'recall', seed: 1, shape }, example, 'test');
});

/** Predictions by what a reader knows of an example: its group and its row of the table. */
const answersBy = (answer: (group: number, member: number, label: number) => number) =>
  Uint8Array.from(test.labels, (label, row) =>
    answer(test.groups[row]!, test.members[row]!, label),
  );
const scoresOf = (predictions: Uint8Array) => {
  const groups = groupsOf(predictions, test, shape);
  return [score(groups), ...scoreByDistance(groups, shape.distances)];
};

describe('scores of a controlled task', () => {
  it('have use 1 for perfect answers', () => {
    for (const { accuracy, use } of scoresOf(answersBy((_, __, label) => label))) {
      expect(accuracy).toBe(1);
      expect(use!.value).toBeCloseTo(1, 12);
    }
  });
  it('have use exactly 0 for whoever does not read the question, and a hit for each alarm', () => {
    const blind = answersBy(
      (group, member) => (group + Math.floor(member / questions)) % shape.classes,
    );
    for (const { accuracy, use } of scoresOf(blind)) {
      expect(accuracy).toBe(1 / shape.classes);
      expect(use).toEqual({ value: 0, interval: [0, 0] });
    }
  });
  it('have use exactly 0 for whoever does not see the evidence', () => {
    const short = answersBy((group, member) => (group + (member % questions)) % shape.classes);
    for (const { accuracy, use } of scoresOf(short)) {
      expect(accuracy).toBe(1 / shape.classes);
      expect(use).toEqual({ value: 0, interval: [0, 0] });
    }
  });
  it('have chance-corrected accuracy as their use, whatever is answered', () => {
    const some = answersBy((group, member, label) =>
      (7 * group + 3 * member) % 5 < 2 ? label : (label + member) % shape.classes,
    );
    for (const { accuracy, use } of scoresOf(some))
      expect(use!.value).toBeCloseTo(chanceCorrected(accuracy, 1 / shape.classes), 12);
  });
  it('keep the true place of the evidence of each question, within its bin', () => {
    const { strata, table } = groupsOf(
      answersBy(() => 0),
      test,
      shape,
    );
    strata.forEach((stratum, g) => {
      for (const place of table!.places.subarray(g * questions, (g + 1) * questions)) {
        expect(place).toBeGreaterThanOrEqual(shape.distances[stratum]!);
        expect(place).toBeLessThan(shape.table!.ends[stratum]!);
      }
    });
  });
  it('have no use where groups are not whole', () => {
    const part = { ...test, count: test.count - 1 };
    expect(
      score(
        groupsOf(
          answersBy(() => 0),
          part,
          shape,
        ),
      ).use,
    ).toBeUndefined();
  });
});
