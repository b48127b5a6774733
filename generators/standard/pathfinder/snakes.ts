/**
 * Pathfinder's pictures: two target snakes, distractor snakes and two markers, by the algorithm of
 * the original generator (Linsley et al. 2018, https://github.com/drewlinsley/pathfinder at ab9c130,
 * `snakes2.py`), whose peculiarities are part of the definition:
 *
 * - Two targets are always drawn. The second begins at a fixed distance from the first, and they
 *   grow in turns, paddle by paddle; where one cannot go on, both are thrown away.
 * - A paddle ends on a circle around a pivot beyond the last one, in a direction drawn by its turn
 *   and by what is free there; it may not lie on what is occupied. A snake's own last paddle, and
 *   the very last one of the first target, do not count as occupied.
 * - Distractors are tried five times and may be missing. They have a contrast of their own.
 * - A smoothed paddle is scaled by the greatest possible byte, not by its own greatest value; the
 *   finished picture is scaled so that its least and greatest value become 0 and 255.
 *
 * A snake is drawn once it is complete, and only places around a paddle are examined. The distributions
 * are the original's, its random numbers are not.
 */
import { int, type Random } from '../../../core/random.ts';
import { Occupancy } from './occupancy.ts';
import { Paddles, degrees, translate, type PaddleSettings } from './paddles.ts';
import { SnakeCanvas } from './snakeCanvas.ts';

export interface SnakeSettings extends PaddleSettings {
  /** Pixels at each edge that no snake enters. */
  padding: number;
  /** Half of the gap between two paddles; one is drawn for each picture. */
  margins: readonly number[];
  /** Between the beginnings of the two targets. */
  seedDistance: number;
  markerRadius: number;
  /** Brightness of the distractors, and times `paddleContrast` that of the targets. */
  snakeContrast: number;
  paddleContrast: number;
  /** Paddles of a target, of a distractor, and number of distractors. */
  contourLength: number;
  distractorLength: number;
  distractors: number;
}

/** Ends of the targets: row and column of the first one's beginning and end, then the second one's. */
export type Ends = Int32Array;

/** Chooses whose ends are marked, 0 or 1 for the beginning and for the end; undefined: another picture. */
export type ChooseMarkers = (ends: Ends) => readonly [number, number] | undefined;

export interface SnakePicture {
  /** Grey levels, row by row. */
  levels: Uint8Array;
  ends: Ends;
  /** Row and column of either marker. */
  markers: number[];
  /** The target with the first marker, 0 or 1. */
  first: number;
  margin: number;
  /** Distractors that found room. */
  distractors: number;
}

/** Tries that the original allows per paddle and per distractor. */
const paddleTries = 3;
const distractorTries = 5;
/** Share of the picture that must be free for a distractor to begin. */
const leastFree = 0.01;
/** Random draws of a paddle's end before all possible ends are examined. */
const quickDraws = 3;
/** Targets that are tried before the settings are refused. */
const mostTries = 1_000_000;

/** A snake that grows. Its last paddle is not occupied yet. */
interface Head {
  /** Pivot. */
  y: number;
  x: number;
  orientation: number;
  /** Outer end of the last paddle, from which it is drawn. */
  endY: number;
  endX: number;
}

const newHead = (): Head => ({ y: 0, x: 0, orientation: 0, endY: 0, endX: 0 });

/** Draws one picture after the other; all memory is kept between them. */
export class SnakeDrawer {
  private readonly settings: SnakeSettings;
  private readonly canvas: SnakeCanvas;
  /** The paddles of each margin, and what they occupy. */
  private readonly choices: { paddles: Paddles; occupancy: Occupancy }[];
  /** Brightness of each byte of a paddle of a target, and of a distractor. */
  private readonly targetLevels: Float32Array;
  private readonly distractorLevels: Float32Array;
  /** Orientation, row and column of the paddles of the snakes that grow now. */
  private readonly trail: Int32Array;
  private trailLength = 0;
  private readonly odds = new Float64Array(512);
  private readonly heads: [Head, Head] = [newHead(), newHead()];
  /** State of the current picture. */
  private paddles: Paddles;
  private occupancy: Occupancy;
  private random: Random = () => 0;

  constructor(settings: SnakeSettings) {
    const { margins, contourLength, distractorLength } = settings;
    this.settings = settings;
    this.canvas = new SnakeCanvas(settings);
    this.choices = margins.map((margin) => {
      const paddles = new Paddles(settings, margin);
      const occupancy = new Occupancy(paddles, settings, 2 * contourLength, distractorLength);
      return { paddles, occupancy };
    });
    this.paddles = this.choices[0]!.paddles;
    this.occupancy = this.choices[0]!.occupancy;
    const scaled = (contrast: number) =>
      Float32Array.from({ length: 256 }, (_, byte) => (byte / 255) * contrast);
    this.targetLevels = scaled(settings.snakeContrast * settings.paddleContrast);
    this.distractorLevels = scaled(settings.snakeContrast);
    this.trail = new Int32Array(3 * Math.max(2 * contourLength, distractorLength));
  }

  /** @throws RangeError if two snakes, or two whose ends can be chosen, never find room. */
  picture(random: Random, choose: ChooseMarkers): SnakePicture {
    const { settings, canvas, choices } = this;
    this.random = random;
    const { paddles, occupancy } = choices[int(random, choices.length)]!;
    this.paddles = paddles;
    this.occupancy = occupancy;
    const ends = new Int32Array(8);
    let marked: readonly [number, number] | undefined;
    for (let tries = 0; !marked; tries++) {
      if (tries === mostTries)
        throw new RangeError(
          `Two snakes of ${settings.contourLength} paddles found no room in ${settings.size} x ${settings.size} pixels in ${mostTries} tries.`,
        );
      if (this.growTargets(ends)) marked = choose(ends);
    }
    canvas.clear();
    this.drawTrail(this.targetLevels);
    // The first target's last paddle is never occupied.
    const { orientation, endY, endX } = this.heads[1];
    occupancy.put(orientation, endY, endX);
    occupancy.settle();
    let distractors = 0;
    for (let i = 0; i < settings.distractors; i++) if (this.addDistractor()) distractors++;
    const [from, to] = [4 * marked[0], 4 * marked[1] + 2];
    const markers = [ends[from]!, ends[from + 1]!, ends[to]!, ends[to + 1]!];
    canvas.drawMarker(markers[0]!, markers[1]!);
    canvas.drawMarker(markers[2]!, markers[3]!);
    return {
      levels: canvas.levels(),
      ends,
      markers,
      first: marked[0],
      margin: paddles.margin,
      distractors,
    };
  }

  /** Both targets in turns; false where one cannot begin or go on. */
  private growTargets(ends: Ends): boolean {
    const { settings, heads, random } = this;
    const [first, second] = heads;
    if (!this.seedFirst(first)) return false;
    let tries = 0;
    for (; tries < paddleTries; tries++) {
      const orientation = int(random, degrees);
      const angle = (int(random, 360) * Math.PI) / 180;
      const y = roundEven(first.endY + settings.seedDistance * Math.sin(angle));
      const x = roundEven(first.endX + settings.seedDistance * Math.cos(angle));
      if (this.begin(second, orientation, y, x)) break;
    }
    if (tries === paddleTries) return false;
    heads.forEach(({ endY, endX }, snake) => ends.set([endY, endX], 4 * snake));
    this.occupancy.clear();
    this.trailLength = 0;
    this.follow(first);
    this.follow(second);
    for (let paddle = 1; paddle < settings.contourLength; paddle++)
      if (!this.extend(first, true) || !this.extend(second, true)) return false;
    heads.forEach(({ endY, endX }, snake) => ends.set([endY, endX], 4 * snake + 2));
    return true;
  }

  /** A distractor somewhere; false where none found room. */
  private addDistractor(): boolean {
    const { occupancy } = this;
    for (let tries = 0; tries < distractorTries; tries++) {
      occupancy.remember();
      if (this.growDistractor()) {
        const { orientation, endY, endX } = this.heads[0];
        occupancy.put(orientation, endY, endX);
        this.drawTrail(this.distractorLevels);
        return true;
      }
      occupancy.putBack();
    }
    return false;
  }

  private growDistractor(): boolean {
    const head = this.heads[0];
    this.trailLength = 0;
    if (!this.seed(head)) return false;
    this.follow(head);
    for (let paddle = 1; paddle < this.settings.distractorLength; paddle++)
      if (!this.extend(head, false)) return false;
    return true;
  }

  /** Begins the first target, far from the edges, so that the second one has room around it. */
  private seedFirst(head: Head): boolean {
    const { random, paddles, settings } = this;
    const frame = 2 * settings.seedDistance;
    for (let tries = 0; tries < paddleTries; tries++) {
      const orientation = int(random, degrees);
      const footprint = paddles.footprint(orientation);
      if (!footprint) return false;
      const { top, bottom, left, right } = footprint;
      const rows = settings.size - 2 * frame - (bottom - top);
      const columns = settings.size - 2 * frame - (right - left);
      if (rows <= 0 || columns <= 0) return false;
      const place = int(random, rows * columns);
      const y = frame - top + Math.floor(place / columns);
      if (this.begin(head, orientation, y, frame - left + (place % columns))) return true;
    }
    return false;
  }

  /** Begins a snake anywhere free. */
  private seed(head: Head): boolean {
    const { random, paddles, occupancy, settings } = this;
    const { size } = settings;
    for (let tries = 0; tries < paddleTries; tries++) {
      const orientation = int(random, degrees);
      const footprint = paddles.footprint(orientation);
      if (!footprint || occupancy.freeShare < leastFree) return false;
      const place = occupancy.freePlace(footprint.at, random);
      if (place < 0) return false;
      if (this.begin(head, orientation, Math.floor(place / size), place % size)) return true;
    }
    return false;
  }

  /** A snake's first paddle, from its end into an orientation; its pivot lies behind that end. */
  private begin(head: Head, orientation: number, y: number, x: number): boolean {
    const { size, paddleLength } = this.settings;
    const { sines, cosines, margin } = this.paddles;
    const [sine, cosine] = [sines[orientation]!, cosines[orientation]!];
    const farY = translate(y, sine, paddleLength);
    const farX = translate(x, cosine, paddleLength);
    head.y = translate(farY, -sine, paddleLength + margin);
    head.x = translate(farX, -cosine, paddleLength + margin);
    head.orientation = orientation;
    head.endY = y;
    head.endX = x;
    const inside = (at: number) => at >= 0 && at < size;
    return inside(farY) && inside(farX) && inside(head.y) && inside(head.x);
  }

  /**
   * Adds a paddle to a snake and occupies the one before, now or, if it may wait, once something
   * comes near; false where there is no way on.
   */
  private extend(head: Head, mayWait: boolean): boolean {
    const { paddles, occupancy } = this;
    const { paddleLength } = this.settings;
    const step = paddleLength + 2 * paddles.margin;
    const pivotY = translate(head.y, paddles.sines[head.orientation]!, step);
    const pivotX = translate(head.x, paddles.cosines[head.orientation]!, step);
    for (let tries = 0; tries < paddleTries; tries++) {
      const pixel = this.drawEnd(head.orientation, pivotY, pivotX);
      if (pixel < 0) return false;
      const y = pivotY + paddles.circleY[pixel]!;
      const x = pivotX + paddles.circleX[pixel]!;
      if (!occupancy.isApart(degrees + pixel, y, x)) continue;
      if (mayWait) occupancy.putLater(head.orientation, head.endY, head.endX);
      else occupancy.put(head.orientation, head.endY, head.endX);
      head.y = pivotY;
      head.x = pivotX;
      head.orientation = degrees + pixel;
      head.endY = y;
      head.endX = x;
      this.follow(head);
      return true;
    }
    return false;
  }

  /**
   * Pixel of the circle around a pivot, with probabilities in proportion to the weight of the turn
   * times what is free there; -1 if nothing is. First a few are drawn by the turn alone and taken as
   * often as they are free, which comes to the same and mostly spares looking at all of them.
   */
  private drawEnd(orientation: number, pivotY: number, pivotX: number): number {
    const { odds, random, occupancy } = this;
    const { start, choice, weight, upTo, circleY, circleX } = this.paddles;
    const freedom = (pixel: number) =>
      occupancy.freedom(pivotY + circleY[pixel]!, pivotX + circleX[pixel]!);
    const first = start[orientation]!;
    const end = start[orientation + 1]!;
    for (let tries = 0; tries < quickDraws; tries++) {
      const drawn = random() * upTo[end - 1]!;
      let i = first;
      while (i < end - 1 && upTo[i]! <= drawn) i++;
      const share = freedom(choice[i]!);
      if (share === 1 || (share > 0 && random() < share)) return choice[i]!;
    }
    let total = 0;
    for (let i = first; i < end; i++) {
      total += freedom(choice[i]!) * weight[i]!;
      odds[i - first] = total;
    }
    if (total < 1e-4) return -1;
    const drawn = random() * total;
    let i = 0;
    while (i < end - first - 1 && odds[i]! <= drawn) i++;
    return choice[first + i]!;
  }

  private follow({ orientation, endY, endX }: Head): void {
    this.trail[this.trailLength++] = orientation;
    this.trail[this.trailLength++] = endY;
    this.trail[this.trailLength++] = endX;
  }

  private drawTrail(brightness: Float32Array): void {
    const { trail, canvas, paddles } = this;
    for (let i = 0; i < this.trailLength; i += 3)
      canvas.drawPaddle(paddles, trail[i]!, trail[i + 1]!, trail[i + 2]!, brightness);
  }
}

/** To the nearest whole number, halves to the even one, as NumPy does. */
function roundEven(x: number): number {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
}
