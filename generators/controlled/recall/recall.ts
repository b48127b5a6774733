/**
 * Associative recall with certificates of reach, question and order (the diagnostic of Arora et al.
 * 2023, "Zoology", and Poli et al. 2024, "MAD", made into a task whose distance is proved).
 *
 * A sequence holds key-value pairs among noise; its last tokens are keys, and the answer to each is
 * the value that stands with it. `layout.ts` has the sequences and the proofs. The pairs come in sets
 * of k, one for each value, so no value is commoner than another: without the question every value is
 * equally likely, without the pairs too.
 *
 * With a signal some further pairs stand twice in the inputs, near or far apart, so that self-pretraining
 * has something to learn from that distance and from no other (`copies.ts`). Whoever predicts the second
 * copy's value and reads at most D tokens back is right exactly once in k on the groups of the part
 * `signal` whose copies are farther apart.
 *
 * `recall-capacity` is the same task with the distance fixed and the number of pairs, `sets` times k,
 * as the axis: what a state of fixed size can hold (Arora et al. 2024, "Based").
 */
import { z } from 'zod';
import type { Random } from '../../../core/random.ts';
import { symbolPieces } from '../../reading.ts';
import type { PartName, TaskDefinition, TierName } from '../../task.ts';
import { bins, commonOptions, controlledTask, type Facts } from '../controlled.ts';
import { breakOfEchoes, echoFields, echoOf, mostEchoes, usualEchoes } from '../copies.ts';
import { otherBins, type Bin } from '../places.ts';
import { bodyOf, hiddenOf, signalOf } from './echoes.ts';
import { evaluate, slotsOf } from './evaluate.ts';
import { makeGroup, makeSignalGroup } from './layout.ts';
import { firstValue, idsOf, separator, slotOf, tailOf, type RecallOptions } from './vocabulary.ts';

const options = z.strictObject({
  ...commonOptions,
  /** Different values, and classes, k; also pairs per set. */
  values: z.int().min(2).max(64),
  /** Sets of pairs per sequence: at most as many as distances, or a multiple of their number. */
  sets: z.int().min(1).max(1024),
  /** Size of the vocabulary of keys. */
  keys: z.int().min(2).max(16_384),
  /** Size of the vocabulary of noise. */
  noise: z.int().min(2).max(16_384),
  /** Separators on either side of a value; the order certificate holds to gap + 1. */
  gap: z.int().min(0).max(64),
  /** Questions before the last one. */
  asked: z.int().min(0).max(4096),
  /** Tokens that a bin of distances is wide at least; 0 for twice what its pairs need. */
  width: z
    .int()
    .min(0)
    .max(1 << 20),
  /** With a signal, pairs stand twice. */
  ...echoFields,
});

type Options = z.output<typeof options>;

/** Tokens that noise takes where no pair stands twice. */
const freeTokens = ({ length, sets, values, ...chosen }: Options) =>
  length - sets * values * slotOf(chosen) - tailOf(chosen);

/** The options as the sequences need them. */
function recallOptions(chosen: Options): RecallOptions {
  const { signal, signalDistance, echoes, ...rest } = chosen;
  const usual = usualEchoes(bodyOf(chosen), freeTokens(chosen));
  const echo = echoOf({ signal, signalDistance, echoes }, chosen.length, usual);
  return { ...rest, ...(echo && { echo }) };
}

/** Sets in a bin at most: one, or as many in each where there are more sets than bins. */
const setsPerBin = ({ sets, distances }: Options) =>
  distances.length === 0 ? 1 : Math.max(1, Math.ceil(sets / distances.length));

function facts(chosen: Options): Facts {
  const { length, values, sets, noise, gap, asked, width } = chosen;
  const taken = setsPerBin(chosen) * values * slotOf(chosen);
  const tail = tailOf(chosen);
  const full = recallOptions(chosen);
  const signal = signalOf(full);
  const copies = 2 * (signal?.pairs ?? 0) * slotOf(chosen);
  return {
    vocabulary: idsOf(full).firstNoise + noise,
    classes: values,
    states: values,
    questions: values,
    question: 1,
    asked: Array.from({ length: asked }, (_, i) => length - tail + i),
    sets,
    order: gap + 1,
    maskRatio: 0.15,
    // The separators behind the nearest value stand clear of the questions, and of a hidden value's slot.
    nearest: signal ? Math.max(tail + gap, slotOf(chosen)) : tail + gap,
    // With a signal the same distances fit in front of the hidden value.
    farthest: (signal?.position ?? length - 1) - gap - 1,
    room: width === 0 ? 2 * taken : width,
    step: Math.ceil((4 / 3) * taken),
    bits: Math.max(0, freeTokens(chosen) - copies) * Math.log2(noise),
    signal,
  };
}

function check(chosen: Options): [field: string, expected: string] | undefined {
  const { length, values, sets, keys, width } = chosen;
  const needed = Math.ceil(1.5 * setsPerBin(chosen) * values * slotOf(chosen));
  if (keys < sets * values)
    return ['keys', `expected at least as many as pairs (${sets * values})`];
  if (width !== 0 && width < needed)
    return ['width', `expected 0, or at least ${needed} for the pairs in a bin`];
  const body = bodyOf(chosen);
  const { echo } = recallOptions(chosen);
  const most = mostEchoes(body, freeTokens(chosen));
  if (echo && most < 1) {
    const least = length - freeTokens(chosen) + 4 * slotOf(chosen);
    return ['length', `expected at least ${least} with a signal`];
  }
  const wrong = breakOfEchoes(chosen, echo, body, most);
  if (wrong) return wrong;
  const found = bins(chosen, facts(chosen)).length;
  if (found > 0 && sets > found && sets % found !== 0)
    return ['sets', `expected at most ${found}, or a multiple of it: there are ${found} distances`];
  return undefined;
}

/** Bins of the sets that are not asked about last, so that each bin has as many sets as any other. */
function binsOfOthers(all: readonly Bin[], asked: Bin, sets: number, random: Random): Bin[] {
  if (sets <= all.length) return otherBins(all, asked, sets, random);
  const each = sets / all.length;
  return all.flatMap((bin) =>
    Array.from({ length: bin.from === asked.from ? each - 1 : each }, () => bin),
  );
}

/** A recall task of that name, with these tiers. */
function recallTask(
  names: Pick<TaskDefinition, 'name' | 'title' | 'summary'>,
  tiers: Record<TierName, Options>,
): TaskDefinition<typeof options> {
  return controlledTask({
    ...names,
    version: 3,
    options,
    tiers,
    check,
    facts,
    prepare: (chosen) => ({ shared: bins(chosen, facts(chosen)) }),
    makeGroup(chosen, bin, random, _split, all: Bin[]) {
      const others = binsOfOthers(all, bin, chosen.sets, random);
      return makeGroup(recallOptions(chosen), bin, others, random);
    },
    makeSignalGroup(chosen, bin, random, all: Bin[]) {
      const others = binsOfOthers(all, bin, chosen.sets, random);
      return makeSignalGroup(recallOptions(chosen), bin, others, random);
    },
    evaluate: ({ tokens }, chosen, part) => evaluate(tokens, recallOptions(chosen), part),
    read,
  });
}

const common = { noise: 16, width: 0 };

export const recall = recallTask(
  {
    name: 'recall',
    title: 'Recall',
    summary: 'The value of the asked key, among several key-value pairs, a known distance away.',
  },
  {
    smoke: {
      ...common,
      ...{ length: 64, values: 4, sets: 2, keys: 8, gap: 0, asked: 6 },
      ...{ distances: [16, 32], train: 100, val: 4, test: 8 },
    },
    lite: {
      ...common,
      ...{ length: 256, values: 4, sets: 2, keys: 8, gap: 0, asked: 14 },
      ...{ distances: [16, 32, 64, 128], train: 1500, val: 16, test: 64 },
    },
    lra: {
      ...common,
      ...{ length: 4096, values: 8, sets: 4, keys: 32, gap: 2, asked: 30 },
      ...{ distances: [64, 128, 256, 512, 1024, 2048], train: 200, val: 10, test: 40 },
    },
  },
);

export const recallCapacity = recallTask(
  {
    name: 'recall-capacity',
    title: 'Recall, by capacity',
    summary: 'The value of the asked key, among many key-value pairs at one and the same distance.',
  },
  {
    smoke: {
      ...{ length: 128, values: 4, sets: 4, keys: 32, noise: 16, gap: 0, asked: 14, width: 96 },
      ...{ distances: [16], train: 200, val: 8, test: 16 },
    },
    lite: {
      ...{ length: 512, values: 4, sets: 8, keys: 128, noise: 16, gap: 0, asked: 30, width: 448 },
      ...{ distances: [32], train: 3000, val: 64, test: 256 },
    },
    lra: {
      ...{ length: 4096, values: 8, sets: 32, keys: 1024, noise: 16, gap: 2 },
      ...{ asked: 60, width: 3968, distances: [64], train: 1200, val: 60, test: 240 },
    },
  },
);

/** The asked pair and the questions stand out; the other pairs are keys and values. */
function read(
  { tokens, label }: { tokens: ArrayLike<number>; label: number },
  chosen: Options,
  part?: PartName,
) {
  const full = recallOptions(chosen);
  const { firstKey, firstNoise } = idsOf(full);
  const last = chosen.length - 1;
  const isSignal = part === 'signal';
  const hidden = hiddenOf(full);
  const question = isSignal ? hidden - chosen.gap - 1 : last;
  const asked = tokens[question]!;
  const decides = slotsOf(tokens, full)?.get(asked);
  const pieces = symbolPieces(tokens, (token, position) => {
    if (token >= firstNoise) return { text: '·', kind: 'noise' };
    if (token === separator) return { text: '–', kind: 'separator' };
    const kind = position === decides ? 'evidence' : 'value';
    if (token < firstKey) return { text: `value${token - firstValue}`, kind };
    const isEarlier = position > last - tailOf(full);
    const kindOfKey = position === question ? 'question' : isEarlier ? 'earlier' : 'key';
    return { text: `key${token - firstKey}`, kind: kindOfKey };
  });
  return {
    documents: [pieces],
    between: ' ' as const,
    picture: null,
    question: isSignal
      ? `Which value stands hidden at position ${hidden}, beside key${asked - firstKey}?`
      : `Which value does key${asked - firstKey} have?`,
    answer: `value${label}`,
    notes: [],
  };
}
