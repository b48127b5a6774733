/**
 * Retrieval with a certified distance: do two documents, each read on its own, have the same key?
 * A document holds several keys, each of several tokens and under a role of its own, among noise;
 * its last token names the role that is asked for, the same in both documents.
 * `retrievalDistanceLayout.ts` has the layout.
 *
 * So a reader has to find the slot of a role, take up a key in which the order of tokens counts,
 * carry it to the end of its document, and there it is compared. Half the time one key is the other
 * reversed, so that a key without the order of its tokens does not tell them apart.
 *
 * Siblings have different keys under the asked role of the second document: that of the first
 * document, or another. In a share `exchanged` of the groups both keys stand in the document, and
 * the siblings exchange them; in the others the second key is replaced. The keys differ in their
 * last tokens, so the nearest difference is at the distance exactly: the last D tokens of either
 * document are the same in both siblings. In the first document, where nothing differs, the asked
 * key and another stand likewise.
 *
 * Where all groups exchange, there is the order certificate(g + 1): either key has g separators on
 * both sides, so windows of at most g + 1 tokens that touch a key hold nothing else but separators,
 * and exchanging the keys exchanges these windows too. (With one token more a window holds a role and
 * the first token of its key.) But then, as in the block layout of recall, nothing can be learned
 * before everything is, and small models learn nothing. So by default half of the groups replace,
 * which has no such certificate: which keys a document holds tells the label in part. For the same
 * reason the first document's key is one and the same in a share `common` of the groups: what the
 * second document holds then tells something without the first.
 *
 * Only the place of the block changes along the grid: lengths, slots, roles, keys, and the places of
 * the two keys in the block keep their distributions exactly.
 */
import { z } from 'zod';
import { exampleStream, int } from '../../../core/random.ts';
import { symbolPieces } from '../../reading.ts';
import type { TaskDefinition } from '../../task.ts';
import { doublingGrid, isGrid } from '../grid.ts';
import { exampleCounts, groupCount, placeOf } from '../groups.ts';
import {
  bounds,
  documentOf,
  firstRole,
  idsOf,
  keyBeside,
  rivals,
  separator,
  slotSize,
  type Key,
} from './layout.ts';

const vocabulary = z.int().min(2).max(16_384);
const options = z
  .strictObject({
    /** Tokens of each document, L. */
    length: z
      .int()
      .min(8)
      .max(1 << 20),
    /** Slots a document, each a role and its key. */
    slots: z.int().min(2).max(64),
    /** Size of the vocabulary of roles. */
    roles: vocabulary,
    /** Size of the vocabulary of key tokens. */
    alphabet: vocabulary,
    /** Tokens of a key. */
    keyLength: z.int().min(2).max(16),
    /** Separators before and after a key; an order certificate holds to gap + 1. */
    gap: z.int().min(0).max(64),
    /** Share of groups whose siblings exchange two keys; 1 for the order certificate. */
    exchanged: z.number().min(0).max(1),
    /** Share of groups whose first document has the common key, besides those by chance. */
    common: z.number().min(0).max(0.9),
    /** Size of the vocabulary of noise. */
    noise: vocabulary,
    /** Ascending; empty for powers of two and the largest possible. */
    distances: z.array(z.int().positive()).max(64),
    /** Sibling groups for each distance. */
    train: groupCount,
    val: groupCount,
    test: groupCount,
  })
  .superRefine((chosen, context) => {
    const wrong = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message });
    const { slots, roles, alphabet, keyLength, distances } = chosen;
    const { smallest, largest } = bounds(chosen);
    if (roles < slots) wrong('roles', `expected at least as many as slots (${slots})`);
    else if (keyLength * Math.log2(alphabet) < Math.log2(2 * slots))
      wrong('alphabet', `expected more: at least ${2 * slots} different keys for ${slots} slots`);
    else if (largest < smallest)
      wrong('length', `expected at least ${chosen.length + smallest - largest} for these slots`);
    else if (!isGrid(distances, smallest, largest))
      wrong(
        'distances',
        `expected ascending numbers from ${smallest} to ${largest}, got ${distances.join(', ')}`,
      );
    else if (choices(chosen) < 2 * Math.log2(groupsOf(chosen)) + 40)
      wrong('length', 'expected more noise: these options leave too few different documents');
  });

type Options = z.output<typeof options>;

const gridOf = (chosen: Options) => {
  const { smallest, largest } = bounds(chosen);
  return chosen.distances.length > 0 ? chosen.distances : doublingGrid(smallest, largest);
};

const groupsOf = (chosen: Options) =>
  gridOf(chosen).length * (chosen.train + chosen.val + chosen.test);

/** Bits of choice in the noise of a group: two groups agree with probability 2^-bits at most. */
function choices(chosen: Options): number {
  return 2 * (chosen.length - chosen.slots * slotSize(chosen) - 1) * Math.log2(chosen.noise);
}

const siblings = 2;
const common = {
  slots: 3,
  roles: 6,
  alphabet: 8,
  keyLength: 2,
  gap: 1,
  exchanged: 0.5,
  common: 0.5,
  noise: 16,
};

export const retrievalDistance: TaskDefinition<typeof options> = {
  name: 'retrieval-distance',
  title: 'Retrieval at a distance',
  kind: 'controlled',
  summary:
    'Whether two documents, each read on its own, have the same key, a known distance from their ends.',
  version: 1,
  options,
  tiers: {
    smoke: { ...common, length: 128, distances: [], train: 200, val: 16, test: 32 },
    lite: { ...common, length: 256, distances: [], train: 1600, val: 42, test: 214 },
    lra: { ...common, length: 4000, distances: [], train: 4900, val: 120, test: 240 },
  },

  shape(chosen) {
    const distances = gridOf(chosen);
    return {
      length: chosen.length,
      vocabulary: idsOf(chosen).firstNoise + chosen.noise,
      classes: 2,
      documents: 2,
      input: 'tokens',
      readout: 'query',
      padded: false,
      distances,
      siblings,
      order: chosen.exchanged === 1 ? chosen.gap + 1 : 0,
      maskRatio: 0.15,
      counts: exampleCounts(chosen, distances.length, siblings),
      extras: {},
    };
  },

  async open(chosen, seed) {
    const grid = gridOf(chosen);
    return {
      example(split, index) {
        const place = placeOf(chosen, grid, siblings, split, index);
        const { inSplit, sibling: same, group, distance } = place;
        const random = exampleStream(seed, 'retrieval-distance', split, inSplit);
        const keys = rivals(chosen, random);
        const role = int(random, chosen.roles);
        const exchanged = random() < chosen.exchanged;
        const [first, second] = [0, 1].map(() =>
          documentOf(chosen, distance, role, exchanged, keys, random),
        ) as [ReturnType<typeof documentOf>, ReturnType<typeof documentOf>];
        const [beside, instead] = [0, 1].map(() => keyBeside(chosen, keys, random)) as [Key, Key];
        first.fill(keys[0], beside);
        const [asked, rival] = same ? keys : [keys[1], keys[0]];
        second.fill(asked, exchanged ? rival : instead);
        const tokens = new Uint16Array(2 * chosen.length);
        tokens.set(first.tokens);
        tokens.set(second.tokens, chosen.length);
        return { tokens, label: same, group, distance };
      },
    };
  },

  read({ tokens, label }, chosen) {
    const { length, gap, keyLength } = chosen;
    const { firstKeyToken, firstNoise } = idsOf(chosen);
    const both = Array.from(tokens);
    const documents = [0, 1].map((d) => {
      const document = both.slice(d * length, (d + 1) * length);
      const asked = document.indexOf(document.at(-1)!);
      return symbolPieces(document, (token, position) => {
        if (token >= firstNoise) return { text: '·', kind: 'noise' };
        if (token === separator) return { text: '–', kind: 'separator' };
        if (token < firstKeyToken)
          return {
            text: `role${token - firstRole}`,
            kind: position === length - 1 ? 'question' : 'key',
          };
        const decides = position > asked && position <= asked + gap + keyLength;
        return { text: `key${token - firstKeyToken}`, kind: decides ? 'evidence' : 'value' };
      });
    });
    return {
      documents,
      between: ' ',
      picture: null,
      question: `Do both documents have the same key under role${both.at(-1)! - firstRole}?`,
      answer: label === 1 ? 'the same key' : 'different keys',
      notes: [],
    };
  },
};
