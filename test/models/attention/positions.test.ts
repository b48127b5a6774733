import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  alibiSlopes,
  checkRotary,
  distances,
  rotate,
  sinusoidalTable,
} from '../../../models/attention/positions.ts';

beforeAll(() => tf.setBackend('cpu'));

describe('sinusoidalTable', () => {
  it('has a sine and a cosine of each frequency', () => {
    const table = sinusoidalTable(3, 4);
    const frequencies = [1, 1 / 100];
    for (let i = 0; i < 3; i++) {
      frequencies.forEach((frequency, c) => {
        expect(table[i * 4 + c]).toBeCloseTo(Math.sin(i * frequency), 6);
        expect(table[i * 4 + 2 + c]).toBeCloseTo(Math.cos(i * frequency), 6);
      });
    }
  });
});

describe('rotate', () => {
  it('makes products depend on the difference of positions only, and keeps lengths', () => {
    const same = (row: number[]) => tf.tensor2d(Array.from({ length: 6 }, () => row));
    const q = rotate(same([1, 2, -3, 0.5])).arraySync() as number[][];
    const k = rotate(same([0.3, -1, 2, 1])).arraySync() as number[][];
    const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
    for (let i = 0; i < 5; i++) {
      expect(dot(q[i]!, k[i + 1]!)).toBeCloseTo(dot(q[0]!, k[1]!), 5);
      expect(dot(q[i]!, q[i]!)).toBeCloseTo(14.25, 5);
    }
    expect(dot(q[0]!, k[1]!)).not.toBeCloseTo(dot(q[0]!, k[3]!), 2);
  });

  it('needs pairs of channels', () => {
    expect(() => checkRotary('rotary', 3)).toThrow(/positions.*even/);
    expect(() => checkRotary('none', 3)).not.toThrow();
  });
});

describe('alibiSlopes', () => {
  it('is the geometric sequence of the paper', () => {
    expect(alibiSlopes(8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => 2 ** -n));
  });
  it('fills up other numbers of heads from the next power of two', () => {
    expect(alibiSlopes(3)).toEqual([2 ** -4, 2 ** -8, 2 ** -2]);
  });
});

it('has the distance i − j at query i and key j', () => {
  expect(distances(0, 3).arraySync()).toEqual([
    [0, -1, -2],
    [1, 0, -1],
    [2, 1, 0],
  ]);
  expect(distances(2, 4).arraySync()).toEqual([
    [2, 1, 0, -1],
    [3, 2, 1, 0],
  ]);
});
