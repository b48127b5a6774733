/**
 * Text with a certified distance: what is said of the person whom the query names? Each of several
 * people has one sentence, with one word that is favourable or unfavourable; the query, at the end,
 * names one of them, and its last byte is the read-out. A token is a byte + 1.
 *
 * A word is one of ten, or at tier lra fifty, of its sentiment (`textDistanceWords.ts`), so words
 * have to be read as classes, and whose word it is has to be found out: the other people's sentences
 * are about as often of the other sentiment. What surrounds them is filler: sentences of a small
 * grammar, or, with `filler: 'reviews'`, of real IMDb reviews (Maas et al. 2011), other ones in each
 * split. The sentences about people are never real ones: the rest of a real sentence speaks for one
 * sentiment, and would contradict the word in every second sibling.
 *
 * Siblings are two: the person's word is unfavourable in one and favourable in the other. The two
 * words have the same length and different last bytes, so the distance is exact: L - 1 less the
 * position of the word's last byte.
 *
 * - `swapped`, at tier lra: the other word of the pair stands in the sentence of somebody else,
 *   farther away and worded alike, and siblings exchange the two. This adds the order certificate:
 *   windows that touch a word hold besides it only what begins and ends these sentences, which is
 *   the same in both, so all w-grams occur equally often. All other sentiments are independent.
 * - `independent`, at the smaller tiers: siblings differ in the person's word alone, and everybody else's sentiment is
 *   independent of the label. The number of favourable words then tells something of the label, so
 *   there is no order certificate.
 *
 * Only the distance changes along the grid. People, words and wordings have the same distributions;
 * the other people's sentences and the filler stand wherever there is room, before and after the
 * person's, so the farther away that is, the more of them follow. Filler has to fit into that room
 * to the byte, so how long its sentences are changes a little with the distance.
 */
import { z } from 'zod';
import { exampleStream, int, sample, shuffle, type Random } from '../../../core/random.ts';
import { identifyReviews, readReviews } from '../../sources/imdb.ts';
import { defaultSources } from '../../sources/folder.ts';
import { bytePieces } from '../../reading.ts';
import type { SplitName, TaskDefinition } from '../../task.ts';
import { exampleCounts, groupCount, placeOf } from '../groups.ts';
import { fill, grammarFillers, reviewFillers, shortest, type Fillers } from './fillers.ts';
import {
  beginnings,
  endingLength,
  endings,
  longestBeginning,
  longestWord,
  nameLength,
  names,
  order,
  query,
  queryLength,
  pairsOf,
  wordsPerLength,
  type Pair,
} from './words.ts';

const options = z
  .strictObject({
    /** Bytes a text, L. */
    length: z
      .int()
      .min(64)
      .max(1 << 20),
    /** What siblings exchange, and with whom. */
    layout: z.enum(['swapped', 'independent']),
    /** Where the sentences around come from. */
    filler: z.enum(['grammar', 'reviews']),
    /** People of whom something is said. */
    people: z.int().min(2).max(names.length),
    /** Words of each sentiment for each of the five lengths. */
    words: z.int().min(2).max(wordsPerLength),
    /** Ascending; empty for 32, 64, 128, ... and the largest possible. */
    distances: z.array(z.int().positive()).max(64),
    /** Sibling groups for each distance. */
    train: groupCount,
    val: groupCount,
    test: groupCount,
  })
  .superRefine((chosen, context) => {
    const wrong = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message });
    const { people, distances } = chosen;
    const largest = largestOf(chosen);
    const cramped = gridOf(chosen).find((distance) => !hasRoom(chosen, distance));
    if (largest < smallest) wrong('length', `expected at least ${smallest + overhead(chosen)}`);
    else if (
      distances.some((d, i) => d > largest || d <= (distances[i - 1] ?? 0) || !isPossible(d))
    )
      wrong(
        'distances',
        `expected ascending numbers, ${smallest} or from ${smallest + shortest} to ${largest}, got ${distances.join(', ')}`,
      );
    else if (cramped !== undefined)
      wrong('length', `expected more room for ${people} people at distance ${cramped}`);
    else if (choices(chosen) < 2 * Math.log2(groupsOf(chosen)) + 10)
      wrong('people', 'expected more of them, or fewer groups: too few different texts are left');
  });

type Options = z.output<typeof options>;

const longestSentence = nameLength + longestBeginning + longestWord + endingLength;
/** Nothing but the end of the sentence between the word and the query. */
const smallest = endingLength + queryLength;
const isPossible = (distance: number) => distance === smallest || distance >= smallest + shortest;

/** Bytes from the first one that the person's sentence needs before it to its word's last. */
function overhead({ layout }: Pick<Options, 'layout'>): number {
  const partner = layout === 'swapped' ? longestSentence + shortest : shortest;
  return partner + nameLength + longestBeginning + longestWord;
}

const largestOf = (chosen: Options) => chosen.length - overhead(chosen);

/** Sentences about people that certainly fit into so many bytes, with filler for the rest. */
const capacity = (bytes: number) => Math.max(0, Math.floor((bytes - shortest) / longestSentence));

/** Bytes between the query and the person's sentence, and before that sentence at least. */
function roomOf({ length }: Options, distance: number): { after: number; before: number } {
  return {
    after: distance - smallest,
    before: length - distance - longestWord - longestBeginning - nameLength,
  };
}

function hasRoom(chosen: Options, distance: number): boolean {
  const { after, before } = roomOf(chosen, distance);
  return capacity(after) + capacity(before) >= chosen.people - 1;
}

function gridOf(chosen: Options): number[] {
  if (chosen.distances.length > 0) return chosen.distances;
  const largest = largestOf(chosen);
  const grid: number[] = [];
  // A last step of less than a half would add a point that says nothing new.
  for (let d = smallest; d === smallest || d * 1.5 <= largest; d *= 2) grid.push(d);
  return largest >= smallest + shortest ? [...grid, largest] : grid;
}

const groupsOf = (chosen: Options) =>
  gridOf(chosen).length * (chosen.train + chosen.val + chosen.test);

/** Bits of choice in names, words and wordings: two groups agree with probability 2^-bits at most. */
function choices({ people, words: count, layout }: Options): number {
  // Somebody's words are the partner's in turn, and so is the wording.
  const worded = layout === 'swapped' ? people - 1 : people;
  const pairs = pairsOf(count).length;
  // Of the pair of one who is not asked for, one word is seen: it is in at most `count` pairs.
  let bits = Math.log2(pairs) + (worded - 1) * Math.log2((2 * pairs) / count);
  bits += worded * Math.log2(beginnings.length * endings.length);
  for (let i = 0; i < people; i++) bits += Math.log2(names.length - i);
  return bits;
}

const common = { filler: 'grammar', words: wordsPerLength, distances: [] as number[] } as const;
// Small models learn independent sentiments in stages: which words are favourable, then whose they are.
const small = { ...common, layout: 'independent', people: 3, words: 2 } as const;
const large = { ...common, layout: 'swapped', people: 8 } as const;

/** Unfavourable and favourable. */
const siblings = 2;

export const textDistance: TaskDefinition<typeof options> = {
  name: 'text-distance',
  title: 'Text, by distance',
  kind: 'controlled',
  summary: 'Whether what is said of the named person is favourable, a known number of bytes away.',
  version: 2,
  options,
  tiers: {
    smoke: { ...small, length: 192, train: 200, val: 8, test: 16 },
    lite: { ...small, length: 256, train: 2500, val: 100, test: 400 },
    lra: { ...large, length: 4096, train: 5000, val: 200, test: 500 },
  },

  shape(chosen) {
    const distances = gridOf(chosen);
    return {
      length: chosen.length,
      vocabulary: 257,
      classes: 2,
      documents: 1,
      input: 'tokens',
      readout: 'query',
      padded: false,
      distances,
      siblings: 2,
      order: chosen.layout === 'swapped' ? order : 0,
      maskRatio: 0.15,
      counts: exampleCounts(chosen, distances.length, siblings),
      extras: {},
    };
  },

  realData: { isRead: ({ filler }) => filler === 'reviews', identify: identifyReviews },

  async open(chosen, seed, sources = defaultSources()) {
    const grid = gridOf(chosen);
    const pairs = pairsOf(chosen.words);
    const { fillers, source } = await openFillers(chosen, sources);
    return {
      ...(source !== undefined && { source }),
      example(split, index) {
        const place = placeOf(chosen, grid, siblings, split, index);
        const { inSplit, sibling: label, group, distance } = place;
        const random = exampleStream(seed, 'text-distance', split, inSplit);
        const written = write(chosen, pairs, distance, fillers[split], random)(label);
        const tokens = new Uint16Array(chosen.length);
        for (let i = 0; i < tokens.length; i++) tokens[i] = written.charCodeAt(i) + 1;
        return { tokens, label, group, distance };
      },
    };
  },

  read({ tokens, label, distance }, chosen) {
    const written = Buffer.from(Uint8Array.from(tokens, (token) => token - 1)).toString('latin1');
    const asked = chosen.length - nameLength - 1;
    const name = written.slice(asked, -1);
    const end = chosen.length - distance;
    const start = written.lastIndexOf(' ', end - 1) + 1;
    const namesAt = [...written.matchAll(new RegExp(name, 'g'))].map(({ index }) => index);
    const pieces = bytePieces(tokens, (position) => {
      if (position >= asked) return 'question';
      if (position >= start && position < end) return 'evidence';
      const named = namesAt.some((at) => position >= at && position < at + nameLength);
      return named ? 'key' : 'plain';
    });
    return {
      documents: [pieces],
      between: '',
      picture: null,
      question: `Is what is said of ${name} favourable?`,
      answer: label === 1 ? 'favourable' : 'unfavourable',
      notes: [],
    };
  },
};

async function openFillers(
  { filler }: Options,
  sources: string,
): Promise<{ fillers: Record<SplitName, Fillers>; source?: string }> {
  if (filler === 'grammar') {
    const fillers = grammarFillers();
    return { fillers: { train: fillers, val: fillers, test: fillers } };
  }
  const { reviews, source } = await readReviews(sources, 1 << 12);
  const train = reviews.filter(({ part }) => part === 'train');
  const of = (pool: typeof reviews) => reviewFillers(pool, names);
  return {
    source,
    fillers: {
      train: of(train.filter((_, i) => i % 10 > 0)),
      val: of(train.filter((_, i) => i % 10 === 0)),
      test: of(reviews.filter(({ part }) => part === 'test')),
    },
  };
}

/** A sentence about somebody, with both words that may stand in it: [unfavourable, favourable]. */
interface Statement {
  name: string;
  beginning: string;
  ending: string;
  pair: Pair;
  /** Which of the two it is; the label for the person who is asked for. */
  sentiment: number;
}

const sentence = ({ name, beginning, ending, pair }: Statement, sentiment: number) =>
  `${name}${beginning}${pair[sentiment]!}${ending}`;

/** Makes a group: its texts, by label. */
function write(
  chosen: Options,
  pairs: readonly Pair[],
  distance: number,
  fillers: Fillers,
  random: Random,
): (label: number) => string {
  const { length, layout, people } = chosen;
  const [asked, ...others] = sample(random, names.length, people).map((name): Statement => ({
    name: names[name]!,
    beginning: beginnings[int(random, beginnings.length)]!,
    ending: endings[int(random, endings.length)]!,
    pair: pairs[int(random, pairs.length)]!,
    sentiment: int(random, 2),
  })) as [Statement, ...Statement[]];
  const partner = layout === 'swapped' ? others[0] : undefined;
  if (partner) {
    const { beginning, ending, pair } = asked;
    Object.assign(partner, { beginning, ending, pair });
  }

  // Which of the others follow: each by the room there is, as long as all fit.
  const room = roomOf(chosen, distance);
  const [before, after]: [Statement[], Statement[]] = [partner ? [partner] : [], []];
  for (const other of partner ? others.slice(1) : others) {
    const follows = random() * (room.before + room.after) < room.after;
    const [preferred, spare] = follows ? [after, before] : [before, after];
    const space = capacity(follows ? room.after : room.before);
    (preferred.length < space ? preferred : spare).push(other);
  }

  const bytesOf = (statements: Statement[]) =>
    statements.reduce((sum, statement) => sum + sentence(statement, 0).length, 0);
  const own = nameLength + asked.beginning.length + asked.pair[0].length;
  const rest = length - distance - own - bytesOf(before);
  const filler = [fill(rest, fillers, random), fill(room.after - bytesOf(after), fillers, random)];
  const orders = [before, after].map((statements, i) =>
    shuffle([...Array(statements.length + filler[i]!.length).keys()], random),
  );
  return (label) => {
    const textOf = (statements: Statement[], i: number) => {
      const said = statements.map((statement) =>
        sentence(statement, statement === partner ? 1 - label : statement.sentiment),
      );
      return orders[i]!.map((n) => [...said, ...filler[i]!][n]).join('');
    };
    return `${textOf(before, 0)}${sentence(asked, label)}${textOf(after, 1)}${query(asked.name)}`;
  };
}
