/** Tasks made for tests of the frame: one with all that a shape can have, and one of pictures. */
import { z } from 'zod';
import { exampleStream, int } from '../../core/random.ts';
import { scanOrder } from '../../generators/pictures/scan.ts';
import {
  commonOptions,
  controlledTask,
  type ControlledTask,
} from '../../generators/controlled/controlled.ts';
import { splits, type TaskDefinition, type TaskShape } from '../../generators/task.ts';

const groups = { train: 6, val: 1, test: 2 };

/**
 * Pairs of documents of 8 tokens. The state swaps two tokens of the second document, at distances 4
 * and 6; the question is the last token of both. Certificates: reach(4), question(1), order(1). One
 * question is asked earlier, at position 6, and there are two extra columns besides `places`.
 */
export const pairsTask: ControlledTask<z.ZodObject<typeof commonOptions>, undefined> = {
  name: 'synthetic-pairs',
  title: 'Pairs',
  summary: 'For tests.',
  version: 1,
  options: z.strictObject(commonOptions),
  tiers: {
    smoke: { length: 8, distances: [4], ...groups },
    lite: { length: 8, distances: [4], ...groups },
    lra: { length: 8, distances: [4], ...groups },
  },
  facts: () => ({
    ...{ documents: 2 as const, vocabulary: 300, classes: 2, states: 2, questions: 2, question: 1 },
    ...{ asked: [6], sets: 1, order: 1, maskRatio: 0.15, extras: { spots: 3, half: 1 } },
    ...{ nearest: 4, farthest: 6, room: 2, bits: 70 },
  }),
  prepare: () => ({ shared: undefined }),
  makeGroup(_, bin, random) {
    const tokens = Array.from({ length: 16 }, () => 1 + int(random, 290));
    const spots = [1, 3].slice(0, 1 + int(random, 2));
    const earlier = int(random, 2);
    tokens[6] = tokens[14] = 292 + earlier;
    return {
      places: [bin.from, bin.from],
      row(state, question) {
        [tokens[8 + 1], tokens[8 + 3]] = state === 0 ? [298, 299] : [299, 298];
        tokens[7] = tokens[15] = 294 + question;
        const answers = [(state + earlier) % 2];
        return { tokens, label: (state + question) % 2, answers, extras: { spots, half: [state] } };
      },
    };
  },
  evaluate({ tokens }) {
    const [state, question] = [tokens[9] === 298 ? 0 : 1, tokens[15]! - 294];
    if (question < 0 || question > 1) return undefined;
    return { label: (state + question) % 2, answers: [(state + tokens[14]! - 292) % 2], place: 4 };
  },
  read: () => ({
    ...{ documents: [], between: '', picture: null, question: '', answer: '', notes: [] },
  }),
};

export const pairs = controlledTask(pairsTask);

/** Pictures of 4 x 4 grey levels, read along Hilbert's curve; the label is the first one's parity. */
export const pictures: TaskDefinition = {
  name: 'synthetic-pictures',
  title: 'Pictures',
  kind: 'standard',
  summary: 'For tests.',
  version: 1,
  options: z.strictObject({}),
  tiers: { smoke: {}, lite: {}, lra: {} },
  shape: () => ({ ...pictureShape }),
  read: (example, options) => pairs.read(example, options as never),
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
