/** On certified data every predictor that a certificate covers has exactly one in k right, counted. */
import { describe, expect, it } from 'vitest';
import type { Examples } from '../../../evaluate/audit/examples.ts';
import { ladderFor } from '../../../evaluate/audit/ladder.ts';
import { examplesOf, predictionsOf, type Parts } from './support.ts';

/** Right answers by distance. */
function countsOf(predictions: Uint8Array, { split, shape }: Examples) {
  return shape.distances.map((distance) => {
    let [correct, count] = [0, 0];
    for (let i = 0; i < split.count; i++) {
      if (split.distances[i] !== distance) continue;
      count++;
      if (predictions[i] === split.labels[i]) correct++;
    }
    return { distance, correct, count };
  });
}

async function coveredOf(name: string, parts: Parts, only: RegExp) {
  const { shape } = parts;
  const covered = [];
  for (const predictor of ladderFor(name, shape).filter(({ name }) => only.test(name)))
    for (const counts of countsOf(await predictionsOf(predictor, parts), parts.test))
      if (predictor.covered(counts.distance)) covered.push({ name: predictor.name, ...counts });
  return covered;
}

const small = { train: 20, val: 4, test: 8 };

describe.each([
  // Predictors that have to be among the covered ones: by reach, by order, and what sees nothing.
  ['recall', small, ['last-16', 'bag-1', 'counts-nearest', 'length']],
  ['listops-distance', { train: 8, val: 2, test: 4 }, ['last-16', 'bag-2', 'majority']],
  ['image-distance', small, ['last-16', 'last-4-network', 'bag-5', 'majority']],
  ['text-distance', small, ['last-16', 'bag-5', 'counts-network']],
  ['pathfinder-distance', small, ['last-16', 'last-16-network', 'bag-5', 'length']],
  ['retrieval-distance', small, ['last-4', 'bag-2', 'counts-nearest', 'shared-1-grams']],
] as const)('%s', (name, options, among) => {
  it('covered predictors have one in k right', async () => {
    const parts = await examplesOf(name, options);
    const only = /^(majority|length|last-(4|16)(-network)?|bag-[125]|counts-.*|shared-1-grams)$/;
    const covered = await coveredOf(name, parts, only);
    for (const predictor of among) expect(covered.map(({ name }) => name)).toContain(predictor);
    for (const { correct, count } of covered) expect(correct * parts.shape.classes).toBe(count);
  });
});

it('the same predictors pass chance where the evidence is within what they see', async () => {
  const parts = await examplesOf('recall', { train: 200, val: 8, test: 16 });
  const { shape } = parts;
  const predictor = ladderFor('recall', shape).find(({ name }) => name === 'last-16')!;
  const counts = countsOf(await predictionsOf(predictor, parts), parts.test);
  for (const { distance, correct, count } of counts) {
    if (predictor.covered(distance)) expect(correct * shape.classes).toBe(count);
    else expect(correct / count).toBeGreaterThan(1.5 / shape.classes);
  }
  expect(counts.map(({ distance }) => predictor.covered(distance))).toContain(false);
});

it('a break of the certificate shows', async () => {
  const parts = await examplesOf('recall', { train: 60, val: 8, test: 16 });
  // The label is let out in one of the last tokens.
  for (const { split, shape } of [parts.train, parts.val, parts.test])
    for (let i = 0; i < split.count; i++)
      split.inputs[(i + 1) * shape.length - 3] = 2 + split.labels[i]!;
  const covered = await coveredOf('recall', parts, /^last-4$/);
  expect(covered.length).toBeGreaterThan(0);
  for (const { correct, count } of covered) expect(correct).toBe(count);
});
