import fc from 'fast-check';
import { expect, it } from 'vitest';
import { exampleCounts, keepLast, placeOf } from '../../../generators/controlled/groups.ts';
import { splits } from '../../../generators/task.ts';

const count = fc.integer({ min: 1, max: 5 });

it('gives every group its siblings, one distance, and a number of its own over all splits', () => {
  const sizes = fc.record({ train: count, val: count, test: count });
  const grids = fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(sizes, grids, count, (groups, grid, siblings) => {
      const counts = exampleCounts(groups, grid.length, siblings);
      const members = new Map<number, string[]>();
      for (const split of splits) {
        const atDistance = new Map<number, number>();
        for (let index = 0; index < counts[split]; index++) {
          const { group, member, distance } = placeOf(groups, grid, siblings, split, index);
          const known = members.get(group) ?? [];
          members.set(group, [...known, `${split} ${distance}`]);
          expect(member).toBe(known.length);
          atDistance.set(distance, (atDistance.get(distance) ?? 0) + 1);
        }
        for (const distance of grid)
          expect(atDistance.get(distance)).toBe(groups[split] * siblings);
      }
      expect([...members.keys()]).toEqual(Array.from({ length: members.size }, (_, i) => i));
      for (const member of members.values()) {
        expect(member).toHaveLength(siblings);
        expect(new Set(member).size).toBe(1);
      }
    }),
  );
});

it('makes a group once while its siblings are asked for in turn', () => {
  let made = 0;
  const at = keepLast((split, { inSplit }) => `${split} ${inSplit} ${made++}`);
  const place = (split: 'train' | 'val', index: number) =>
    at(split, placeOf({ train: 2, val: 2, test: 2 }, [4], 2, split, index));
  expect([0, 1, 2, 0].map((index) => place('train', index))).toEqual([
    ...['train 0 0', 'train 0 0', 'train 1 1', 'train 0 2'],
  ]);
  expect(place('val', 0)).toBe('val 0 3');
});
