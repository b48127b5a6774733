/**
 * A small network on sparse vectors: one hidden layer of 32 rectified units and a softmax, by AdaGrad
 * (Duchi et al. 2011), whose steps fit places that are seldom as well as those that are always there.
 * Rate and number of passes are chosen on validation. The terms of a sum come in the order of the
 * vector, so equal vectors get equal scores to the last bit.
 */
import { argmax } from '../../core/math.ts';
import { int, normal, shuffle, stream } from '../../core/random.ts';
import { accuracyOf, type Examples, type Fitted, type Features } from './examples.ts';

const hidden = 32;
const rates = [0.02, 0.1];
/** Multiplications of all passes of one rate, about; a bound on the time. */
const budget = 2e8;
const mostPasses = 10;
const mostExamples = 20_000;

interface Network {
  /** [size, hidden], [hidden], [hidden, classes], [classes] */
  input: Float32Array;
  inputBias: Float32Array;
  output: Float32Array;
  outputBias: Float32Array;
}

export function fitNetwork(features: Features, train: Examples, val: Examples): Fitted {
  const { classes } = train.shape;
  const examples = Math.min(train.count, mostExamples);
  const work = 3 * examples * hidden * (features.expected(train) + classes);
  const passes = Math.max(1, Math.min(mostPasses, Math.floor(budget / work)));
  let best: { network: Network; accuracy: number; chosen: string } | undefined;
  for (const rate of rates) {
    const trainer = new Trainer(features, classes, rate);
    const order = Uint32Array.from({ length: train.count }, (_, i) => i);
    for (let pass = 1; pass <= passes; pass++) {
      shuffle(order, stream(`audit/network/${pass}`));
      for (let i = 0; i < examples; i++) trainer.step(train, order[i]!);
      if (pass !== passes && (pass & (pass - 1)) !== 0) continue;
      const accuracy = accuracyOf(trainer.predict(val), val);
      if (best && accuracy <= best.accuracy) continue;
      const chosen = `rate ${rate}, ${pass} of ${passes} passes`;
      best = { network: trainer.copy(), accuracy, chosen };
    }
  }
  const { network, accuracy, chosen } = best!;
  const predictor = new Trainer(features, classes, 0, network);
  return { validation: accuracy, chosen, predict: (split) => predictor.predict(split) };
}

class Trainer {
  private readonly features: Features;
  private readonly classes: number;
  private readonly rate: number;
  private readonly network: Network;
  /** Sums of squared gradients. */
  private readonly squares: Network;
  private readonly units = new Float64Array(hidden);
  private readonly unitChange = new Float64Array(hidden);
  private readonly scores: Float64Array;

  constructor(features: Features, classes: number, rate: number, network?: Network) {
    this.features = features;
    this.classes = classes;
    this.rate = rate;
    this.scores = new Float64Array(classes);
    this.network = network ?? initial(features.size, classes);
    this.squares = empty(network ? 0 : features.size, classes);
  }

  copy(): Network {
    const { input, inputBias, output, outputBias } = this.network;
    return {
      input: input.slice(),
      inputBias: inputBias.slice(),
      output: output.slice(),
      outputBias: outputBias.slice(),
    };
  }

  /** Hidden units and scores of an example. */
  private forward(examples: Examples, row: number): number {
    const { units, scores, classes } = this;
    const { input, inputBias, output, outputBias } = this.network;
    const { places, values } = this.features;
    const count = this.features.extract(examples, row);
    units.set(inputBias);
    for (let i = 0; i < count; i++) {
      const base = places[i]! * hidden;
      const value = values[i]!;
      for (let h = 0; h < hidden; h++) units[h]! += input[base + h]! * value;
    }
    scores.set(outputBias);
    for (let h = 0; h < hidden; h++) {
      if (units[h]! <= 0) units[h] = 0;
      else for (let c = 0; c < classes; c++) scores[c]! += units[h]! * output[h * classes + c]!;
    }
    return count;
  }

  step(examples: Examples, row: number): void {
    const { units, unitChange, scores, classes, network, squares } = this;
    const { places, values } = this.features;
    const count = this.forward(examples, row);
    const largest = scores[argmax(scores)]!;
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += scores[c] = Math.exp(scores[c]! - largest);
    const label = examples.split.labels[row]!;
    for (let c = 0; c < classes; c++) scores[c] = scores[c]! / sum - (c === label ? 1 : 0);
    for (let h = 0; h < hidden; h++) {
      unitChange[h] = 0;
      if (units[h] === 0) continue;
      for (let c = 0; c < classes; c++) {
        const at = h * classes + c;
        unitChange[h]! += scores[c]! * network.output[at]!;
        this.move(network.output, squares.output, at, scores[c]! * units[h]!);
      }
      this.move(network.inputBias, squares.inputBias, h, unitChange[h]!);
    }
    for (let c = 0; c < classes; c++)
      this.move(network.outputBias, squares.outputBias, c, scores[c]!);
    for (let i = 0; i < count; i++) {
      const base = places[i]! * hidden;
      for (let h = 0; h < hidden; h++)
        if (unitChange[h] !== 0)
          this.move(network.input, squares.input, base + h, unitChange[h]! * values[i]!);
    }
  }

  private move(weights: Float32Array, squares: Float32Array, at: number, gradient: number): void {
    squares[at]! += gradient * gradient;
    weights[at]! -= (this.rate * gradient) / (Math.sqrt(squares[at]!) + 1e-6);
  }

  predict(examples: Examples): Uint8Array {
    return Uint8Array.from({ length: examples.count }, (_, row) => {
      this.forward(examples, row);
      return argmax(this.scores);
    });
  }
}

function empty(size: number, classes: number): Network {
  return {
    input: new Float32Array(size * hidden),
    inputBias: new Float32Array(hidden),
    output: new Float32Array(hidden * classes),
    outputBias: new Float32Array(classes),
  };
}

function initial(size: number, classes: number): Network {
  const network = empty(size, classes);
  const random = stream('audit/network/initial');
  // Signs and sizes from a short list: a normal number for each of millions of places takes seconds.
  const normals = Float32Array.from({ length: 4096 }, () => 0.1 * normal(random));
  for (let i = 0; i < network.input.length; i++) network.input[i] = normals[int(random, 4096)]!;
  for (let i = 0; i < network.output.length; i++) network.output[i] = 2 * normals[i % 4096]!;
  return network;
}
