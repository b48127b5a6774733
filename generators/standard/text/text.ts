/**
 * Text of the Long Range Arena (Tay et al. 2021): the sentiment of an IMDb review (Maas et al.
 * 2011), read byte by byte. A token is a byte + 1, 0 is padding, longer reviews are cut.
 *
 * What is LRA's: the test split is the archive's (at fewer than 25,000 examples a subset of it,
 * drawn by the seed, as many of each label). What is not: LRA validates on its test set. Here
 * validation is drawn from the archive's training part, as many of each label, and the rest of
 * that part is for training. About a hundred reviews of the archive are in both of its parts, and as
 * many occur twice in the training part. Training and validation leave out reviews that equal, after
 * cutting, a test review or an earlier one, so that no example is in two splits; slightly fewer than
 * 25,000 remain for both together.
 */
import { z } from 'zod';
import { DataError } from '../../../core/errors.ts';
import { shuffle, stream } from '../../../core/random.ts';
import { identifyReviews, readReviews, type Review } from '../../sources/imdb.ts';
import { defaultSources } from '../../sources/folder.ts';
import { bytePieces } from '../../reading.ts';
import { splits, type SplitName, type TaskDefinition } from '../../task.ts';
import { textFiles } from './files.ts';
import { inventReview } from './invented.ts';

const even = z.int().positive().max(1_000_000).multipleOf(2, 'expected an even number');
const options = z.strictObject({
  /** Bytes a review is cut and padded to. */
  length: z
    .int()
    .min(8)
    .max(1 << 20),
  train: even,
  val: even,
  test: even,
});

export const text: TaskDefinition<typeof options> = {
  name: 'text',
  title: 'Text',
  kind: 'standard',
  summary: 'Whether a film review, read byte by byte, is favourable.',
  version: 1,
  options,
  tiers: {
    smoke: { length: 256, train: 400, val: 100, test: 100 },
    lite: { length: 256, train: 2_000, val: 1_000, test: 2_500 },
    lra: { length: 4096, train: 22_000, val: 2_500, test: 25_000 },
  },

  shape(chosen) {
    const { train, val, test } = chosen;
    return {
      length: chosen.length,
      vocabulary: 257,
      classes: 2,
      documents: 1,
      input: 'tokens',
      readout: 'pool',
      padded: true,
      distances: [],
      siblings: 1,
      order: 0,
      maskRatio: 0.15,
      counts: { train, val, test },
      extras: {},
    };
  },

  realData: { isRead: () => true, identify: identifyReviews, invent: inventReview },

  async open(chosen, seed, sources = defaultSources()) {
    const { reviews, source } = await readReviews(sources, chosen.length);
    const chosenReviews = choose(reviews, chosen, seed);
    const offsets = { train: 0, val: chosen.train, test: chosen.train + chosen.val };
    return {
      source,
      example(split, index) {
        const review = chosenReviews[split][index]!;
        // A loop is many times as fast as Uint16Array.from with a function.
        const tokens = new Uint16Array(review.text.length);
        for (let i = 0; i < tokens.length; i++) tokens[i] = review.text[i]! + 1;
        return {
          tokens,
          label: review.label,
          group: offsets[split] + index,
          distance: 0,
        };
      },
    };
  },

  read({ tokens, label }) {
    const pieces = bytePieces(tokens);
    const bytes = pieces.reduce((sum, piece) => sum + piece.tokens, 0);
    return {
      documents: [pieces],
      between: '',
      picture: null,
      question: 'Is the review favourable?',
      answer: label === 1 ? 'favourable' : 'unfavourable',
      notes: [`${bytes} bytes`],
    };
  },

  lra: textFiles,
};

/** The reviews of each split, as many of each label, in an order drawn by the seed. */
function choose(
  reviews: Review[],
  counts: Record<SplitName, number>,
  seed: number,
): Record<SplitName, Review[]> {
  const test = reviews.filter((review) => review.part === 'test');
  const train = withoutRepeats(reviews, test);
  const chosen: Record<SplitName, Review[]> = { train: [], val: [], test: [] };
  for (const label of [0, 1]) {
    const ofLabel = (pool: Review[]) => pool.filter((review) => review.label === label);
    const learning = shuffle(ofLabel(train), stream(`${seed}/text/train/label ${label}`));
    const testing = shuffle(ofLabel(test), stream(`${seed}/text/test/label ${label}`));
    const [forVal, forTrain, forTest] = [counts.val / 2, counts.train / 2, counts.test / 2];
    requireEnough('train and val', label, forVal + forTrain, learning.length);
    requireEnough('test', label, forTest, testing.length);
    chosen.val.push(...learning.slice(0, forVal));
    chosen.train.push(...learning.slice(forVal, forVal + forTrain));
    chosen.test.push(...testing.slice(0, forTest));
  }
  for (const split of splits) shuffle(chosen[split], stream(`${seed}/text/${split}/order`));
  return chosen;
}

/** Training reviews that equal no review in `test` and no earlier one. */
function withoutRepeats(reviews: Review[], test: Review[]): Review[] {
  const textOf = (review: Review) => review.text.toString('latin1');
  const seen = new Set(test.map(textOf));
  return reviews.filter((review) => {
    if (review.part !== 'train' || seen.has(textOf(review))) return false;
    seen.add(textOf(review));
    return true;
  });
}

function requireEnough(what: string, label: number, needed: number, found: number): void {
  if (found >= needed) return;
  throw new DataError(
    `The source has ${found} different ${label === 1 ? 'positive' : 'negative'} reviews for ${what}, but ${needed} are asked for; ask for fewer, or get the whole archive.`,
  );
}
