/** Tasks made for tests of the frame: one with all that a shape can have, and one of pictures. */
import { z } from 'zod';
import { exampleStream, int } from '../../core/random.ts';
import { scanOrder } from '../../generators/pictures/scan.ts';
import { splits, type TaskDefinition, type TaskShape } from '../../generators/task.ts';

const groups = { train: 6, val: 2, test: 4 };

/**
 * Pairs of documents of 8 tokens, in groups of two that swap two tokens of the second document:
 * reach certificate(3), order certificate(1), and two extra columns.
 */
export const pairs: TaskDefinition = {
  name: 'synthetic-pairs',
  title: 'Pairs',
  kind: 'controlled',
  summary: 'For tests.',
  version: 1,
  options: z.strictObject({}),
  tiers: { smoke: {}, lite: {}, lra: {} },
  shape: () => ({
    length: 8,
    documents: 2,
    input: 'tokens',
    vocabulary: 300,
    classes: 2,
    readout: 'query',
    padded: false,
    distances: [3],
    siblings: 2,
    order: 1,
    maskRatio: 0.15,
    counts: { train: 2 * groups.train, val: 2 * groups.val, test: 2 * groups.test },
    extras: { places: 3, half: 1 },
  }),
  async open(_, seed) {
    return {
      example(split, index) {
        const group = Math.floor(index / 2);
        const random = exampleStream(seed, 'pairs', split, group);
        const tokens = Array.from({ length: 16 }, () => 1 + int(random, 297));
        [tokens[8 + 2], tokens[8 + 4]] = index % 2 === 0 ? [298, 299] : [299, 298];
        const before = splits.slice(0, splits.indexOf(split));
        return {
          tokens,
          label: index % 2,
          group: before.reduce((sum, name) => sum + groups[name], 0) + group,
          distance: 3,
          extras: { places: [2, 4].slice(0, 1 + (group % 2)), half: [index % 2] },
        };
      },
    };
  },
  read: () => ({
    documents: [],
    between: '',
    picture: null,
    question: '',
    answer: '',
    notes: [],
  }),
};

/** Pictures of 4 x 4 grey levels, read along Hilbert's curve; the label is the first one's parity. */
export const pictures: TaskDefinition = {
  ...pairs,
  name: 'synthetic-pictures',
  kind: 'standard',
  shape: () => ({ ...pictureShape }),
  async open(_, seed) {
    return {
      example(split, index) {
        const random = exampleStream(seed, 'pictures', split, index);
        const levels = Array.from({ length: 16 }, () => int(random, 256));
        const before = splits.slice(0, splits.indexOf(split));
        return {
          tokens: Array.from(scanOrder('hilbert', 4, 4), (pixel) => levels[pixel]! + 1),
          label: levels[0]! % 2,
          group: before.reduce((sum, name) => sum + pictureShape.counts[name], 0) + index,
          distance: 0,
        };
      },
    };
  },
};

const pictureShape: TaskShape = {
  length: 16,
  documents: 1,
  input: 'levels',
  picture: { rows: 4, columns: 4, scan: 'hilbert' },
  vocabulary: 257,
  classes: 2,
  readout: 'pool',
  padded: false,
  distances: [],
  siblings: 1,
  order: 0,
  maskRatio: 0.5,
  counts: { train: 12, val: 3, test: 5 },
  extras: {},
};
