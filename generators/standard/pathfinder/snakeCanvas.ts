/**
 * The picture of Pathfinder's snakes: paddles and markers drawn over each other, the brighter one wins.
 */
import { fine, type Paddles } from './paddles.ts';
import { discOffsets, resample, resampling, type Resampling, type Window } from './raster.ts';

export class SnakeCanvas {
  private readonly size: number;
  private readonly markerRadius: number;
  private readonly markerSizes: Resampling;
  private readonly markerOffsets: [number, number][];
  /** The marker away from the edges. */
  private marker: Uint8Array | undefined;
  /** Brightness so far; and the picture at twice its size, black but for a marker that is drawn now. */
  private readonly image: Float64Array;
  private readonly fineImage: Uint8Array;

  constructor({ size, markerRadius }: { size: number; markerRadius: number }) {
    this.size = size;
    this.markerRadius = markerRadius;
    this.markerSizes = resampling(size * fine, size);
    this.markerOffsets = discOffsets(markerRadius * fine);
    this.image = new Float64Array(size * size);
    this.fineImage = new Uint8Array((size * fine) ** 2);
  }

  clear(): void {
    this.image.fill(0);
  }

  /** Draws a paddle; `brightness` is that of each of its bytes. */
  drawPaddle(
    paddles: Paddles,
    orientation: number,
    endY: number,
    endX: number,
    brightness: Float32Array,
  ): void {
    const { image, size } = this;
    const { value, y, x } = paddles.paddle(orientation).line;
    for (let i = 0; i < value.length; i++) {
      const row = endY + y[i]!;
      const column = endX + x[i]!;
      if (row < 0 || row >= size || column < 0 || column >= size) continue;
      const level = brightness[value[i]!]!;
      if (level > image[row * size + column]!) image[row * size + column] = level;
    }
  }

  /** A disc around a pixel, drawn at twice the size. */
  drawMarker(y: number, x: number): void {
    const { image, size, markerRadius } = this;
    // Lanczos resampling reads three pixels to each side.
    const reach = Math.ceil(markerRadius) + 4;
    const [top, left] = [Math.max(0, y - reach), Math.max(0, x - reach)];
    const rows = Math.min(size, y + reach + 1) - top;
    const columns = Math.min(size, x + reach + 1) - left;
    const whole = rows === columns && rows === 2 * reach + 1;
    const seen = (whole && this.marker) || this.resampledMarker(y, x, { top, left, rows, columns });
    if (whole) this.marker = seen;
    for (let i = 0; i < seen.length; i++) {
      const pixel = (top + Math.floor(i / columns)) * size + left + (i % columns);
      image[pixel] = Math.max(image[pixel]!, seen[i]! / 255);
    }
  }

  private resampledMarker(y: number, x: number, window: Window): Uint8Array {
    const { fineImage, size } = this;
    const side = size * fine;
    const paint = (byte: number) => {
      for (const [dy, dx] of this.markerOffsets) {
        const [row, column] = [y * fine + dy, x * fine + dx];
        if (row >= 0 && row < side && column >= 0 && column < side)
          fineImage[row * side + column] = byte;
      }
    };
    paint(255);
    const seen = resample(fineImage, this.markerSizes, window);
    paint(0);
    return seen;
  }

  /** The picture from its least to its greatest value as bytes. */
  levels(): Uint8Array {
    const { image } = this;
    let [least, greatest] = [Infinity, -Infinity];
    for (let i = 0; i < image.length; i++) {
      const value = image[i]!;
      if (value < least) least = value;
      if (value > greatest) greatest = value;
    }
    const scale = 255 / (greatest - least || 1);
    const levels = new Uint8Array(image.length);
    for (let i = 0; i < image.length; i++) levels[i] = (image[i]! - least) * scale + 0.5;
    return levels;
  }
}
