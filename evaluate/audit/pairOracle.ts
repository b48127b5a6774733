/**
 * Two documents by what they share: of the w-grams that occur in either, the share that occurs in both,
 * each counted once (Jaccard), and the same with rare ones counting for more. And papers by their
 * identity: who knows which papers a training pair had can say something of a pair that has one again.
 */
import { fitLinear, tableBits } from './linear.ts';
import type { Examples, Fitted, Predictor, Shape, Features } from './examples.ts';
import { rangeFeatures } from './features.ts';

export const sharedWidths = [1, 2, 4, 6, 8, 12];
const bits = 20;

/** How alike the two documents of each example are. */
class Overlap {
  private readonly w: number;
  private readonly seen = new Int32Array(1 << bits).fill(-1);
  private readonly weights = new Float64Array(1 << bits);
  private stamp = 0;

  constructor(w: number, train: Examples) {
    this.w = w;
    const found = new Int32Array(1 << bits);
    for (let row = 0; row < train.count; row++)
      for (let d = 0; d < 2; d++) this.eachOnce(train, row, d, (gram) => found[gram]!++);
    // Multiples of 1/256, so that sums do not depend on their order.
    for (let gram = 0; gram < found.length; gram++)
      this.weights[gram] =
        Math.round(256 * Math.log((2 * train.count + 1) / (found[gram]! + 1))) / 256;
  }

  private eachOnce(examples: Examples, row: number, d: number, take: (gram: number) => void): void {
    const { inputs } = examples;
    const stamp = 2 * this.stamp++;
    const last = examples.end(row, d) - this.w;
    for (let i = examples.start(row, d); i <= last; i++) {
      let hash = 0;
      for (let t = 0; t < this.w; t++)
        hash = Math.imul(hash, 0x01000193) ^ Math.imul(inputs[i + t]! + 1, 0x9e3779b1);
      const gram = (hash ^ (hash >>> 15)) & ((1 << bits) - 1);
      if (this.seen[gram] === stamp) continue;
      this.seen[gram] = stamp;
      take(gram);
    }
  }

  /** Share of the w-grams of either document that are in both, and the same weighted by rarity. */
  of(examples: Examples, row: number): [number, number] {
    const first = new Set<number>();
    this.eachOnce(examples, row, 0, (gram) => first.add(gram));
    let [both, bothWeight, other, weight] = [0, 0, 0, 0];
    for (const gram of first) weight += this.weights[gram]!;
    this.eachOnce(examples, row, 1, (gram) => {
      if (first.has(gram)) {
        both++;
        bothWeight += this.weights[gram]!;
      } else {
        other++;
        weight += this.weights[gram]!;
      }
    });
    return [both / Math.max(1, first.size + other), weight > 0 ? bothWeight / weight : 0];
  }
}

/** Numbers of examples, worked out once for each split. */
function remembered(
  width: number,
  read: (examples: Examples, row: number) => ArrayLike<number>,
): (examples: Examples, row: number) => Float64Array {
  const known = new WeakMap<Examples, Float64Array>();
  return (examples, row) => {
    let table = known.get(examples);
    if (!table) {
      table = new Float64Array(examples.count * width);
      for (let r = 0; r < examples.count; r++) table.set(read(examples, r), r * width);
      known.set(examples, table);
    }
    return table.subarray(row * width, (row + 1) * width);
  };
}

export function pairOracles(shape: Shape): Predictor[] {
  const overlaps = sharedWidths.map((w) => {
    let overlap: Overlap | undefined;
    const read = remembered(2, (examples, row) => overlap!.of(examples, row));
    return { w, read, open: (train: Examples) => (overlap ??= new Overlap(w, train)) };
  });
  const coveredTo = (w: number) => () => w <= shape.order;
  const shared = overlaps.map(({ w, read, open }): Predictor => ({
    name: `shared-${w}-grams`,
    family: 'oracle',
    title: `How many ${w}-grams the two documents share, linear in ranges`,
    size: w,
    covered: coveredTo(w),
    fit(train, val) {
      open(train);
      return fitLinear(rangeFeatures(train, 2, read), train, val);
    },
  }));
  const all: Predictor = {
    name: 'shared-n-grams',
    family: 'oracle',
    title: 'How many n-grams of every width the two documents share, linear in ranges',
    covered: coveredTo(sharedWidths.at(-1)!),
    fit(train, val) {
      for (const { open } of overlaps) open(train);
      const read = (examples: Examples, row: number) =>
        overlaps.flatMap((overlap) => [...overlap.read(examples, row)]);
      return fitLinear(rangeFeatures(train, 2 * overlaps.length, read), train, val);
    },
  };
  const identity: Predictor = {
    name: 'paper-identity',
    family: 'oracle',
    title: 'Which two papers they are, nothing of their texts, linear',
    covered: () => false,
    fit: (train, val) => eitherWay(fitLinear(paperFeatures(train), train, val)),
  };
  return [...shared, all, ...('papers' in shape.extras ? [identity] : [])];
}

/**
 * Where each paper has about as many pairs of either label in all splits together, those that training
 * lacks are of the other label: what is worse than chance on validation is answered the other way.
 */
function eitherWay(fitted: Fitted): Fitted {
  const { validation = 1, chosen, predict } = fitted;
  if (validation >= 0.5) return fitted;
  return {
    validation: 1 - validation,
    chosen: `${chosen}, answers reversed`,
    predict: async (examples) => (await predict(examples)).map((label) => 1 - label),
  };
}

/** The two papers, in no order. */
function paperFeatures(train: Examples): Features {
  const size = 1 << tableBits(train.shape.classes, 2 * train.count);
  const places = new Int32Array(2);
  return {
    size,
    places,
    values: new Float64Array(2).fill(1),
    expected: () => 2,
    extract({ split }, row) {
      for (let d = 0; d < 2; d++) places[d] = split.extras.papers![2 * row + d]! & (size - 1);
      return 2;
    },
  };
}

/** How much of the test split is about papers that training pairs had. */
export function paperFacts(train: Examples, test: Examples): Record<string, number> {
  const known = new Set(train.split.extras.papers);
  const papers = new Set(test.split.extras.papers);
  const seen = [0, 0, 0];
  for (let row = 0; row < test.count; row++) {
    const both = test.split.extras.papers!.subarray(2 * row, 2 * row + 2);
    seen[both.filter((paper) => known.has(paper)).length]!++;
  }
  return {
    'papers of test': papers.size,
    'papers of test that training has': [...papers].filter((paper) => known.has(paper)).length,
    'test pairs of which training has both papers': seen[2]!,
    'test pairs of which training has one paper': seen[1]!,
    'test pairs of which training has no paper': seen[0]!,
  };
}
