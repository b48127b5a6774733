/**
 * The sparse vector of an example for linear predictors: places in a table and, for each, how
 * often. Places of n-grams are hashed into the table (Weinberger et al. 2009, "Feature Hashing for
 * Large Scale Multitask Learning", https://arxiv.org/abs/0902.2206).
 */
import type { Examples, Shape, Features } from './examples.ts';
import { tableBits } from './linear.ts';

/**
 * How much an n-gram that occurs `count` times counts for: 1 + ln(count), a multiple of 1/256. Sums of
 * such numbers and of weights like them are exact in double precision, so they do not depend on the
 * order of what is added: equal bags get equal scores to the last bit, wherever their n-grams stand.
 */
export const weightOf = (count: number) => Math.round(256 * (1 + Math.log(count))) / 256;

const weights = Float64Array.from({ length: 256 }, (_, count) => (count > 0 ? weightOf(count) : 0));

/** A number that names a thing, mixed with another one. */
export const hashOf = (hash: number, value: number) =>
  mix(Math.imul(hash, 0x01000193) ^ Math.imul(value + 1, 0x9e3779b1));

const mix = (hash: number) => {
  const folded = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return folded ^ (folded >>> 13);
};

/** Tokens as n-grams see them: grey levels are taken sixteen together, since 257 hardly ever recur. */
const coarse = (shape: Shape, w: number) => (shape.input === 'levels' && w > 1 ? 4 : 0);

/**
 * A vector whose places are collected with repeats counted once, in order of first occurrence. Places are
 * looked up in a hash table by their low bits, which hashing has mixed; it is twice as large as the vector
 * and not as the space of places, so that it stays in the processor's cache.
 */
export class Collector {
  readonly places: Int32Array;
  readonly values: Float64Array;
  private readonly counts: Int32Array;
  /** By slot, the number in the vector, or -1. */
  private readonly slots: Int32Array;
  private readonly mask: number;
  private count = 0;

  /** @param most places that are added to one vector. */
  constructor(most: number) {
    this.places = new Int32Array(most);
    this.counts = new Int32Array(most);
    this.values = new Float64Array(most);
    this.mask = (1 << Math.ceil(Math.log2(2 * most))) - 1;
    this.slots = new Int32Array(this.mask + 1).fill(-1);
  }

  add(place: number): void {
    const { slots, places, mask } = this;
    let slot = place & mask;
    let at: number;
    while ((at = slots[slot]!) >= 0 && places[at] !== place) slot = (slot + 1) & mask;
    if (at >= 0) this.counts[at]!++;
    else {
      slots[slot] = this.count;
      places[this.count] = place;
      this.counts[this.count++] = 1;
    }
  }

  /** Ends the vector: values from counts, and the table is free for the next one. */
  close(): number {
    const { count } = this;
    for (let i = 0; i < count; i++)
      this.values[i] = weights[this.counts[i]!] ?? weightOf(this.counts[i]!);
    this.slots.fill(-1);
    this.count = 0;
    return count;
  }
}

/** Parts of a document that a bag with coarse position tells apart. */
export const segments = 8;

/**
 * The w-grams of each document, without those that stick out over its ends. `positioned`: those of
 * each eighth of the document by themselves.
 */
export function bagFeatures(train: Examples, w: number, positioned: boolean): Features {
  const { shape } = train;
  const { length, documents, vocabulary, classes } = shape;
  const different = documents * (positioned ? segments : 1) * vocabulary ** w;
  const bits = tableBits(classes, Math.min(different, train.count * train.meanTokens));
  const collector = new Collector(length * documents);
  const shift = coarse(shape, w);
  const mask = (1 << bits) - 1;
  return {
    size: 1 << bits,
    places: collector.places,
    values: collector.values,
    expected: (examples) => examples.meanTokens,
    extract(examples, row) {
      const { inputs } = examples;
      for (let d = 0; d < documents; d++) {
        const start = examples.start(row, d);
        const last = examples.end(row, d) - w;
        for (let i = start; i <= last; i++) {
          let hash = positioned ? 1 + Math.floor((segments * (i - start)) / length) : 0;
          hash = hash * documents + d;
          for (let t = 0; t < w; t++)
            hash =
              Math.imul(hash, 0x01000193) ^ Math.imul((inputs[i + t]! >> shift) + 1, 0x9e3779b1);
          collector.add(mix(hash) & mask);
        }
      }
      return collector.close();
    },
  };
}

/** First place of a window at an end of a document, and the place after its last. */
function windowOf(
  examples: Examples,
  side: 'first' | 'last',
  size: number,
  row: number,
  d: number,
) {
  const [start, end] = [examples.start(row, d), examples.end(row, d)];
  return side === 'first'
    ? ([start, Math.min(end, start + size)] as const)
    : ([Math.max(start, end - size), end] as const);
}

/**
 * A window at an end of each document: its tokens by place, counted from that end, and its 1-, 2- and
 * 3-grams wherever in the window.
 */
export function windowFeatures(train: Examples, side: 'first' | 'last', size: number): Features {
  const { shape } = train;
  const { documents, vocabulary, classes } = shape;
  const grams = vocabulary ** Math.min(size, 3) + vocabulary ** Math.min(size, 2) + vocabulary;
  const different = documents * (size * vocabulary + grams);
  const bits = tableBits(classes, Math.min(different, train.count * documents * 4 * size));
  const collector = new Collector(4 * size * documents);
  const mask = (1 << bits) - 1;
  return {
    size: 1 << bits,
    places: collector.places,
    values: collector.values,
    expected: (examples) => 4 * documents * Math.min(size, examples.meanTokens / documents),
    extract(examples, row) {
      const { inputs } = examples;
      for (let d = 0; d < documents; d++) {
        const [from, to] = windowOf(examples, side, size, row, d);
        for (let i = from; i < to; i++) {
          const place = 4 + (side === 'first' ? i - from : to - 1 - i);
          const tokenHash = Math.imul(inputs[i]! + 1, 0x9e3779b1);
          collector.add(mix(Math.imul(place * documents + d, 0x01000193) ^ tokenHash) & mask);
          let hash = d;
          for (let n = 1; n <= 3 && i + n <= to; n++) {
            const token = (inputs[i + n - 1]! >> coarse(shape, 2)) + 1;
            hash = Math.imul(hash, 0x01000193) ^ Math.imul(token, 0x9e3779b1);
            collector.add(mix(hash + n) & mask);
          }
        }
      }
      return collector.close();
    },
  };
}

/** A window as a network reads it: each place's token by itself, or its grey level as a number. */
export function rawWindow(shape: Shape, side: 'first' | 'last', size: number): Features {
  const { documents, vocabulary, input } = shape;
  const isLevels = input === 'levels';
  const perPlace = isLevels ? 1 : vocabulary;
  const places = new Int32Array(size * documents);
  const values = new Float64Array(size * documents).fill(1);
  return {
    size: size * documents * perPlace,
    places,
    values,
    expected: () => size * documents,
    extract(examples, row) {
      let count = 0;
      for (let d = 0; d < documents; d++) {
        const [from, to] = windowOf(examples, side, size, row, d);
        for (let i = from; i < to; i++) {
          const place = d * size + (side === 'first' ? i - from : to - 1 - i);
          const token = examples.inputs[i]!;
          places[count] = isLevels ? place : place * vocabulary + token;
          if (isLevels) values[count] = (token - 1) / 127.5 - 1;
          count++;
        }
      }
      return count;
    },
  };
}

/** How often each token occurs in each document, as a share of its length. */
export function tokenCounts(shape: Shape): Features {
  const { documents, vocabulary } = shape;
  const places = new Int32Array(documents * vocabulary);
  const values = new Float64Array(documents * vocabulary);
  const counts = new Int32Array(documents * vocabulary);
  return {
    size: documents * vocabulary,
    places,
    values,
    expected: () => documents * Math.min(vocabulary, 64),
    extract(examples, row) {
      counts.fill(0);
      let found = 0;
      for (let d = 0; d < documents; d++) {
        const end = examples.end(row, d);
        for (let i = examples.start(row, d); i < end; i++)
          counts[d * vocabulary + examples.inputs[i]!]!++;
      }
      for (let place = 0; place < counts.length; place++) {
        if (counts[place] === 0) continue;
        places[found] = place;
        values[found++] = Math.sqrt(counts[place]! / shape.length) * 4;
      }
      return found;
    },
  };
}

/** Numbers known of an example, each as one of up to 32 ranges that are equally frequent in training. */
export function rangeFeatures(
  train: Examples,
  numbers: number,
  read: (examples: Examples, row: number) => ArrayLike<number>,
): Features {
  const ranges = 32;
  const columns = Array.from({ length: numbers }, () => new Float64Array(train.count));
  for (let row = 0; row < train.count; row++) {
    const found = read(train, row);
    columns.forEach((column, c) => (column[row] = found[c]!));
  }
  const bounds = columns.map((column) => {
    column.sort();
    const cuts = Array.from(
      { length: ranges - 1 },
      (_, i) => column[Math.floor(((i + 1) * column.length) / ranges)]!,
    );
    return [...new Set(cuts)];
  });
  const places = new Int32Array(numbers);
  return {
    size: numbers * ranges,
    places,
    values: new Float64Array(numbers).fill(1),
    expected: () => numbers,
    extract(examples, row) {
      const found = read(examples, row);
      bounds.forEach((cuts, c) => {
        let range = 0;
        while (range < cuts.length && found[c]! >= cuts[range]!) range++;
        places[c] = c * ranges + range;
      });
      return numbers;
    },
  };
}
