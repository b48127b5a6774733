import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { resolveOptions } from '../../../../generators/registry.ts';
import { listops } from '../../../../generators/standard/listops/listops.ts';
import { wordsOf } from '../../../../generators/standard/listops/expressions.ts';
import { chiSquare, histogram, kolmogorovSmirnov, sharedData } from '../../support.ts';
import { dependencyByTrying, rewrite } from '../listopsReference.ts';
import { textOf } from '../../../../generators/reading.ts';
import type { Example } from '../../../../generators/task.ts';

type Options = Parameters<typeof listops.shape>[0];
const resolve = (
  overrides: Record<string, unknown> = {},
  tier: 'smoke' | 'lite' | 'lra' = 'smoke',
) => resolveOptions(listops, tier, overrides) as Options;
const operators = ['[MIN', '[MAX', '[MED', '[SM'];

interface Sample {
  expression: string;
  label: number;
}

/** What is compared: from the text, by counting brackets. */
function measure({ expression, label }: Sample) {
  const tokens = expression.split(' ');
  const open: number[] = [];
  const arities: number[] = [];
  let rootArity = 0;
  let levels = 0;
  for (const token of tokens) {
    if (token !== ']' && open.length > 0) open[open.length - 1]!++;
    if (token.startsWith('[')) levels = Math.max(levels, open.push(0));
    if (token !== ']') continue;
    rootArity = open.pop()!;
    arities.push(rootArity);
  }
  return {
    label,
    length: tokens.length,
    root: operators.indexOf(tokens[0]!),
    rootArity,
    levels,
    meanArity: arities.reduce((a, b) => a + b, 0) / arities.length,
    operators: histogram(
      tokens.filter((t) => t.startsWith('[')).map((t) => operators.indexOf(t)),
      4,
    ),
    digits: histogram(tokens.filter((t) => /\d/.test(t)).map(Number), 10),
  };
}

/** The expression as the reading of an example gives it. */
function expressionOf(example: Example): string {
  const { documents, between } = listops.read(example, resolve());
  return textOf(documents[0]!, between);
}

async function generated(chosen: Options, count: number): Promise<Sample[]> {
  const { example } = await listops.open(chosen, 1);
  return Array.from({ length: count }, (_, i) => {
    const made = example('train', i);
    return { expression: expressionOf(made), label: made.label };
  });
}

describe('an expression', () => {
  it('has the value that an independent evaluation gives', async () => {
    for (const [tier, count] of [
      ['smoke', 2000],
      ['lite', 300],
      ['lra', 100],
    ] as const)
      for (const { expression, label } of await generated(resolve({ train: 2000 }, tier), count))
        expect(rewrite(expression)).toBe(label);
  });

  it('has no parentheses, and no more tokens, levels and arguments than allowed', async () => {
    const chosen = resolve({ maxDepth: 4, maxArgs: 6, maxLength: 100 });
    const { example } = await listops.open(chosen, 1);
    for (let i = 0; i < 300; i++) {
      const { tokens } = example('val', i);
      expect(tokens.length).toBeGreaterThan(64);
      expect(tokens.length).toBeLessThan(100);
      expect(Array.from(tokens).every((token) => token >= 1 && token <= 15)).toBe(true);
    }
    const measured = (await generated(chosen, 300)).map(measure);
    expect(Math.max(...measured.map(({ levels }) => levels))).toBe(3);
    expect(Math.max(...measured.map(({ rootArity }) => rootArity))).toBe(6);
    expect(Math.min(...measured.map(({ rootArity }) => rootArity))).toBeGreaterThanOrEqual(2);
  });

  it('has LRA lengths at the lra tier: 501 to 1999, on nine levels', async () => {
    const measured = (await generated(resolve({}, 'lra'), 200)).map(measure);
    expect(measured.every(({ length }) => length > 500 && length < 2000)).toBe(true);
    expect(measured.every(({ levels }) => levels === 9)).toBe(true);
  });
});

describe('label-balanced expressions', () => {
  it('have the ten labels once in every ten, each expression still on its own', async () => {
    const chosen = resolve({ balance: 'labels' });
    const { example } = await listops.open(chosen, 1);
    const orders = new Set<string>();
    for (let block = 0; block < 12; block++) {
      const labels = Array.from({ length: 10 }, (_, i) => example('train', block * 10 + i).label);
      expect([...labels].sort()).toEqual([...Array(10).keys()]);
      orders.add(labels.join());
    }
    expect(orders.size).toBe(12);
    const again = (await listops.open(chosen, 1)).example('train', 57);
    expect(again).toEqual(example('train', 57));
    expect(rewrite(expressionOf(again))).toBe(again.label);
  });
});

describe('expressions of a dependency depth', () => {
  it('depend on a digit so deep and on none that is deeper', async () => {
    const chosen = resolve({ minDependency: 2, maxDependency: 3 });
    const { example } = await listops.open(chosen, 1);
    const depths = Array.from({ length: 60 }, (_, i) => {
      const { extras, tokens } = example('test', i);
      const deepest = dependencyByTrying(wordsOf(tokens));
      expect(Array.from(extras!.decisive!)).toEqual(deepest.positions);
      expect(extras!.dependencyDepth).toEqual([deepest.depth]);
      return deepest.depth;
    });
    expect(new Set(depths)).toEqual(new Set([2, 3]));
  });

  it('have columns of facts, as those have for which facts are asked', async () => {
    const facts = { dependencyDepth: 1, decisive: 256 };
    expect(listops.shape(resolve()).extras).toEqual({});
    for (const asked of [
      { facts: true },
      { balance: 'labels' },
      { minDependency: 1 },
      { maxDependency: 4 },
    ])
      expect(listops.shape(resolve(asked)).extras).toEqual(facts);
    const plain = (await listops.open(resolve(), 1)).example('val', 3);
    const told = (await listops.open(resolve({ facts: true }), 1)).example('val', 3);
    expect(told).toMatchObject(plain);
    expect(plain.extras).toBeUndefined();
    expect(listops.read(told, resolve()).notes[1]).toMatch(/^dependency depth \d$/);
  });
});

describe('parameters', () => {
  it.each([
    [{ minLength: 10 }, 'minLength 10: expected at least 50 to rule duplicates out'],
    [{ maxLength: 65 }, 'maxLength 65: expected more than minLength + 1 (65)'],
    [{ operatorShare: 1 }, 'operatorShare 1'],
    [{ maxArgs: 1 }, 'maxArgs 1'],
    [{ balance: 'label' }, 'balance label'],
    [{ minDependency: 5 }, 'minDependency 5: expected at most 4'],
    [{ minDependency: 3, maxDependency: 2 }, 'minDependency 3: expected at most 2'],
  ])('%j are refused', (overrides, message) => {
    expect(() => resolve(overrides)).toThrow(message);
  });

  it('that no tree can meet are refused when an example is made', async () => {
    const { example } = await listops.open(resolve({ maxDepth: 2, operatorShare: 0.01 }), 1);
    expect(() => example('train', 0)).toThrow('none was longer than 64');
  });
});

describe('beside the samples of the original generator', () => {
  const folder = sharedData(
    'official_samples/listops',
    'comparing ListOps with the original generator',
  );
  let official: Sample[] = [];
  let ours: Sample[] = [];

  beforeAll(async () => {
    if (!folder) return;
    official = ['train', 'val', 'test'].flatMap((split) =>
      readFileSync(join(folder, `basic_${split}.tsv`), 'utf8')
        .split(/\r?\n/)
        .slice(1)
        .filter((line) => line !== '')
        .map((line) => {
          const [source, target] = line.split('\t');
          const expression = source!.replaceAll(/[()]/g, ' ').trim().replaceAll(/\s+/g, ' ');
          return { expression, label: Number(target) };
        }),
    );
    ours = await generated(resolve({}, 'lra'), 3000);
  });

  it.runIf(folder)('the independent evaluation agrees with every official label', () => {
    expect(official).toHaveLength(600);
    for (const { expression, label } of official) expect(rewrite(expression)).toBe(label);
  });

  it.runIf(folder)(
    'labels, root operators and their arity, and levels have the same frequencies',
    () => {
      const [a, b] = [official.map(measure), ours.map(measure)];
      const compared = { label: 10, root: 4, rootArity: 11, levels: 12 } as const;
      for (const [what, bound] of Object.entries(compared)) {
        const count = (sample: typeof a) =>
          histogram(
            sample.map((measured) => measured[what as keyof typeof compared]),
            bound,
          );
        const { statistic, limit } = chiSquare([count(a), count(b)]);
        // Where all have the same value, as with levels, there is nothing left to test.
        if (count(a).filter(Boolean).length === 1) expect(count(b).filter(Boolean)).toHaveLength(1);
        else expect(statistic, what).toBeLessThan(limit);
      }
    },
  );

  it.runIf(folder)('lengths and mean arities have the same distribution', () => {
    const [a, b] = [official.map(measure), ours.map(measure)];
    for (const what of ['length', 'meanArity'] as const) {
      const { statistic, limit } = kolmogorovSmirnov(
        a.map((m) => m[what]),
        b.map((m) => m[what]),
      );
      expect(statistic, what).toBeLessThan(limit);
    }
  });

  it.runIf(folder)('operators and digits have the same frequencies', () => {
    const [a, b] = [official.map(measure), ours.map(measure)];
    for (const what of ['operators', 'digits'] as const) {
      const sum = (sample: typeof a) =>
        sample.reduce(
          (total, m) => total.map((n, i) => n + m[what][i]!),
          zeros(a[0]![what].length),
        );
      const { statistic, limit } = chiSquare([sum(a), sum(b)]);
      expect(statistic, what).toBeLessThan(limit);
    }
  });

  it.runIf(folder)('the tests tell another generator from the original', async () => {
    const other = (await generated(resolve({ maxArgs: 8, maxDepth: 11 }, 'lra'), 600)).map(measure);
    const a = official.map(measure);
    const arity = chiSquare(
      [a, other].map((sample) =>
        histogram(
          sample.map((m) => m.rootArity),
          11,
        ),
      ),
    );
    expect(arity.statistic).toBeGreaterThan(arity.limit);
    const mean = kolmogorovSmirnov(
      a.map((m) => m.meanArity),
      other.map((m) => m.meanArity),
    );
    expect(mean.statistic).toBeGreaterThan(mean.limit);
  });
});

const zeros = (length: number) => new Array<number>(length).fill(0);
