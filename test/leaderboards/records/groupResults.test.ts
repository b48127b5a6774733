import { describe, expect, it } from 'vitest';
import { encodeNpy } from '../../../core/npy.ts';
import {
  decodeGroups,
  encodeGroups,
  type GroupResults,
} from '../../../leaderboards/records/groupResults.ts';

const plain: GroupResults = {
  correct: Uint32Array.of(2, 0, 8),
  sizes: Uint32Array.of(8, 8, 8),
  strata: Uint32Array.of(0, 0, 1),
};

/** Two groups of 2 states and 2 questions of 2 labels: one answered rightly, one blindly. */
const tables: GroupResults = {
  correct: Uint32Array.of(4, 2),
  sizes: Uint32Array.of(4, 4),
  strata: Uint32Array.of(0, 1),
  table: {
    questions: 2,
    classes: 2,
    hits: Uint32Array.of(2, 2, 2, 0),
    alarms: Uint32Array.of(0, 0, 2, 0),
    places: Uint32Array.of(17, 20, 70_000, 33),
  },
};

describe('answers of groups on disk', () => {
  it('come back as they were', () => {
    expect(decodeGroups(encodeGroups(plain), 'a.npy', 8)).toEqual(plain);
    expect(decodeGroups(encodeGroups(tables), 'a.npy', 2)).toEqual(tables);
  });
  it('take one byte per number where that is enough, as since benchmark 1.0', () => {
    const old = encodeNpy(Uint8Array.of(2, 8, 0, 0, 8, 0, 8, 8, 1), [3, 3]);
    expect(Buffer.compare(encodeGroups(plain), old)).toBe(0);
  });
  it('are refused if they are cut or of another type or shape', () => {
    const refuse = (bytes: Uint8Array) => expect(() => decodeGroups(bytes, 'a.npy', 2));
    refuse(encodeGroups(plain).subarray(0, 130)).toThrow(/^a\.npy is not a whole NPY file/);
    refuse(new Uint8Array(0)).toThrow(/a\.npy/);
    refuse(encodeNpy(new Float32Array(9), [3, 3])).toThrow(/holds f4 of shape \(3, 3\)/);
    refuse(encodeNpy(new Uint8Array(8), [2, 4])).toThrow(/holds u1 of shape \(2, 4\)/);
  });
  it('are refused if they contradict themselves', () => {
    const more = encodeNpy(Uint8Array.of(9, 8, 0), [1, 3]);
    expect(() => decodeGroups(more, 'a.npy', 8)).toThrow(/group 0 has 9 right answers of 8/);
    const altered = (hits: number[], alarms: number[]) =>
      encodeGroups({
        ...tables,
        table: {
          ...tables.table!,
          hits: Uint32Array.from(hits),
          alarms: Uint32Array.from(alarms),
        },
      });
    expect(() => decodeGroups(altered([2, 1, 2, 0], [0, 0, 2, 0]), 'a.npy', 2)).toThrow(
      /group 0 has 3 hits, expected its 4 right answers/,
    );
    expect(() => decodeGroups(altered([2, 2, 2, 0], [0, 0, 1, 0]), 'a.npy', 2)).toThrow(
      /group 1 has 1 false alarms, expected 2/,
    );
  });
});
