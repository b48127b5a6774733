/**
 * Whether a model's answers depend on the example alone. Some examples are asked again: alone, among
 * other examples at other places of the batch, and a second time exactly as they were. Their logits
 * must be those of the first time, within rounding.
 *
 * Models break this by mistake: batch normalisation or dropout left in training mode, quantisation
 * whose scale is taken over the whole batch, a softmax or a mean over the wrong axis.
 */
import { argmax, median } from '../../core/math.ts';
import { int, shuffle, type Random } from '../../core/random.ts';

/** How an example is asked again. */
export type Manner = 'alone' | 'elsewhere' | 'again';

export interface Call {
  /** Examples of the call, by their place in the batch. */
  rows: number[];
  /** Absent in the first pass. */
  manner?: Manner;
}

/** Calls that the repetitions may take, as a share of those of one pass. */
export const repeatedShares = {
  /** A stranger's model: with the pass itself, the cost stays below 1.5 passes. */
  submitted: 0.45,
  /** A model of this package, whose mixers have tests of their own. */
  own: 0.1,
} as const;

/** In which order the repetitions are taken, over and over, as long as there is room. */
const manners: readonly Manner[] = ['elsewhere', 'alone', 'again', 'elsewhere'];

/**
 * The calls for `count` examples: a pass in random order, then repetitions, at least one. A call that
 * is not full is filled up with random examples.
 *
 * @param fixed whether every call must have `batch` examples; else one example may be asked alone
 */
export function planCalls(
  count: number,
  { batch, fixed, share }: { batch: number; fixed: boolean; share: number },
  random: Random,
): Call[] {
  const any = () => int(random, count);
  const order = shuffle(
    Array.from({ length: count }, (_, i) => i),
    random,
  );
  const pass: Call[] = [];
  for (let start = 0; start < count; start += batch) {
    const rows = order.slice(start, start + batch);
    while (rows.length < batch) rows.push(any());
    pass.push({ rows });
  }
  const repetitions = Math.max(1, Math.floor(share * pass.length));
  const repeated = Array.from({ length: repetitions }, (_, n): Call => {
    const manner = manners[n % manners.length]!;
    if (manner === 'again') return { manner, rows: pass[int(random, pass.length)]!.rows };
    if (manner === 'elsewhere') return { manner, rows: Array.from({ length: batch }, any) };
    const row = any();
    return { manner, rows: fixed ? new Array<number>(batch).fill(row) : [row] };
  });
  return [...pass, ...repeated];
}

/** Differences of logits that rounding explains, as a share of the spread between classes. */
export const tolerances = {
  float32: 1e-3,
  /** Where the model computes with 16 bits or fewer. */
  reduced: 3e-2,
} as const;

export type Precision = keyof typeof tolerances;

/** Share of the repeated answers whose class may change, since the best two logits may be equal. */
const changedShare = 0.01;

export interface Disagreement {
  /** Index of the example. */
  example: number;
  manner: Manner;
  /** The logit that differs most. */
  class: number;
  first: number;
  second: number;
  /** Largest difference that would have been accepted. */
  accepted: number;
}

/**
 * Keeps the first logits of every example and compares later ones with them.
 *
 * The scale of a model's logits is free, so differences are measured against the spread between an
 * example's classes, or the median spread if that is larger.
 */
export class Answers {
  readonly logits: Float32Array; // [N, classes]
  readonly #classes: number;
  readonly #known: Uint8Array;
  readonly #again: { example: number; manner: Manner; logits: Float32Array }[] = [];

  constructor(count: number, classes: number) {
    this.logits = new Float32Array(count * classes);
    this.#classes = classes;
    this.#known = new Uint8Array(count);
  }

  /** Takes the logits [batch, classes] of a call. */
  take({ rows, manner }: Call, logits: ArrayLike<number>): void {
    const classes = this.#classes;
    rows.forEach((example, place) => {
      const own = Float32Array.from({ length: classes }, (_, c) => logits[place * classes + c]!);
      if (this.#known[example]) {
        this.#again.push({ example, manner: manner ?? 'elsewhere', logits: own });
        return;
      }
      this.#known[example] = 1;
      this.logits.set(own, example * classes);
    });
  }

  /** How many answers were compared with first ones. */
  get repeated(): number {
    return this.#again.length;
  }

  /** The worst pair of figures that rounding does not explain; undefined where all agree. */
  disagreement(precision: Precision): Disagreement | undefined {
    const classes = this.#classes;
    const firstOf = (example: number) =>
      this.logits.subarray(example * classes, (example + 1) * classes);
    const typical = median(
      Array.from(this.#known, (_, example) => spreadOf(firstOf(example))).filter(Number.isFinite),
    );
    // By how much the accepted difference is exceeded, of any answer and of one whose class changes.
    let worst: { excess: number; found: Disagreement } | undefined;
    let changed: typeof worst;
    let changes = 0;
    for (const { example, manner, logits } of this.#again) {
      const first = firstOf(example);
      const spread = spreadOf(first);
      const scale = Math.max(typical, Number.isFinite(spread) ? spread : 0);
      const [difference, at] = farthest(first, logits);
      const accepted = tolerances[precision] * scale + 4 * 2 ** -24 * Math.abs(first[at]!);
      const pair = { first: first[at]!, second: logits[at]! };
      const found = { example, manner, class: at, ...pair, accepted };
      const excess = difference / (accepted || Number.MIN_VALUE);
      if (difference > accepted && excess > (worst?.excess ?? 0)) worst = { excess, found };
      if (argmax(first) === argmax(logits)) continue;
      changes++;
      if (excess >= (changed?.excess ?? 0)) changed = { excess, found };
    }
    const tooMany = changes > Math.max(1, changedShare * this.#again.length);
    return (worst ?? (tooMany ? changed : undefined))?.found;
  }
}

/** What a repetition was, in words. */
const mannerWords: Record<Manner, string> = {
  alone: 'alone',
  elsewhere: 'at another place of another batch',
  again: 'in the same batch a second time',
};

/** The pair of figures, and how far apart they may be. */
export function figuresOf({ manner, class: at, first, second, accepted }: Disagreement): string {
  const figure = (value: number) => String(Number(value.toPrecision(6)));
  return (
    `gives one example a logit of class ${at} of ${figure(first)}, and ${figure(second)} ` +
    `${mannerWords[manner]}, expected at most ${figure(accepted)} between them`
  );
}

function spreadOf(logits: Float32Array): number {
  return Math.max(...logits) - Math.min(...logits);
}

/** The largest difference of two lists, and where it is; equal infinities, or NaN twice, do not differ. */
function farthest(a: Float32Array, b: Float32Array): [difference: number, at: number] {
  let [most, at] = [-1, 0];
  for (let i = 0; i < a.length; i++) {
    const same = a[i] === b[i] || Object.is(a[i], b[i]);
    const difference = same ? 0 : Math.abs(a[i]! - b[i]!);
    if (difference > most || Number.isNaN(difference)) [most, at] = [difference, i];
  }
  return [Number.isNaN(most) ? Infinity : most, at];
}
