/**
 * Drawn shapes, pictures that need no data: strokes in grey on grey, with variation in place, size,
 * rotation, stroke and contrast, and noise on every pixel. No pixel by itself tells the class.
 *
 * Ink is computed from the distance to the stroke, in whole numbers, sums, products, quotients and
 * square roots only: these are exact to the last bit by IEEE 754, so the bytes are the same on
 * every machine.
 */
import { int, type Random } from '../../../core/random.ts';

/** A line of a shape in its own frame: x and y from -1 to 1. */
type Segment = readonly [x1: number, y1: number, x2: number, y2: number];

/** The shapes by name, those first that are told apart most easily. */
const shapes: readonly [name: string, lines: 'disc' | 'ring' | readonly Segment[]][] = [
  ['disc', 'disc'],
  ['bar', [[-1, 0, 1, 0]]],
  ['ring', 'ring'],
  [
    'cross',
    [
      [-1, 0, 1, 0],
      [0, -1, 0, 1],
    ],
  ],
  [
    'pair of dots',
    [
      [-0.7, 0, -0.7, 0],
      [0.7, 0, 0.7, 0],
    ],
  ],
  [
    'corner',
    [
      [-0.8, -0.8, -0.8, 0.8],
      [-0.8, 0.8, 0.8, 0.8],
    ],
  ],
  [
    'pair of bars',
    [
      [-0.9, -0.55, 0.9, -0.55],
      [-0.9, 0.55, 0.9, 0.55],
    ],
  ],
  [
    'triangle',
    [
      [0, -1, 0.87, 0.5],
      [0.87, 0.5, -0.87, 0.5],
      [-0.87, 0.5, 0, -1],
    ],
  ],
];
export const shapeNames = shapes.map(([name]) => name);

/** Kinds of shaded pictures: where they are light. */
export const shadeNames = ['light on the left', 'light on the right'];

/** Grey levels of a picture that grows lighter or darker from the left to the right, row by row. */
export function drawShade(
  shade: number,
  rows: number,
  columns: number,
  random: Random,
): Uint8Array {
  const contrast = 110 + 60 * random();
  const ground = background(random);
  return Uint8Array.from({ length: rows * columns }, (_, i) => {
    const across = (i % columns) / (columns - 1);
    const light = shade === 0 ? 1 - across : across;
    return clamped(Math.floor(ground + contrast * light) + noise(random));
  });
}

/** Grey level of a background: also of places without a picture. */
export function background(random: Random): number {
  return 30 + int(random, 61);
}

/** Noise on a pixel: symmetric around 0, between -30 and 30, standard deviation 9. */
export function noise(random: Random): number {
  const bits = Math.floor(random() * 0x10000);
  return (bits & 15) + ((bits >> 4) & 15) + ((bits >> 8) & 15) + (bits >> 12) - 30;
}

export function clamped(level: number): number {
  return Math.max(0, Math.min(255, level));
}

/** A direction, all equally likely, as a unit vector. */
function direction(random: Random): [number, number] {
  for (;;) {
    const [x, y] = [2 * random() - 1, 2 * random() - 1];
    const square = x * x + y * y;
    if (square > 1 || square < 0.01) continue;
    const length = Math.sqrt(square);
    return [x / length, y / length];
  }
}

/** Grey levels of a new picture of the class, row by row. */
export function drawShape(
  shape: number,
  rows: number,
  columns: number,
  random: Random,
): Uint8Array {
  const [, lines] = shapes[shape]!;
  const levels = new Uint8Array(rows * columns);
  const unit = Math.min(rows, columns) / 8;
  const radius = (2.1 + 0.9 * random()) * unit;
  const half = (0.45 + 0.35 * random()) * unit * (shapeNames[shape] === 'pair of dots' ? 1.8 : 1);
  const row = (rows - 1) / 2 + (random() - 0.5) * 1.6 * unit;
  const column = (columns - 1) / 2 + (random() - 0.5) * 1.6 * unit;
  const [cos, sin] = direction(random);
  const contrast = 90 + 60 * random();
  const ground = background(random);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      // Turned into the frame of the shape.
      const [dx, dy] = [c - column, r - row];
      const [x, y] = [(dx * cos + dy * sin) / radius, (dy * cos - dx * sin) / radius];
      const away = distanceTo(lines, x, y) * radius - half;
      const ink = Math.max(0, Math.min(1, 0.5 - away));
      levels[r * columns + c] = clamped(Math.floor(ground + contrast * ink) + noise(random));
    }
  return levels;
}

/** Distance of a point from the lines of a shape, or from its disc. */
function distanceTo(lines: (typeof shapes)[number][1], x: number, y: number): number {
  const fromCentre = Math.sqrt(x * x + y * y);
  if (lines === 'ring') return Math.abs(fromCentre - 1);
  if (lines === 'disc') return Math.max(0, fromCentre - 0.8);
  let nearest = Infinity;
  for (const [x1, y1, x2, y2] of lines) {
    const [alongX, alongY] = [x2 - x1, y2 - y1];
    const square = alongX * alongX + alongY * alongY;
    const share = square === 0 ? 0 : ((x - x1) * alongX + (y - y1) * alongY) / square;
    const at = Math.max(0, Math.min(1, share));
    const [dx, dy] = [x - x1 - at * alongX, y - y1 - at * alongY];
    nearest = Math.min(nearest, Math.sqrt(dx * dx + dy * dy));
  }
  return nearest;
}
