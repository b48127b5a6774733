/**
 * Nearest neighbours on token counts: the majority label of the k training examples whose counts differ
 * least (sum of absolute differences). Counts are whole numbers, and among equally near examples the
 * earlier one comes first, so equal counts get equal answers.
 */
import { argmax } from '../../core/math.ts';
import { accuracyOf, type Examples, type Fitted } from './examples.ts';

const ks = [1, 5, 25];
const most = ks.at(-1)!;
/** At most this many differences are computed per split; beyond it fewer neighbours are examined. */
const budget = 1e9;
const mostNeighbours = 10_000;

export function fitNeighbours(train: Examples, val: Examples): Fitted {
  const { vocabulary, documents, classes } = train.shape;
  // Tokens that do not occur in training would count for all neighbours alike.
  const columns = usedColumns(train, vocabulary * documents);
  const width = Math.max(...columns) + 1;
  const reference = countsOf(train, columns, width, Math.min(train.count, mostNeighbours));
  const { labels } = train.split;

  const predictAll = (examples: Examples): Uint8Array[] => {
    const allowed = Math.max(200, Math.floor(budget / (examples.count * width)));
    const neighbours = Math.min(reference.length / width, allowed);
    const predictions = ks.map(() => new Uint8Array(examples.count));
    const nearest = new Float64Array(most);
    const nearestLabel = new Int32Array(most);
    const block = 256;
    for (let from = 0; from < examples.count; from += block) {
      const to = Math.min(examples.count, from + block);
      const counts = countsOf(examples, columns, width, to, from);
      for (let row = from; row < to; row++) {
        nearest.fill(Infinity);
        const base = (row - from) * width;
        for (let n = 0; n < neighbours; n++) {
          let distance = 0;
          const other = n * width;
          const worst = nearest[most - 1]!;
          for (let c = 0; c < width && distance < worst; c++)
            distance += Math.abs(counts[base + c]! - reference[other + c]!);
          if (distance >= worst) continue;
          let place = most - 1;
          for (; place > 0 && nearest[place - 1]! > distance; place--) {
            nearest[place] = nearest[place - 1]!;
            nearestLabel[place] = nearestLabel[place - 1]!;
          }
          nearest[place] = distance;
          nearestLabel[place] = labels[n]!;
        }
        const votes = new Int32Array(classes);
        let counted = 0;
        ks.forEach((k, i) => {
          for (; counted < k && nearest[counted]! < Infinity; counted++)
            votes[nearestLabel[counted]!]!++;
          predictions[i]![row] = argmax(votes);
        });
      }
    }
    return predictions;
  };

  const accuracies = predictAll(val).map((predictions) => accuracyOf(predictions, val));
  const chosen = argmax(accuracies);
  return {
    validation: accuracies[chosen]!,
    chosen: `k = ${ks[chosen]}`,
    predict: (examples) => predictAll(examples)[chosen]!,
  };
}

/** For each token of each document its column, those that never occur all the first one. */
function usedColumns(train: Examples, tokens: number): Int32Array {
  const { documents, vocabulary } = train.shape;
  const used = new Uint8Array(tokens);
  for (let row = 0; row < Math.min(train.count, mostNeighbours); row++)
    for (let d = 0; d < documents; d++)
      for (let i = train.start(row, d); i < train.end(row, d); i++)
        used[d * vocabulary + train.inputs[i]!] = 1;
  let next = 1;
  return Int32Array.from(used, (is) => (is ? next++ : 0));
}

/** [rows, width] */
function countsOf(
  examples: Examples,
  columns: Int32Array,
  width: number,
  to: number,
  from = 0,
): Int32Array {
  const { documents, vocabulary } = examples.shape;
  const counts = new Int32Array((to - from) * width);
  for (let row = from; row < to; row++)
    for (let d = 0; d < documents; d++)
      for (let i = examples.start(row, d); i < examples.end(row, d); i++)
        counts[(row - from) * width + columns[d * vocabulary + examples.inputs[i]!]!]!++;
  return counts;
}
