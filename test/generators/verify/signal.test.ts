import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NpyArray } from '../../../core/npy.ts';
import { findTask, resolveOptions } from '../../../generators/registry.ts';
import { rowOrder } from '../../../generators/store/rows.ts';
import type { PartName } from '../../../generators/task.ts';
import { verifyDataset } from '../../../generators/verify/dataset.ts';
import { breakOfRest, Copies, hiddenRow } from '../../../generators/verify/signal.ts';
import { make, temporaryFolder } from '../support.ts';
import { copyOf, type Copy } from './copies.ts';

const dir = temporaryFolder();
const original = join(dir, 'recall');
const length = 96;

/** 4 states and 4 questions, 2 distances; groups 22 to 27 are of the part signal. */
const options = {
  ...{ gap: 1, length, distances: [16, 40], train: 6, val: 2, test: 3 },
  ...{ signal: 'near', signalDistance: 12, echoes: 3 },
};
const shape = findTask('recall').shape(resolveOptions(findTask('recall'), 'smoke', options));
const { position, firstValue } = shape.signal!;
beforeAll(() => make(original, 'recall', options).then());

let copies = 0;

/** Changes a copy, checksums put right, and gives the finding that does not hold. */
async function after(change: (changed: Copy) => void, from = original) {
  const changed = await copyOf(from, join(dir, `copy${copies++}`));
  change(changed);
  changed.save();
  const findings = await verifyDataset(changed.folder);
  rmSync(changed.folder, { recursive: true });
  return findings.find(({ holds }) => !holds);
}

/** Where the tokens of a member of a group begin in the inputs of its part. */
const startOf = (part: PartName, group: number, member: number) =>
  rowOrder({ task: 'recall', seed: 1, shape }, part).placeOf(16 * group + member) * length;

/** Positions of both values of a pair that stands twice in a row, apart from the hidden one. */
function echoIn(inputs: ArrayLike<number>, start: number): [first: number, second: number] {
  const seen = new Map<number, number>();
  for (let at = start; at < start + position - 2; at++) {
    const isKey = inputs[at]! >= 6 && inputs[at]! < 6 + 8 + 3;
    if (!isKey) continue;
    const before = seen.get(inputs[at]!);
    if (before !== undefined) return [before + 2, at + 2];
    seen.set(inputs[at]!, at);
  }
  throw new Error('no pair stands twice');
}

describe('a data set with a signal', () => {
  it('holds to every rule, with the distances of copies and of hidden values', async () => {
    const findings = await verifyDataset(original, { full: true });
    expect(findings.filter(({ holds }) => !holds)).toEqual([]);
    const of = (name: string) => findings.find(({ rule }) => rule === name)!.detail;
    expect(of('signal')).toMatch(
      /^near: in 448 sequences 3 values stand twice, 4 to 12 tokens apart \(found 4, median \d+, to 1\d\), /,
    );
    expect(of('hidden')).toContain('D = 16 (nearest evidence ');
    expect(of('hidden')).toContain('exactly 1/4 of every group right');
    expect(of('checksums')).toMatch(/^28 files/);
  });

  it('is refused where the values of two copies differ, or a pair stands once', async () => {
    for (const part of ['train', 'signal'] as const) {
      const finding = await after(({ contents }) => {
        const { inputs } = contents[part];
        for (let member = 0; member < 16; member++) {
          const start = startOf(part, 2, member);
          const [, second] = echoIn(inputs!, start);
          inputs![second] = firstValue + ((inputs![second]! - firstValue + 1) % 4);
        }
      });
      expect(finding).toMatchObject({ rule: 'evaluator', file: `${part}/inputs.npy` });
    }
    const once = await after(({ contents }) => {
      for (let member = 0; member < 16; member++) {
        const start = startOf('test', 1, member);
        const { inputs } = contents.test;
        const [, second] = echoIn(inputs!, start);
        inputs!.fill(20, second - 2, second + 2);
      }
    });
    expect(once).toMatchObject({ rule: 'signal', group: 17 });
    expect(once!.detail).toContain('has 2 values that stand twice, expected 3');
  });

  it('is refused where copies stand farther apart than the signal reaches', async () => {
    const finding = await after(({ meta }) => {
      meta.options.signalDistance = 5;
      meta.shape.signal = { ...meta.shape.signal!, distance: 5, farthest: 5 };
    });
    expect(finding).toMatchObject({ rule: 'signal' });
    expect(finding!.detail).toMatch(/\d tokens apart, expected 4 to 5$/);
  });

  it.each([
    ['nearer than D', 'reach', 5],
    ['after the hidden value', 'hidden', -3],
  ])('is refused for one token that differs %s', async (_, rule, back) => {
    const finding = await after(({ contents }) => {
      const { inputs } = contents.signal;
      const at = startOf('signal', 1, 6) + position - back;
      inputs![at] = inputs![at]! === 20 ? 21 : 20;
    });
    expect(finding).toMatchObject({ rule, file: 'signal/inputs.npy', group: 23 });
  });

  it('is refused where the hidden values are not balanced, or not those of the first copies', async () => {
    const turned = await after(({ contents }) => {
      const { labels } = contents.signal;
      labels!.forEach((label, i) => (labels![i] = (label + 1) % 4));
    });
    expect(turned).toMatchObject({ rule: 'evaluator', file: 'signal/labels.npy' });
    const uneven = await after(({ contents }) => {
      contents.signal.labels![0] = (contents.signal.labels![0]! + 1) % 4;
    });
    expect(uneven).toMatchObject({ rule: 'labels', file: 'signal/labels.npy' });
    const places = await after(({ contents }) => {
      contents.signal.places!.forEach((place, i, all) => (all[i] = place + 1));
    });
    expect(places).toMatchObject({ rule: 'places', file: 'signal/places.npy' });
  });

  it('is refused where meta.json says another signal, or none', async () => {
    for (const change of [
      ({ meta }: Copy) => void (meta.options.signal = 'far'),
      ({ meta }: Copy) => void (meta.options.echoes = 2),
      ({ meta }: Copy) => void meta.shape.signal!.count++,
      ({ meta }: Copy) => void delete meta.shape.signal,
      ({ meta }: Copy) => {
        delete meta.shape.signal;
        for (const name of ['signal', 'signalDistance', 'echoes']) delete meta.options[name];
      },
    ])
      expect(await after(change)).toMatchObject({ rule: 'schema', file: 'meta.json' });
  });
});

describe('texts with a signal', () => {
  const texts = join(dir, 'texts');
  const name = 'text-distance';
  const given = { train: 4, val: 1, test: 2, signal: 'far', echoes: 3 };
  const shape = findTask(name).shape(resolveOptions(findTask(name), 'smoke', given));
  const { length } = shape;
  const { position } = shape.signal!;
  beforeAll(() => make(texts, name, given).then());

  const isDigit = (token: number) => token === 49 || token === 50;

  /** Changes all four rows of a group of a part, from their position in the inputs on. */
  const changed = (
    part: PartName,
    group: number,
    change: (row: NpyArray, member: number) => void,
  ) =>
    after(({ contents }) => {
      for (let member = 0; member < 4; member++) {
        const order = rowOrder({ task: name, seed: 1, shape }, part);
        const start = order.placeOf(4 * group + member) * length;
        change(contents[part].inputs!.subarray(start, start + length), member);
      }
    }, texts);

  /** Positions of the digits of a note that stands twice, not the hidden one. */
  const echoIn = (row: NpyArray): [first: number, second: number] => {
    for (let a = 0; a < position; a++)
      for (let b = a + 1; b < position && isDigit(row[a]!); b++)
        if (isDigit(row[b]!) && row[a - 1] === row[b - 1]) return [a, b];
    throw new Error('no note stands twice');
  };

  it('hold to every rule', async () => {
    const findings = await verifyDataset(texts, { full: true });
    expect(findings.filter(({ holds }) => !holds)).toEqual([]);
    const of = (name: string) => findings.find(({ rule }) => rule === name)!.detail;
    expect(of('signal')).toMatch(/^far: in 72 sequences 3 values stand twice, 29 to 205 tokens /);
    expect(of('hidden')).toContain('exactly 1/2 of every group right');
  });

  it('are refused where the digits of two copies differ, a note stands once, or is gone', async () => {
    for (const part of ['train', 'test', 'signal'] as const) {
      const differ = await changed(part, 1, (row) => {
        const [, second] = echoIn(row);
        row[second] = row[second] === 49 ? 50 : 49;
      });
      expect(differ).toMatchObject({ rule: 'evaluator', file: `${part}/inputs.npy` });
    }
    const once = await changed('val', 1, (row) => {
      row[echoIn(row)[1]] = 64;
    });
    expect(once).toMatchObject({ rule: 'evaluator', file: 'val/inputs.npy' });
    const gone = await changed('test', 1, (row) => {
      for (const at of echoIn(row)) row[at] = 64;
    });
    expect(gone).toMatchObject({ rule: 'signal', file: 'test/inputs.npy' });
    expect(gone!.detail).toContain('has 2 values that stand twice, expected 3');
  });

  it.each([
    ['nearer than D', 'reach', 20],
    ['after the hidden digit', 'hidden', -3],
  ])('are refused for a byte that differs %s', async (_, rule, back) => {
    const finding = await changed('signal', 0, (row, member) => {
      if (member === 2) row[position - back] = row[position - back] === 98 ? 99 : 98;
    });
    expect(finding).toMatchObject({ rule, file: 'signal/inputs.npy' });
  });

  it('are refused where the hidden digit is not that of its first copy', async () => {
    const finding = await changed('signal', 0, (row) => {
      row[position] = row[position] === 49 ? 50 : 49;
    });
    expect(finding).toMatchObject({ rule: 'evaluator', file: 'signal/inputs.npy' });
  });
});

describe('parts of the proof', () => {
  it('cut a row behind the hidden value, and compare what follows', () => {
    const signal = { ...shape.signal!, position: 3 };
    expect([...hiddenRow([5, 6, 7, 3, 9], signal)]).toEqual([5, 6, 7, 0]);
    expect(
      breakOfRest(
        [
          [1, 1, 1, 2, 9],
          [2, 2, 2, 3, 9],
        ],
        signal,
      ),
    ).toBeUndefined();
    expect(
      breakOfRest(
        [
          [1, 1, 1, 2, 9],
          [1, 1, 1, 2, 8],
        ],
        signal,
      ),
    ).toContain('position 4');
  });

  it('count distances of copies', () => {
    const copies = new Copies({ ...shape.signal!, pairs: 3, nearest: 2, farthest: 9 });
    expect(copies.take([2, 5, 9], 'train')).toBeUndefined();
    expect(copies.take([4, 4], 'signal')).toBeUndefined();
    expect(copies.take([4, 4], 'test')).toContain('has 2 values');
    expect(copies.take([4, 4, 10], 'test')).toContain('10 tokens apart');
    expect(copies.take([1, 4, 4], 'test')).toContain('1 tokens apart');
    expect(copies.detail).toContain('in 2 sequences 3 values stand twice');
    expect(copies.detail).toContain('found 2, median 4, to 9');
  });
});
