/**
 * Random directions for features of softmax attention (Choromanski et al. 2021,
 * https://arxiv.org/abs/2009.14794): each is a standard normal vector, but those of a block of dh
 * are orthogonal, which makes the estimate of exp(q · k) vary less.
 */
import type { Random } from '../../core/random.ts';
import { normal } from '../ops/initialise.ts';

/** [count, channels], row-major. */
export function orthogonalFeatures(count: number, channels: number, random: Random): Float64Array {
  const features = new Float64Array(count * channels);
  const draw = () => Float64Array.from(normal(1)(channels, random));
  let block: Float64Array[] = [];
  for (let row = 0; row < count; row++) {
    if (row % channels === 0) block = [];
    const direction = orthogonalTo(block, draw);
    block.push(direction);
    // Of a normal vector, direction and length are independent: the length comes from another one.
    const length = Math.hypot(...draw());
    features.set(
      direction.map((value) => value * length),
      row * channels,
    );
  }
  return features;
}

/** A unit vector, uniform among those orthogonal to all that are given (Gram and Schmidt). */
function orthogonalTo(others: Float64Array[], draw: () => Float64Array): Float64Array {
  let vector = draw();
  // The second pass removes the rounding errors of the first.
  for (let pass = 0; pass < 2; pass++) {
    for (const other of others) {
      const along = vector.reduce((sum, value, c) => sum + value * other[c]!, 0);
      vector = vector.map((value, c) => value - along * other[c]!);
    }
  }
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
