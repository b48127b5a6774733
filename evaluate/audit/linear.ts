/**
 * Logistic regression on sparse vectors by stochastic gradient steps, with averaged weights (Polyak
 * and Juditsky 1992), which need no schedule of rates. All learning rates that are tried learn in the
 * same pass, side by side in one table; rate and number of passes are chosen on validation.
 *
 * The averaged weights are multiples of 2^-16 and values of vectors multiples of 2^-8 (`features.ts`), so
 * that a score is the same whatever the order of its terms.
 */
import { argmax } from '../../core/math.ts';
import { shuffle, stream } from '../../core/random.ts';
import type { Examples, Fitted, Features } from './examples.ts';

const rates = [0.3, 2, 12];
/** Numbers that are read and changed in all passes together, about; a bound on the time. */
const budget = 6e7;
const mostPasses = 12;

/** Weights of one choice: [size, outputs], and biases. */
interface Weights {
  table: Float32Array;
  bias: Float32Array;
}

/** One output tells two classes apart. */
const outputsOf = (classes: number) => (classes === 2 ? 1 : classes);

/**
 * Bits of a hash table for so many different places: four times as large, but no larger than fits
 * beside all rates and classes, 130 MB.
 */
export function tableBits(classes: number, places: number): number {
  const perPlace = 2 * rates.length * outputsOf(classes);
  const most = Math.min(20, Math.floor(Math.log2((1 << 24) / perPlace)));
  return Math.max(6, Math.min(most, Math.ceil(Math.log2(4 * places))));
}

export function fitLinear(features: Features, train: Examples, val: Examples): Fitted {
  const outputs = outputsOf(train.shape.classes);
  const width = outputs * rates.length;
  // Averages are weight - drift / steps: a change at step t is missing from the t steps before it. A
  // place's weights and drifts lie side by side, so that they come from memory together.
  const table = new Float32Array(features.size * 2 * width); // [size, 2, width]
  const bias = new Float64Array(width);
  const biasDrift = new Float64Array(width);
  const scores = new Float64Array(width);
  const change = new Float64Array(width);
  const { places, values } = features;
  const work = train.count * features.expected(train) * (0.6 + width / 8);
  const passes = Math.max(1, Math.min(mostPasses, Math.floor(budget / work)));
  let steps = 0;
  let best: { weights: Weights; accuracy: number; chosen: string } | undefined;

  const order = Uint32Array.from({ length: train.count }, (_, i) => i);
  for (let pass = 1; pass <= passes; pass++) {
    shuffle(order, stream(`audit/linear/${pass}`));
    for (const row of order) {
      const count = features.extract(train, row);
      const scale = 1 / Math.max(1e-9, normOf(values, count));
      scores.set(bias);
      for (let i = 0; i < count; i++) {
        const base = places[i]! * 2 * width;
        const value = values[i]! * scale;
        for (let j = 0; j < width; j++) scores[j]! += table[base + j]! * value;
      }
      steps++;
      gradient(scores, outputs, train.split.labels[row]!, change);
      for (let j = 0; j < width; j++) {
        bias[j]! += change[j]!;
        biasDrift[j]! += steps * change[j]!;
      }
      for (let i = 0; i < count; i++) {
        const base = places[i]! * 2 * width;
        const value = values[i]! * scale;
        for (let j = 0; j < width; j++) {
          const by = change[j]! * value;
          table[base + j]! += by;
          table[base + width + j]! += steps * by;
        }
      }
    }
    // Looked at after passes 1, 2, 4, 8, ... and the last.
    if (pass !== passes && (pass & (pass - 1)) !== 0) continue;
    for (let rate = 0; rate < rates.length; rate++) {
      const weights = averaged(table, bias, biasDrift, { steps, width, outputs, rate });
      const accuracy = correctShare(features, weights, val);
      if (best && accuracy <= best.accuracy) continue;
      best = { weights, accuracy, chosen: `rate ${rates[rate]}, ${pass} of ${passes} passes` };
    }
  }
  const { weights, accuracy, chosen } = best!;
  return {
    validation: accuracy,
    chosen,
    predict: (examples) => predictLinear(features, weights, examples),
  };
}

function normOf(values: Float64Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i]! * values[i]!;
  return Math.sqrt(sum);
}

/** Rate times (label - probability), for every rate's outputs. */
function gradient(
  scores: Float64Array,
  outputs: number,
  label: number,
  change: Float64Array,
): void {
  rates.forEach((rate, r) => {
    const start = r * outputs;
    if (outputs === 1) {
      change[start] = rate * (label - 1 / (1 + Math.exp(-scores[start]!)));
      return;
    }
    const largest = scores[start + argmax(scores, start, outputs)]!;
    let sum = 0;
    for (let c = 0; c < outputs; c++)
      sum += change[start + c] = Math.exp(scores[start + c]! - largest);
    for (let c = 0; c < outputs; c++)
      change[start + c] = rate * ((c === label ? 1 : 0) - change[start + c]! / sum);
  });
}

interface Choice {
  steps: number;
  width: number;
  outputs: number;
  rate: number;
}

function averaged(
  table: Float32Array,
  bias: Float64Array,
  biasDrift: Float64Array,
  { steps, width, outputs, rate }: Choice,
): Weights {
  const exact = (value: number) => Math.round(value * 65536) / 65536;
  const size = table.length / (2 * width);
  const weights = { table: new Float32Array(size * outputs), bias: new Float32Array(outputs) };
  for (let c = 0; c < outputs; c++) {
    const j = rate * outputs + c;
    weights.bias[c] = exact(bias[j]! - biasDrift[j]! / (steps + 1));
    for (let place = 0, from = j; place < size; place++, from += 2 * width)
      if (table[from] !== 0)
        weights.table[place * outputs + c] = exact(
          table[from]! - table[from + width]! / (steps + 1),
        );
  }
  return weights;
}

/** Class of every example: the largest score, the lowest class among equals. */
function predictLinear(
  features: Features,
  { table, bias }: Weights,
  examples: Examples,
): Uint8Array {
  const { places, values } = features;
  const outputs = bias.length;
  const scores = new Float64Array(outputs);
  const predictions = new Uint8Array(examples.count);
  for (let row = 0; row < examples.count; row++) {
    const count = features.extract(examples, row);
    scores.fill(0);
    for (let i = 0; i < count; i++) {
      const base = places[i]! * outputs;
      for (let c = 0; c < outputs; c++) scores[c]! += table[base + c]! * values[i]!;
    }
    const norm = Math.max(1e-9, normOf(values, count));
    for (let c = 0; c < outputs; c++) scores[c] = scores[c]! / norm + bias[c]!;
    predictions[row] = outputs === 1 ? (scores[0]! > 0 ? 1 : 0) : argmax(scores);
  }
  return predictions;
}

function correctShare(features: Features, weights: Weights, val: Examples): number {
  const predictions = predictLinear(features, weights, val);
  let correct = 0;
  for (let i = 0; i < val.count; i++) if (predictions[i] === val.split.labels[i]) correct++;
  return correct / val.count;
}
