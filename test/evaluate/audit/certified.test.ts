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
  ['listops-distance', { train: 8, val: 2, test: 4 }, ['last-16', 'bag-1', 'majority']],
  ['image-distance', small, ['last-16', 'last-4-network', 'bag-1', 'majority']],
  ['text-distance', small, ['last-16', 'bag-1', 'counts-network']],
  ['pathfinder-distance', small, ['last-16', 'last-16-network', 'bag-5', 'length']],
  ['retrieval-distance', small, ['last-4', 'bag-1', 'counts-nearest', 'shared-1-grams']],
] as const)('%s', (name, options, among) => {
  it('covered predictors have one in k right', async () => {
    const parts = await examplesOf(name, options);
    const only = /^(majority|length|last-(4|16)(-network)?|bag-[125]|counts-.*|shared-1-grams)$/;
    const covered = await coveredOf(name, parts, only);
    for (const predictor of among) expect(covered.map(({ name }) => name)).toContain(predictor);
    for (const { correct, count } of covered) expect(correct * parts.shape.classes).toBe(count);
  });
});

it('predictors pass chance where they see more than a certificate covers', async () => {
  const parts = await examplesOf('recall', { length: 96, train: 60, val: 8, test: 16 });
  // The label is let out 20 tokens before the end: beyond the last 16, not beyond the last 64.
  for (const { split, shape } of [parts.train, parts.val, parts.test])
    for (let i = 0; i < split.count; i++)
      split.inputs[(i + 1) * shape.length - 20] = 2 + split.labels[i]!;
  const ladder = ladderFor('recall', parts.shape);
  for (const [name, share] of [
    ['last-16', 1 / parts.shape.classes],
    ['last-64', 1],
  ] as const) {
    const predictor = ladder.find((one) => one.name === name)!;
    for (const counts of countsOf(await predictionsOf(predictor, parts), parts.test)) {
      expect(predictor.covered(counts.distance)).toBe(share < 1);
      expect(counts.correct / counts.count).toBe(share);
    }
  }
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
