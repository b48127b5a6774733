/**
 * Precomputed facts about the paddles of Pathfinder's snakes that do not depend on the picture: what a
 * paddle covers in each orientation, and where the next paddle of a snake may end.
 *
 * Orientations are numbers: 0 to 359 are the whole degrees from -180 on that a snake may begin with;
 * then follow the orientations towards the pixels of the circle on which a paddle's far end is
 * chosen. A paddle is drawn from a pixel into its orientation, in a square around that pixel.
 */
import { dilate, discOffsets, drawLine, resample, resampling } from './raster.ts';

/** The side of the fine drawing is twice that of the picture, as in all of LRA's settings. */
export const fine = 2;
/** Orientations in which a snake may begin. */
export const degrees = 360;

/** Two paddles may overlap as long as the sum of their bytes stays below this (1.8). */
export const apart = 459;

export interface PaddleSettings {
  /** Side of the picture in pixels. */
  size: number;
  paddleLength: number;
  /** Width of a paddle; a multiple of a half. */
  thickness: number;
  /** How strongly a snake keeps its direction. */
  continuity: number;
}

/** A pattern of bytes, without its zeros. */
export interface Pattern {
  /** Places relative to the centre, in rows and columns and in one number for the padded picture. */
  y: Int8Array;
  x: Int8Array;
  at: Int32Array;
  value: Uint8Array;
  /** Least and greatest row and column. */
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** A paddle in one orientation. */
export interface Paddle {
  /** What is drawn, before the contrast. */
  line: Pattern;
  /** What it occupies: the line widened by the margin. */
  mask: Pattern;
  /** The part of the mask that can be too much where something else is. */
  core: Pattern;
}

/** What must be free where a snake begins. */
export interface Footprint {
  at: Int32Array;
  /** Its extent around the pixel, in rows and columns. */
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** A coordinate moved by a distance of which `direction` is the share along it; rounded up, as originally. */
export function translate(at: number, direction: number, distance: number): number {
  return Math.ceil(at + distance * direction);
}

export class Paddles {
  readonly margin: number;
  /** Pixels from a paddle's start to the edge of its square. */
  readonly reach: number;
  /** Width of the picture's rows with room for a paddle at either side. */
  readonly stride: number;
  /** Angle of each orientation, from -pi to pi, and its sine and cosine. */
  readonly angles: Float64Array;
  readonly sines: Float64Array;
  readonly cosines: Float64Array;
  /** Pixels of the circle around a pivot, in rows and columns. */
  readonly circleY: Int32Array;
  readonly circleX: Int32Array;
  /** For each orientation of the last paddle: the pixels of the circle that may follow, from `start` on. */
  readonly start: Int32Array;
  readonly choice: Int32Array;
  readonly weight: Float64Array;
  /** Sums of an orientation's weights. */
  readonly upTo: Float64Array;
  /** Places within the margin of a pixel. */
  readonly near: Int32Array;

  private readonly settings: PaddleSettings;
  private readonly drawn: (Paddle | undefined)[];
  private readonly footprints: (Footprint | undefined | null)[];

  constructor(settings: PaddleSettings, margin: number) {
    const { size, paddleLength, thickness, continuity } = settings;
    this.settings = settings;
    this.margin = margin;
    this.reach = paddleLength + Math.ceil(thickness) + margin;
    this.stride = size + 2 * this.reach;
    this.near = Int32Array.from(discOffsets(margin), ([y, x]) => y * this.stride + x);

    const circle = circlePixels(paddleLength + margin);
    this.circleY = Int32Array.from(circle, ([y]) => y);
    this.circleX = Int32Array.from(circle, ([, x]) => x);
    const whole = Array.from({ length: degrees }, (_, d) => ((d - 180) * Math.PI) / 180);
    this.angles = Float64Array.from([...whole, ...circle.map(([y, x]) => Math.atan2(y, x))]);
    this.sines = this.angles.map(Math.sin);
    this.cosines = this.angles.map(Math.cos);

    const starts = [0];
    const choices: number[] = [];
    const weights: number[] = [];
    const sums: number[] = [];
    for (const last of this.angles) {
      let sum = 0;
      circle.forEach((_, i) => {
        const turn = Math.abs(this.angles[degrees + i]! - last);
        const felt = Math.min(Math.min(turn, 2 * Math.PI - turn) * continuity, Math.PI / 2);
        const weight = Math.cos(felt) ** 2;
        // At a right angle the cosine is 6e-17 and not 0.
        if (weight < 1e-30) return;
        choices.push(i);
        weights.push(weight);
        sums.push((sum += weight));
      });
      starts.push(choices.length);
    }
    this.start = Int32Array.from(starts);
    this.choice = Int32Array.from(choices);
    this.weight = Float64Array.from(weights);
    this.upTo = Float64Array.from(sums);
    this.drawn = new Array<Paddle | undefined>(this.angles.length);
    this.footprints = new Array<Footprint | undefined | null>(degrees).fill(null);
  }

  /** A paddle that starts into an orientation; of the circle's, into the opposite one: back to the pivot. */
  paddle(orientation: number): Paddle {
    return (this.drawn[orientation] ??= this.draw(orientation));
  }

  private draw(orientation: number): Paddle {
    const { paddleLength, thickness } = this.settings;
    const centre = this.reach * fine;
    const side = 2 * centre + 1;
    let angle = this.angles[orientation]!;
    if (orientation >= degrees) angle += angle < 0 ? Math.PI : -Math.PI;
    const end = [Math.sin(angle), Math.cos(angle)].map((part) =>
      translate(centre, part, paddleLength * fine),
    ) as [number, number];
    const line = drawLine(side, [centre, centre], end, Math.round(thickness * fine));
    const smaller = resampling(side, 2 * this.reach + 1);
    const mask = resample(dilate(line, side, this.margin * fine), smaller);
    return {
      line: this.pattern(resample(line, smaller), 1),
      mask: this.pattern(mask, 1),
      core: this.pattern(mask, apart - 255),
    };
  }

  private pattern(square: Uint8Array, least: number): Pattern {
    const side = 2 * this.reach + 1;
    const places = [...square.keys()].filter((i) => square[i]! >= least);
    const y = Int8Array.from(places, (i) => Math.floor(i / side) - this.reach);
    const x = Int8Array.from(places, (i) => (i % side) - this.reach);
    return {
      y,
      x,
      at: Int32Array.from(places, (_, i) => y[i]! * this.stride + x[i]!),
      value: Uint8Array.from(places, (i) => square[i]!),
      ...extent(y, x),
    };
  }

  /**
   * What must be free for a snake to begin in an orientation: the places where the paddle's mask is
   * full, in the original's window, whose centre is one pixel up and left of the paddle's start. If
   * at some corner of the picture none of these places lies inside, OpenCV's dilation is negative
   * there, which the original takes for a full picture: then no snake can begin, and undefined is it.
   */
  footprint(orientation: number): Footprint | undefined {
    const known = this.footprints[orientation];
    if (known !== null) return known;
    const { y, x, value } = this.paddle(orientation).mask;
    const window = this.settings.paddleLength + this.margin;
    const places: [number, number][] = [];
    value.forEach((full, i) => {
      const [row, column] = [y[i]! + 1, x[i]! + 1];
      if (full === 255 && row <= window && column <= window) places.push([row, column]);
    });
    const reaches = (down: number, right: number) =>
      places.some(([row, column]) => row * down >= 0 && column * right >= 0);
    const everywhere = reaches(1, 1) && reaches(1, -1) && reaches(-1, 1) && reaches(-1, -1);
    return (this.footprints[orientation] = everywhere
      ? {
          at: Int32Array.from(places, ([row, column]) => row * this.stride + column),
          ...extent(
            places.map(([row]) => row),
            places.map(([, column]) => column),
          ),
        }
      : undefined);
  }
}

function extent(rows: Iterable<number>, columns: Iterable<number>) {
  return {
    top: Math.min(...rows),
    bottom: Math.max(...rows),
    left: Math.min(...columns),
    right: Math.max(...columns),
  };
}

/** Pixels on a circle around a pixel, one for each step of a pixel's length along it, row by row. */
function circlePixels(radius: number): [number, number][] {
  const found = new Map<string, [number, number]>();
  for (let step = 0; step < 2 * Math.PI * radius; step++) {
    const angle = step / radius;
    const pixel: [number, number] = [
      Math.floor(radius * Math.sin(angle)),
      Math.floor(radius * Math.cos(angle)),
    ];
    found.set(pixel.join(), pixel);
  }
  return [...found.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}
