/**
 * Retrieval with a certified distance: do two documents, each read on its own, have the same key under
 * a role? A document holds several keys, each of several tokens and under a role of its own, among
 * noise; its last token names the role that is asked for, the same in both documents. `layout.ts` has
 * the groups and why nobody gets by without the question, without either document, or without the
 * order of a key's tokens.
 *
 * So a reader has to find the slot of a role, take up a key in which the order of tokens counts, carry
 * it to the end of its document, and there it is compared.
 *
 * What helps to learn it: the answer is a parity of three facts (the state of either document, and the
 * role), of which no two tell anything, so nothing is learnt before everything is. A share `helpers` of
 * the training rows is easier: documents have one key under all roles, or a key that is the same in
 * all groups, and keys differ in their tokens (`layout.ts` has the five steps). Earlier questions ask
 * for further roles of the same documents, and each has an answer to learn from. Without separators
 * (`gap` 0) a key stands beside its role. Validation and test groups are never easier.
 */
import { z } from 'zod';
import { symbolPieces, type Reading } from '../../reading.ts';
import { bins, commonOptions, controlledTask, type Facts } from '../controlled.ts';
import { isGrid } from '../grid.ts';
import { otherBins, setsFit } from '../places.ts';
import { evaluate } from './evaluate.ts';
import { firstRole, idsOf, makeGroup, rolesPerSet, separator, slotSize, states } from './layout.ts';

const vocabulary = z.int().min(2).max(16_384);
const options = z.strictObject({
  ...commonOptions,
  /** Sets of four roles per document. */
  sets: z.int().min(1).max(4),
  /** Size of the vocabulary of roles. */
  roles: vocabulary,
  /** Size of the vocabulary of key tokens. */
  alphabet: vocabulary,
  /** Tokens of a key. */
  keyLength: z.int().min(1).max(16),
  /** Separators before and after a key; the order certificate holds to gap + 1. */
  gap: z.int().min(0).max(64),
  /** Size of the vocabulary of noise. */
  noise: vocabulary,
  /** Questions before the last one. */
  asked: z.int().min(0).max(4096),
  /** Share of training rows that are easier. */
  helpers: z.number().min(0).max(0.9),
});

type Options = z.output<typeof options>;

function facts(chosen: Options): Facts {
  const { length, sets, noise, keyLength, gap, asked } = chosen;
  const taken = rolesPerSet * slotSize(chosen);
  const free = 2 * (length - asked - 1 - sets * taken);
  return {
    documents: 2,
    vocabulary: idsOf(chosen).firstNoise + noise,
    classes: 2,
    states,
    questions: rolesPerSet,
    question: 1,
    asked: Array.from({ length: asked }, (_, i) => length - 1 - asked + i),
    sets,
    order: gap + 1,
    maskRatio: 0.15,
    nearest: asked + 1 + gap,
    farthest: length - 1 - gap - keyLength,
    room: 2 * taken,
    bits: Math.max(0, free) * Math.log2(noise),
  };
}

function check(chosen: Options): [field: string, expected: string] | undefined {
  const { sets, roles, alphabet, keyLength, distances } = chosen;
  const { nearest, farthest, room } = facts(chosen);
  if (roles < rolesPerSet * sets)
    return ['roles', `expected at least as many as slots (${rolesPerSet * sets})`];
  const keys = alphabet ** keyLength - alphabet ** Math.ceil(keyLength / 2);
  // At most half of them are drawn: a key is not drawn again, nor its reverse.
  if (keyLength > 1 && keys < 2 * rolesPerSet * sets)
    return ['alphabet', `expected more: there are ${keys} keys that are not their own reverse`];
  if (!isGrid(distances, nearest, farthest + 1 - room)) return undefined;
  const found = bins(chosen, facts(chosen));
  if (
    found.length > 0 &&
    !setsFit({ bins: found, count: rolesPerSet, apart: slotSize(chosen) }, sets)
  )
    return ['sets', `expected fewer: ${sets} sets do not fit into any ${sets} bins of distances`];
  return undefined;
}

const common = { noise: 16, helpers: 0.8 };

export const retrievalDistance = controlledTask({
  name: 'retrieval-distance',
  title: 'Retrieval at a distance',
  summary:
    'Whether two documents, each read on its own, have the same key, a known distance from their ends.',
  version: 5,
  options,
  tiers: {
    smoke: {
      ...common,
      ...{
        length: 64,
        sets: 1,
        roles: 6,
        alphabet: 2,
        keyLength: 1,
        gap: 0,
        asked: 6,
        distances: [8, 24],
      },
      ...{ train: 100, val: 4, test: 8 },
    },
    lite: {
      ...common,
      ...{
        length: 256,
        sets: 2,
        roles: 8,
        alphabet: 2,
        keyLength: 1,
        gap: 0,
        asked: 14,
        distances: [16, 32, 64, 128],
      },
      ...{ train: 1500, val: 16, test: 64 },
    },
    lra: {
      ...common,
      ...{ length: 4000, sets: 2, roles: 32, alphabet: 8, keyLength: 2, gap: 1, asked: 30 },
      ...{ distances: [64, 128, 256, 512, 1024, 2048], train: 200, val: 10, test: 40 },
    },
  },
  check,
  facts,
  prepare: (chosen) => ({ shared: bins(chosen, facts(chosen)) }),
  makeGroup(chosen, bin, random, split, all) {
    const others = otherBins(all, bin, chosen.sets, random);
    return makeGroup(chosen, [bin, ...others], random, split);
  },
  evaluate: ({ tokens }, chosen) => evaluate(tokens, chosen),
  read,
});

/** Both documents for a person: the keys under the asked role decide. */
function read(
  { tokens, label }: { tokens: ArrayLike<number>; label: number },
  chosen: Options,
): Reading {
  const { length, gap, keyLength, asked } = chosen;
  const { firstKeyToken, firstNoise } = idsOf(chosen);
  const both = Array.from(tokens);
  const role = both.at(-1)!;
  const documents = [0, 1].map((d) => {
    const document = both.slice(d * length, (d + 1) * length);
    const slot = document.indexOf(role);
    return symbolPieces(document, (token, position) => {
      if (token >= firstNoise) return { text: '·', kind: 'noise' };
      if (token === separator) return { text: '–', kind: 'separator' };
      const decides = position > slot && position <= slot + gap + keyLength;
      if (token >= firstKeyToken)
        return { text: `key${token - firstKeyToken}`, kind: decides ? 'evidence' : 'value' };
      const isEarlier = position >= length - 1 - asked;
      const kind = position === length - 1 ? 'question' : isEarlier ? 'earlier' : 'key';
      return { text: `role${token - firstRole}`, kind };
    });
  });
  return {
    documents,
    between: ' ',
    picture: null,
    question: `Do both documents have the same key under role${role - firstRole}?`,
    answer: label === 1 ? 'the same key' : 'different keys',
    notes: [],
  };
}
