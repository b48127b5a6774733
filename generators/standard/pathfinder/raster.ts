/**
 * Drawing as the original Pathfinder generator drew (Linsley et al. 2018,
 * https://github.com/drewlinsley/pathfinder): with Pillow's lines, OpenCV's dilation and the Lanczos
 * resampling behind SciPy's `imresize`. These decide which pixels a line covers and where snakes may go,
 * so they are part of the task's definition. The results equal Pillow's bytes.
 *
 * Images are squares of bytes, row by row. Sines are V8's own (fdlibm), the same on every machine.
 */

/** To the nearest whole number, halves away from zero, and halves towards it. */
const roundUp = (x: number) => Math.sign(x) * Math.floor(Math.abs(x) + 0.5);
const roundDown = (x: number) => Math.sign(x) * Math.ceil(Math.abs(x) - 0.5);

/** A square of bytes in which the line from one pixel to another, `width` pixels wide, is 255. */
export function drawLine(
  side: number,
  [y0, x0]: readonly [number, number],
  [y1, x1]: readonly [number, number],
  width: number,
): Uint8Array {
  const image = new Uint8Array(side * side);
  const [dx, dy] = [x1 - x0, y1 - y0];
  const fill = (y: number, from: number, to: number) => {
    if (y < 0 || y >= side) return;
    for (let x = Math.max(0, from); x <= Math.min(side - 1, to); x++) image[y * side + x] = 255;
  };
  if (width <= 1 || (dx === 0 && dy === 0)) {
    bresenham([y0, x0], [y1, x1], (y, x) => fill(y, x, x));
    return image;
  }
  // A wide line is a quadrilateral; of an even width the odd pixel lies on one side.
  const length = Math.sqrt(dx * dx + dy * dy);
  const wider = roundUp((width - 1) / 2) / length;
  const narrower = roundDown((width - 1) / 2) / length;
  const [left, right] = [roundDown(narrower * dy), roundDown(wider * dy)];
  const [above, below] = [roundDown(narrower * dx), roundDown(wider * dx)];
  const corners = [
    [y0 + below, x0 - left],
    [y1 + below, x1 - left],
    [y1 - above, x1 + right],
    [y0 - above, x0 + right],
  ] as const;
  const rows = corners.map(([y]) => y);
  for (let y = Math.min(...rows); y <= Math.max(...rows); y++) {
    let [from, to] = [Infinity, -Infinity];
    corners.forEach(([ya, xa], i) => {
      const [yb, xb] = corners[(i + 1) % 4]!;
      if (y < Math.min(ya, yb) || y > Math.max(ya, yb)) return;
      const crossed = ya === yb ? [xa, xb] : [xa + ((y - ya) * (xb - xa)) / (yb - ya)];
      from = Math.min(from, ...crossed);
      to = Math.max(to, ...crossed);
    });
    fill(y, roundUp(from), roundDown(to));
  }
  return image;
}

/** The pixels of a thin line (Bresenham). */
function bresenham(
  [y0, x0]: readonly [number, number],
  [y1, x1]: readonly [number, number],
  point: (y: number, x: number) => void,
): void {
  const [dy, dx] = [Math.abs(y1 - y0), Math.abs(x1 - x0)];
  const [stepY, stepX] = [Math.sign(y1 - y0), Math.sign(x1 - x0)];
  const steps = Math.max(dy, dx);
  const slow = Math.min(dy, dx);
  let error = 2 * slow - steps;
  for (let i = 0, y = y0, x = x0; i <= steps; i++) {
    point(y, x);
    const sideways = error >= 0 && steps > 0;
    if (sideways) error -= 2 * steps;
    error += 2 * slow;
    if (dx > dy || sideways) x += stepX;
    if (dx <= dy || sideways) y += stepY;
  }
}

/** Offsets (row, column) of the pixels of a disc around its centre. */
export function discOffsets(radius: number): [number, number][] {
  const offsets: [number, number][] = [];
  const reach = Math.floor(radius);
  for (let y = -reach; y <= reach; y++)
    for (let x = -reach; x <= reach; x++)
      if (x * x + y * y <= radius * radius) offsets.push([y, x]);
  return offsets;
}

/** The greatest value within a disc around each pixel; there is nothing beyond the edges. */
export function dilate(image: Uint8Array, side: number, radius: number): Uint8Array {
  const result = new Uint8Array(image.length);
  const offsets = discOffsets(radius);
  image.forEach((value, at) => {
    if (value === 0) return;
    for (const [dy, dx] of offsets) {
      const [y, x] = [Math.floor(at / side) + dy, (at % side) + dx];
      if (y < 0 || y >= side || x < 0 || x >= side) continue;
      result[y * side + x] = Math.max(result[y * side + x]!, value);
    }
  });
  return result;
}

/** Bits after the point of Pillow's whole-number weights. */
const precision = 22;

/** How each pixel of a line of `to` pixels is made of those of a line of `from` pixels. */
export interface Resampling {
  from: number;
  to: number;
  /** First pixel that counts, and number of pixels, for each new pixel. */
  first: Int32Array;
  count: Int32Array;
  /** Weights of new pixel i at `i * width` and after. */
  weights: Int32Array;
  width: number;
}

function lanczos(x: number): number {
  if (x === 0) return 1;
  if (x < -3 || x >= 3) return 0;
  const angle = Math.PI * x;
  return ((Math.sin(angle) / angle) * Math.sin(angle / 3)) / (angle / 3);
}

/** Lanczos weights for making lines smaller, in whole numbers. */
export function resampling(from: number, to: number): Resampling {
  const scale = from / to;
  const support = 3 * scale;
  const width = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  const weights = new Int32Array(to * width);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    first[i] = Math.max(0, Math.trunc(centre - support + 0.5));
    count[i] = Math.min(from, Math.trunc(centre + support + 0.5)) - first[i]!;
    const exact = Array.from({ length: count[i]! }, (_, j) =>
      lanczos((j + first[i]! - centre + 0.5) / scale),
    );
    const sum = exact.reduce((a, b) => a + b, 0);
    exact.forEach((weight, j) => {
      weights[i * width + j] = roundUp((weight / sum) * (1 << precision));
    });
  }
  return { from, to, first, count, weights, width };
}

/** Reads a square image made smaller: `rows x columns` pixels whose upper left one is (top, left). */
export interface Window {
  top: number;
  left: number;
  rows: number;
  columns: number;
}

/** Image of the pixels of a window of the smaller picture; first along the rows, then the columns. */
export function resample(image: Uint8Array, by: Resampling, window?: Window): Uint8Array {
  const { from, to, first, count, weights, width } = by;
  const { top, left, rows, columns } = window ?? { top: 0, left: 0, rows: to, columns: to };
  const start = first[top]!;
  const end = first[top + rows - 1]! + count[top + rows - 1]!;
  const half = new Uint8Array((end - start) * columns);
  for (let y = start; y < end; y++)
    for (let x = 0; x < columns; x++) {
      const i = left + x;
      let sum = 1 << (precision - 1);
      for (let j = 0; j < count[i]!; j++)
        sum += image[y * from + first[i]! + j]! * weights[i * width + j]!;
      half[(y - start) * columns + x] = clip(sum >> precision);
    }
  const result = new Uint8Array(rows * columns);
  for (let y = 0; y < rows; y++) {
    const i = top + y;
    for (let x = 0; x < columns; x++) {
      let sum = 1 << (precision - 1);
      for (let j = 0; j < count[i]!; j++)
        sum += half[(first[i]! + j - start) * columns + x]! * weights[i * width + j]!;
      result[y * columns + x] = clip(sum >> precision);
    }
  }
  return result;
}

const clip = (value: number) => Math.max(0, Math.min(255, value));
