/**
 * The occupied pixels of a picture of Pathfinder's snakes: per pixel one byte, the maximum over the
 * paddles so far. Paddles are cut at the edges; the array has a margin of zeros around the picture, so
 * that no code needs to check for edges.
 *
 * Most targets are discarded half grown. So a paddle waits and is put down only once something comes
 * near it; changes by a failed distractor are undone.
 */
import { int, type Random } from '../../../core/random.ts';
import { apart, type Paddles } from './paddles.ts';

/** Bytes up to this count as free where a snake begins (0.3). */
const free = 76;
/** Random tries for a free place before all places are examined. */
const blindTries = 48;

export class Occupancy {
  private readonly paddles: Paddles;
  private readonly size: number;
  private readonly mask: Uint8Array;
  /** The mask without snakes: only the padding is occupied. */
  private readonly empty: Uint8Array;
  private touched = false;
  /** Paddles that wait, by orientation, row and column, and their extents. */
  private readonly waiting: Int32Array;
  private readonly extents: Int32Array;
  private waits = 0;
  /** Changes since `remember`, while they are recorded. */
  private remembers = false;
  private readonly changed: Int32Array;
  private readonly before: Uint8Array;
  private changes = 0;
  /** Number of free places, from `settle` on. */
  private places = 0;

  /**
   * @param padding pixels at each edge that are always occupied.
   * @param mostWaiting paddles that may wait at a time.
   * @param mostRemembered paddles that may be put back.
   */
  constructor(
    paddles: Paddles,
    { size, padding }: { size: number; padding: number },
    mostWaiting: number,
    mostRemembered: number,
  ) {
    const { reach, stride } = paddles;
    this.paddles = paddles;
    this.size = size;
    this.empty = new Uint8Array(stride * stride);
    for (let y = 0; y < size; y++) {
      const row = this.at(y, 0);
      this.empty.fill(255, row, row + size);
      if (y >= padding && y < size - padding)
        this.empty.fill(0, row + padding, row + size - padding);
    }
    this.mask = this.empty.slice();
    this.waiting = new Int32Array(3 * mostWaiting);
    this.extents = new Int32Array(4 * mostWaiting);
    this.changed = new Int32Array((2 * reach + 1) ** 2 * mostRemembered);
    this.before = new Uint8Array(this.changed.length);
  }

  /** Where a pixel is in the mask. */
  private at(y: number, x: number): number {
    const { reach, stride } = this.paddles;
    return (reach + y) * stride + reach + x;
  }

  clear(): void {
    if (this.touched) this.mask.set(this.empty);
    this.touched = false;
    this.remembers = false;
    this.waits = 0;
  }

  /** Puts down all paddles that wait. */
  settle(): void {
    this.putNear(0, this.size, 0, this.size);
    this.places = 0;
    for (let y = 0; y < this.size; y++) {
      const row = this.at(y, 0);
      for (let x = 0; x < this.size; x++) if (this.mask[row + x]! <= free) this.places++;
    }
  }

  /** Share of the pixels that are free. */
  get freeShare(): number {
    return this.places / (this.size * this.size);
  }

  /** Keeps what changes from now on, for `putBack`. */
  remember(): void {
    this.remembers = true;
    this.changes = 0;
  }

  putBack(): void {
    while (this.changes > 0) {
      const place = this.changed[--this.changes]!;
      const before = this.before[this.changes]!;
      if (before <= free && this.mask[place]! > free) this.places++;
      this.mask[place] = before;
    }
  }

  /** A uniformly random pixel around which the footprint is free; -1 if there is none. */
  freePlace(footprint: Int32Array, random: Random): number {
    const pixels = this.size * this.size;
    for (let tries = 0; tries < blindTries; tries++) {
      const pixel = int(random, pixels);
      if (this.isFree(pixel, footprint)) return pixel;
    }
    const found: number[] = [];
    for (let pixel = 0; pixel < pixels; pixel++)
      if (this.isFree(pixel, footprint)) found.push(pixel);
    return found.length === 0 ? -1 : found[int(random, found.length)]!;
  }

  private isFree(pixel: number, footprint: Int32Array): boolean {
    const base = this.at(Math.floor(pixel / this.size), pixel % this.size);
    for (let i = 0; i < footprint.length; i++)
      if (this.mask[base + footprint[i]!]! > free) return false;
    return true;
  }

  /** Smallest share of free space within the margin of a pixel, 0 to 1; 0 beyond the edges. */
  freedom(y: number, x: number): number {
    const { mask, size } = this;
    const { near, margin } = this.paddles;
    if (y < 0 || y >= size || x < 0 || x >= size) return 0;
    this.putNear(y - margin, y + margin, x - margin, x + margin);
    const base = this.at(y, x);
    let occupied = 0;
    for (let i = 0; i < near.length; i++) {
      const byte = mask[base + near[i]!]!;
      if (byte > occupied) occupied = byte;
    }
    return 1 - occupied / 255;
  }

  /** Whether a paddle from that pixel overlaps nothing that is occupied. */
  isApart(orientation: number, y: number, x: number): boolean {
    const { at, value, top, bottom, left, right } = this.paddles.paddle(orientation).core;
    const { mask } = this;
    this.putNear(y + top, y + bottom, x + left, x + right);
    const base = this.at(y, x);
    for (let i = 0; i < at.length; i++) if (mask[base + at[i]!]! + value[i]! >= apart) return false;
    return true;
  }

  /** Puts a paddle down now, or once something comes near it. */
  putLater(orientation: number, endY: number, endX: number): void {
    const { top, bottom, left, right } = this.paddles.paddle(orientation).mask;
    const { waiting, extents, waits } = this;
    waiting[3 * waits] = orientation;
    waiting[3 * waits + 1] = endY;
    waiting[3 * waits + 2] = endX;
    extents[4 * waits] = endY + top;
    extents[4 * waits + 1] = endY + bottom;
    extents[4 * waits + 2] = endX + left;
    extents[4 * waits + 3] = endX + right;
    this.waits++;
  }

  /** Puts down the waiting paddles that reach into a rectangle; their order does not matter. */
  private putNear(top: number, bottom: number, left: number, right: number): void {
    const { waiting, extents } = this;
    for (let i = 0; i < this.waits;) {
      const box = 4 * i;
      if (
        extents[box]! > bottom ||
        extents[box + 1]! < top ||
        extents[box + 2]! > right ||
        extents[box + 3]! < left
      ) {
        i++;
        continue;
      }
      this.put(waiting[3 * i]!, waiting[3 * i + 1]!, waiting[3 * i + 2]!);
      const last = --this.waits;
      waiting.copyWithin(3 * i, 3 * last, 3 * last + 3);
      extents.copyWithin(box, 4 * last, 4 * last + 4);
    }
  }

  /** Puts a paddle down now. */
  put(orientation: number, endY: number, endX: number): void {
    const { at, value, y, x } = this.paddles.paddle(orientation).mask;
    const { mask, size, remembers } = this;
    const { reach } = this.paddles;
    const inside = Math.min(endY, endX) >= reach && Math.max(endY, endX) < size - reach;
    const base = this.at(endY, endX);
    this.touched = true;
    for (let i = 0; i < at.length; i++) {
      const place = base + at[i]!;
      const before = mask[place]!;
      const byte = value[i]!;
      if (byte <= before) continue;
      if (!inside) {
        const row = endY + y[i]!;
        const column = endX + x[i]!;
        if (row < 0 || row >= size || column < 0 || column >= size) continue;
      }
      if (remembers) {
        this.changed[this.changes] = place;
        this.before[this.changes++] = before;
        if (before <= free && byte > free) this.places--;
      }
      mask[place] = byte;
    }
  }
}
