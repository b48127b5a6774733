/** What a model answered to the siblings of one group, as HTML: a picture of it, words, the logits. */

export interface Answered {
  /** By sibling and class. */
  logits: number[][];
  /** Right class of each sibling. */
  labels: number[];
  /** Classes in words. */
  answers: string[];
  distance: number;
  /** Tokens that the model sees; null for all. */
  reach: number | null;
  /** Its accuracy on the whole test split at this distance, in percent. */
  onTest: string;
}

/** Which siblings it has right; of equal logits the first counts, as in training and test. */
export function rightOf({ logits, labels }: Pick<Answered, 'logits' | 'labels'>): number {
  return logits.filter((row, n) => row.indexOf(Math.max(...row)) === labels[n]).length;
}

/** Largest difference between two siblings in one logit. */
export function spreadOf(logits: readonly number[][]): number {
  const classes = logits[0]!.map((_, c) => logits.map((row) => row[c]!));
  return Math.max(...classes.map((values) => Math.max(...values) - Math.min(...values)));
}

export function answersHtml(answered: Answered): string {
  const { logits, labels, answers, distance, reach, onTest } = answered;
  const [right, all] = [rightOf(answered), labels.length];
  const spread = spreadOf(logits);
  const probabilities = logits.map(softmax);
  const size = 12;
  const squares = probabilities.flatMap((row, n) =>
    row.map((share, c) => {
      const place = `x="${c * size + 1}" y="${n * size + 1}" width="${size - 2}" height="${size - 2}"`;
      const shade = `<rect class="share" ${place} fill-opacity="${share.toFixed(3)}"/>`;
      return labels[n] === c ? `${shade}<rect class="right" ${place}/>` : shade;
    }),
  );
  const [columns, rows] = [answers.length * size, all * size];
  const alike =
    spread === 0
      ? `It gives all siblings the same logits, bit for bit: beyond its ${reach ?? ''} tokens it can be right exactly once in ${all}, whatever its weights.`
      : `Between siblings its logits differ by up to ${spread.toFixed(2)}.`;
  const head = answers.map((answer) => `<th scope="col">${answer}</th>`).join('');
  const body = logits
    .map(
      (row, n) =>
        `<tr><th scope="row">${answers[labels[n]!]}</th>${row.map((logit) => `<td>${logit.toFixed(5)}</td>`).join('')}</tr>`,
    )
    .join('');
  const caption = `Logits at distance ${distance}: a row for each sibling by its right answer`;
  return `<p><strong>${right} of ${all} right.</strong> ${alike} On the whole test split at this distance it has ${onTest} % right.</p>
<svg role="img" aria-label="Answers at distance ${distance}" aria-description="${right} of ${all} right." viewBox="0 0 ${columns} ${rows}">${squares.join('')}</svg>
<p class="note">A row for each sibling, a column for each answer; the stronger its colour, the more probable. Framed: the right one.</p>
<details><summary>The logits</summary><div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption><thead><tr><th scope="col">Answer</th>${head}</tr></thead><tbody>${body}</tbody></table></div></details>`;
}

function softmax(row: readonly number[]): number[] {
  const most = Math.max(...row);
  const weights = row.map((logit) => Math.exp(logit - most));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
