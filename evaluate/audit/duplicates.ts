/**
 * Examples (and documents of pairs) of one split that occur in another: exactly, by sha256 of their
 * tokens, and nearly, by the similarity of their sets of 8-grams. The similarity is estimated from 64
 * minima of hashes (Li et al. 2012, "One Permutation Hashing", https://arxiv.org/abs/1208.1259);
 * candidates share four minima in a row.
 */
import { hash } from 'node:crypto';
import type { Overlap } from '../../leaderboards/records/audit.ts';
import type { Examples } from './examples.ts';

const w = 8;
const bins = 64;
const perBand = 4;
/** Estimated Jaccard similarity from which two are nearly the same. */
const alike = 0.75;
/** Others with the same minima that are looked at. */
const mostCandidates = 20;
/** Fewer bins than this are too few to compare by. */
const fewestBins = 16;

type Unit = 'example' | 'document';

interface Index {
  exact: Map<string, number>;
  bands: Map<string, number[]>;
  sketches: Int32Array;
  labels: ArrayLike<number>;
  perRow: number;
}

/** First and last place in `inputs` of each document, or of whole examples. */
function placesOf(examples: Examples, unit: Unit, n: number): [number, number] {
  const { documents, length } = examples.shape;
  if (unit === 'example') return [n * documents * length, (n + 1) * documents * length];
  const row = Math.floor(n / documents);
  return [examples.start(row, n % documents), examples.start(row, n % documents) + length];
}

const countOf = (examples: Examples, unit: Unit) =>
  unit === 'example' ? examples.count : examples.count * examples.shape.documents;

function digest({ inputs }: Examples, from: number, to: number): string {
  const { buffer, byteOffset, BYTES_PER_ELEMENT: size } = inputs;
  const bytes = new Uint8Array(buffer, byteOffset + from * size, (to - from) * size);
  return hash('sha256', bytes, 'base64');
}

/** Minima of the hashes of 8-grams by bin, -1 where a bin is empty. */
function sketch(examples: Examples, from: number, to: number, into: Int32Array, at: number): void {
  const { inputs, shape } = examples;
  const shift = shape.input === 'levels' ? 4 : 0;
  into.fill(-1, at, at + bins);
  for (let i = from; i + w <= to; i++) {
    // An 8-gram of padding carries no information.
    if (inputs[i + w - 1] === 0) continue;
    let hash = 0;
    for (let t = 0; t < w; t++)
      hash = Math.imul(hash, 0x01000193) ^ Math.imul((inputs[i + t]! >> shift) + 1, 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    const bin = at + (hash & (bins - 1));
    const value = hash >>> 6;
    if (into[bin]! < 0 || value < into[bin]!) into[bin] = value;
  }
}

/** Names of the bands of a sketch that have no empty bin. */
function* bandsOf(sketches: Int32Array, at: number): Generator<string> {
  for (let b = 0; b < bins; b += perBand) {
    const band = sketches.subarray(at + b, at + b + perBand);
    if (!band.includes(-1)) yield `${b} ${band.join(' ')}`;
  }
}

function indexOf(examples: Examples, unit: Unit): Index {
  const count = countOf(examples, unit);
  const index: Index = {
    exact: new Map(),
    bands: new Map(),
    sketches: new Int32Array(count * bins),
    labels: examples.split.labels,
    perRow: count / examples.count,
  };
  for (let n = 0; n < count; n++) {
    const [from, to] = placesOf(examples, unit, n);
    const key = digest(examples, from, to);
    if (!index.exact.has(key)) index.exact.set(key, n);
    sketch(examples, from, to, index.sketches, n * bins);
    for (const band of bandsOf(index.sketches, n * bins)) {
      const others = index.bands.get(band);
      if (!others) index.bands.set(band, [n]);
      else if (others.length < mostCandidates) others.push(n);
    }
  }
  return index;
}

function similarity(a: Int32Array, at: number, b: Int32Array, other: number): number {
  let [equal, filled] = [0, 0];
  for (let i = 0; i < bins; i++) {
    if (a[at + i] === -1 && b[other + i] === -1) continue;
    filled++;
    if (a[at + i] === b[other + i]) equal++;
  }
  return filled < fewestBins ? 0 : equal / filled;
}

function compare(
  index: Index,
  of: Overlap['of'],
  inside: Overlap['in'],
  examples: Examples,
  unit: Unit,
): Overlap {
  const count = countOf(examples, unit);
  const own = new Int32Array(bins);
  let [exact, near, sameLabel] = [0, 0, 0];
  for (let n = 0; n < count; n++) {
    const [from, to] = placesOf(examples, unit, n);
    let nearest = index.exact.get(digest(examples, from, to));
    if (nearest !== undefined) exact++;
    else {
      sketch(examples, from, to, own, 0);
      let best = alike;
      for (const band of bandsOf(own, 0))
        for (const other of index.bands.get(band) ?? []) {
          const found = similarity(own, 0, index.sketches, other * bins);
          if (found < best || (found === best && nearest !== undefined)) continue;
          best = found;
          nearest = other;
        }
    }
    if (nearest === undefined) continue;
    near++;
    if (index.labels[nearest] === examples.split.labels[n]) sameLabel++;
  }
  const labelled = unit === 'example' && near > 0 ? { sameLabel: sameLabel / near } : {};
  return { of, in: inside, unit, count, exact, near, ...labelled };
}

export function overlapsOf(train: Examples, val: Examples, test: Examples): Overlap[] {
  const units: Unit[] = train.shape.documents === 2 ? ['example', 'document'] : ['example'];
  return units.flatMap((unit) => {
    const ofTrain = indexOf(train, unit);
    return [
      compare(ofTrain, 'test', 'train', test, unit),
      compare(ofTrain, 'val', 'train', val, unit),
      compare(indexOf(val, unit), 'test', 'val', test, unit),
    ];
  });
}
