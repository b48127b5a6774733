/**
 * Seeded permutations of 0 to n - 1 that need no table: any place is computed alone, both ways.
 *
 * A Feistel network (Luby and Rackoff 1988) on pairs (left, right), with left below a and right
 * below b, where a·b is the smallest such product that holds n: rounds add a keyed hash of one half
 * to the other half in turn. A number that leaves 0 to n - 1 is permuted again until it is back
 * ("cycle walking", Black and Rogaway 2002), which happens to fewer than one in √n numbers.
 */
import { stream } from './random.ts';

export interface Permutation {
  /** Numbers that are permuted, n. */
  readonly size: number;
  /** The item at a place. */
  itemAt(place: number): number;
  /** The place at which an item stands: the inverse of `itemAt`. */
  placeOf(item: number): number;
}

/** Enough for the smallest sizes: of five numbers, 16 rounds already give some orders too often. */
const rounds = 24;

/**
 * @param name of the stream of random numbers that draws the keys: the same name, the same order.
 * @param size numbers that are permuted, from 1 to 2^40.
 * @throws RangeError for any other size.
 */
export function permutation(name: string, size: number): Permutation {
  if (!Number.isInteger(size) || size < 1 || size > 2 ** 40)
    throw new RangeError(`A permutation needs a size from 1 to 2^40, got ${size}.`);
  const a = Math.ceil(Math.sqrt(size));
  const b = Math.ceil(size / a);
  const random = stream(name);
  const keys = Uint32Array.from({ length: 2 * rounds }, () => random() * 2 ** 32);
  const added = (round: number, half: number, bound: number) =>
    Math.floor((hash(half, keys[2 * round]!, keys[2 * round + 1]!) / 2 ** 32) * bound);

  const forward = (number: number) => {
    let [left, right] = [number % a, Math.floor(number / a)];
    for (let round = 0; round < rounds; round += 2) {
      left = (left + added(round, right, a)) % a;
      right = (right + added(round + 1, left, b)) % b;
    }
    return right * a + left;
  };
  const backward = (number: number) => {
    let [left, right] = [number % a, Math.floor(number / a)];
    for (let round = rounds - 2; round >= 0; round -= 2) {
      right = (right + b - added(round + 1, left, b)) % b;
      left = (left + a - added(round, right, a)) % a;
    }
    return right * a + left;
  };
  const walk = (step: (number: number) => number) => (number: number) => {
    let at = step(number);
    while (at >= size) at = step(at);
    return at;
  };
  return { size, itemAt: walk(forward), placeOf: walk(backward) };
}

/** 32 bits that depend on all bits of a number and of two keys (MurmurHash3's finaliser, twice). */
function hash(number: number, key: number, other: number): number {
  return mixed(mixed(number ^ key) ^ other);
}

function mixed(bits: number): number {
  let x = bits >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
