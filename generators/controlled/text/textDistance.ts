/**
 * Text with certified distances: is what is said of the named person favourable? Several people have
 * one sentence each, with a word that is favourable or unfavourable; the text ends with questions,
 * each a person's initial, and the last one is scored. A token is a byte + 1. `layout.ts` has the
 * construction and the proofs.
 *
 * So three things are needed: words have to be read as classes (each is one of many of its
 * sentiment), a word has to be kept up to the name of its person, and the person has to be found
 * again from the end.
 *
 * What surrounds the sentences is filler: of a small grammar, or, with `filler: 'reviews'`, sentences
 * of real film reviews (Maas et al. 2011, https://ai.stanford.edu/~amaas/data/sentiment), other ones
 * in each split. The sentences about people are never real ones: the rest of a real sentence speaks
 * for one sentiment, and would contradict the word in every second state.
 *
 * What helps to learn it: the earlier questions are trained on as well, and training rows may be
 * easier, in two ways that are drawn independently. In a share `alike` of them everybody has the same
 * sentiment, so that finding the person is not needed. In a share `marked` the second letter of each
 * name, or the last letter of the word before it, is a + or a -, so that reading words is not needed.
 * So a model learns what marks and words mean, then to find the marks of a person, then the words.
 * Validation and test groups are never easier.
 *
 * With a signal some notes stand twice in the inputs, near or far apart (`echoes.ts`), so that
 * self-pretraining has something to learn from that distance and from no other. Whoever predicts the
 * second copy's digit and reads at most D bytes back is right exactly once in two on the groups of the
 * part `signal` whose copies are farther apart (`hidden.ts`).
 */
import { z } from 'zod';
import { identifyReviews, readReviews } from '../../sources/imdb.ts';
import { defaultSources } from '../../sources/folder.ts';
import type { SplitName, TaskDefinition } from '../../task.ts';
import { bins, commonOptions, controlledTask, type Facts } from '../controlled.ts';
import { breakOfEchoes, echoFields, echoOf, mostEchoes, usualEchoes } from '../copies.ts';
import { isGrid } from '../grid.ts';
import { arrangements, oneOf, setsFit, type Bin } from '../places.ts';
import { evaluateText } from './evaluate.ts';
import { grammarFillers, reviewFillers, type Fillers } from './fillers.ts';
import { bodyOf, freeBytes, letters, looksLikeNote, noteLength, signalOf } from './echoes.ts';
import { binsBesideHidden, makeSignalText } from './hidden.ts';
import { makeText } from './layout.ts';
import {
  askedAt,
  farthest,
  longestSentence,
  nearest,
  questionLength,
  type TextOptions,
} from './sizes.ts';
import { readText } from './read.ts';
import { beginnings, endings, names, orderOf, pairsOf, phrases, wordsPerLength } from './words.ts';

const options = z.strictObject({
  ...commonOptions,
  /** Where the sentences around come from. */
  filler: z.enum(['grammar', 'reviews']),
  /** Sets of two people, in bins of their own but for the farthest. */
  sets: z.int().min(1).max(5),
  /** Names that people may have: the fewer, the sooner a model knows all their initials. */
  names: z.int().min(2).max(names.length),
  /** Words of each sentiment for each of the five lengths. */
  words: z.int().min(2).max(wordsPerLength),
  /** Ways to begin a sentence. */
  wordings: z.int().min(1).max(beginnings.length),
  /** Phrases that may stand between a word and its person; 0: nothing, both are one word. */
  phrases: z.int().min(0).max(phrases.length),
  /** Questions before the last one. */
  asked: z.int().min(0).max(256),
  /** Share of training rows in which everybody has the same sentiment. */
  alike: z.number().min(0).max(1),
  /** Share of training rows in which names or words are marked with the sentiment. */
  marked: z.number().min(0).max(1),
  /** With a signal, notes stand twice. */
  ...echoFields,
});

type Options = z.output<typeof options>;

/** Bytes that a bin is wide at least. */
const room = 96;

/** Notes that may stand twice: half of the filler's room, with a letter for each. */
const mostNotes = (chosen: Options) =>
  Math.min(mostEchoes(bodyOf(chosen), freeBytes(chosen)), letters.length - 2 * chosen.sets);

/** The options as the texts need them. */
function textOptions(chosen: Options): TextOptions {
  const usual = usualEchoes(bodyOf(chosen), freeBytes(chosen));
  const echo = echoOf(chosen, chosen.length, Math.min(usual, Math.max(1, mostNotes(chosen))));
  return { ...chosen, ...(echo && { echo }) };
}

function facts(chosen: Options): Facts {
  const full = textOptions(chosen);
  const signal = signalOf(full);
  // With a signal the same distances fit in front of the hidden value, and no two notes overlap.
  const [least, most] = signal
    ? [noteLength(chosen), signal.position - bodyOf(chosen).before]
    : [0, Infinity];
  return {
    vocabulary: 257,
    classes: 2,
    states: 2,
    questions: 2,
    question: questionLength,
    asked: askedAt(chosen),
    sets: chosen.sets,
    order: orderOf(chosen.phrases),
    maskRatio: 0.15,
    nearest: Math.max(nearest(chosen), least),
    farthest: Math.min(farthest(chosen), most),
    room,
    bits: bitsOf(chosen),
    signal,
  };
}

/** Bits of choice in names, words, wordings, earlier questions and places of the asked set. */
function bitsOf(chosen: Options): number {
  const { sets, words, wordings, asked } = chosen;
  const perSet = pairsOf(words).length * wordings * endings.length * Math.max(1, chosen.phrases);
  let bits = sets * Math.log2(perSet) + asked * Math.log2(2 * sets);
  for (let i = 0; i < 2 * sets; i++) bits += Math.log2(chosen.names - i);
  const narrowest = { from: 0, to: room };
  const apart = longestSentence(chosen);
  return bits + sets * Math.log2(arrangements({ bins: [narrowest], count: 2, apart }));
}

function check(chosen: Options): [field: string, expected: string] | undefined {
  const { names, sets, distances } = chosen;
  if (names < 2 * sets) return ['names', `expected at least as many as people (${2 * sets})`];
  const wrong = checkEchoes(chosen);
  if (wrong) return wrong;
  const { nearest, farthest, signal } = facts(chosen);
  if (!isGrid(distances, nearest, farthest + 1 - room)) return undefined;
  const found = bins(chosen, facts(chosen));
  const fits = (all: Bin[], count: number) =>
    setsFit({ bins: all, count: 2, apart: longestSentence(chosen) }, count);
  if (found.length > 0 && !fits(found, sets))
    return ['sets', `expected fewer: ${sets} sets do not fit into any ${sets} bins of distances`];
  if (signal && !fits(binsBesideHidden(textOptions(chosen), found), sets - 1))
    return [
      'length',
      'expected more with a signal: people and the hidden note do not fit beside each other',
    ];
  return undefined;
}

function checkEchoes(chosen: Options): [field: string, expected: string] | undefined {
  const { echo } = textOptions(chosen);
  const most = mostNotes(chosen);
  if (echo && chosen.sets < 2) return ['sets', 'expected at least 2 with a signal'];
  if (echo && most < 1) {
    const least = chosen.length - freeBytes(chosen) + 4 * noteLength(chosen);
    return ['length', `expected at least ${least} with a signal`];
  }
  return breakOfEchoes(chosen, echo, bodyOf(chosen), most);
}

interface Shared {
  bins: Bin[];
  fillers: Record<SplitName, Fillers>;
}

const common = { filler: 'grammar', sets: 2, alike: 0.1, marked: 0.3 } as const;

export const textDistance: TaskDefinition<typeof options> = controlledTask<typeof options, Shared>({
  name: 'text-distance',
  title: 'Text at a distance',
  summary: 'Whether what is said of the named person is favourable, a known number of bytes away.',
  version: 4,
  options,
  tiers: {
    smoke: {
      ...{ ...common, length: 224, names: 18, words: 4, wordings: 4, phrases: 0, asked: 3 },
      ...{ distances: [32, 96], train: 200, val: 8, test: 16 },
    },
    lite: {
      ...{ ...common, length: 448, names: 8, words: 2, wordings: 4, phrases: 0, asked: 14 },
      ...{ distances: [64, 128, 256], train: 8000, val: 50, test: 200 },
    },
    lra: {
      ...{ ...common, length: 4096, sets: 4, names: 26, words: 10, wordings: 10 },
      ...{ phrases: 6, asked: 10, distances: [64, 128, 256, 512, 1024, 2048] },
      ...{ train: 2000, val: 50, test: 125 },
    },
  },
  check,
  facts,
  realData: { isRead: ({ filler }) => filler === 'reviews', identify: identifyReviews },

  async prepare(chosen, _, sources = defaultSources()) {
    const { fillers, source } = await openFillers(chosen, sources);
    return {
      shared: { bins: bins(chosen, facts(chosen)), fillers },
      ...(source !== undefined && { source }),
    };
  },

  makeGroup(chosen, bin, random, split, shared) {
    const [alike, isMarked] = [random() < chosen.alike, random() < chosen.marked];
    const marked = isMarked ? oneOf(['name', 'word'] as const, random) : undefined;
    const ease = split === 'train' ? { alike, marked } : undefined;
    return makeText(textOptions(chosen), bin, shared.bins, shared.fillers[split], random, ease);
  },

  makeSignalGroup: (chosen, bin, random, { bins, fillers }) =>
    makeSignalText(textOptions(chosen), bin, bins, fillers.test, random),

  evaluate: ({ tokens }, chosen, part) => evaluateText(tokens, textOptions(chosen), part),

  read: (example, chosen, part) => readText(example, textOptions(chosen), part),
});

async function openFillers(
  chosen: Options,
  sources: string,
): Promise<{ fillers: Record<SplitName, Fillers>; source?: string }> {
  if (chosen.filler === 'grammar') {
    const fillers = grammarFillers();
    return { fillers: { train: fillers, val: fillers, test: fillers } };
  }
  const { reviews, source } = await readReviews(sources, 1 << 12);
  const train = reviews.filter(({ part }) => part === 'train');
  const without = new RegExp(
    `\\b(${names.join('|')})\\b${textOptions(chosen).echo ? `|${looksLikeNote}` : ''}`,
    'i',
  );
  const of = (pool: typeof reviews) => reviewFillers(pool, without);
  return {
    source,
    fillers: {
      train: of(train.filter((_, i) => i % 10 > 0)),
      val: of(train.filter((_, i) => i % 10 === 0)),
      test: of(reviews.filter(({ part }) => part === 'test')),
    },
  };
}
