/**
 * Attackers of controlled tasks: they know where evidence may stand, what it looks like and how the
 * question is asked, but lack the skill, which is to fetch by the question what belongs to it.
 *
 * Each looks at the body (every token but the question) in one way, and comes in three strengths:
 *
 * - `blind`: the body alone. By the question certificate it is right exactly one time in k.
 * - `sum`: the body and the question side by side, a score each, added up. On a table whose rows and
 *   columns both hold every label equally often no sum of two parts separates the labels by a margin,
 *   though it may be right more often than chance: three times in four for two labels.
 * - `asked`: what it sees of the body together with the question, a weight for each pair.
 *
 * Where a group holds the order certificate, n-grams are no longer than it covers: a longer one that is
 * looked up by the question is the skill itself.
 */
import type { Fitted, Predictor, Shape, Examples, Features } from './examples.ts';
import { Collector, hashOf } from './features.ts';
import { fitLinear, tableBits } from './linear.ts';

const words = { blind: 'without the question', sum: 'plus the question', asked: 'by question' };
type Strength = keyof typeof words;
const strengths = ['blind', 'sum', 'asked'] as const;

/** Calls `add` with the numbers that name each thing seen in the body, tokens `start` to `end - 1`. */
type Look = (body: Body, add: (a: number, b: number) => void) => void;

interface Body {
  inputs: ArrayLike<number>;
  start: number;
  end: number;
  /** First token of the earlier questions; `end` if there are none. */
  tail: number;
}

/** Longest n-gram that an attacker reads, where the order certificate covers it. */
const longestGram = 3;
/** Tokens of a stretch of places that the window attacker takes as one. */
const stretch = 8;

/** Tokens of which the attacker of order compares each two. */
const rarest = 32;

/** Distance from the end on a logarithmic axis, two steps per doubling. */
const octave = (distance: number) => Math.floor(2 * Math.log2(1 + distance));

function gram(inputs: ArrayLike<number>, at: number, n: number): number {
  let hash = n;
  for (let i = 0; i < n; i++) hash = hashOf(hash, inputs[at + i]!);
  return hash;
}

/**
 * Which of each two of the rarest tokens stands nearer: for crossings of `pathfinder-distance`, whose
 * answer is no token of the body. (Where it is one, as on `recall`, the order of all tokens tells which
 * value stands beside a key: the skill itself.) Knowing the order of each two of three crossings, a
 * linear reader gets at most two thirds. The answer is the one in the middle, the same for an order and
 * its reverse, and reversing turns the sign of each pair. A crossing that outscores another one in both
 * orders has the larger constant, so only one crossing has both of its orders right: 2 + 1 + 1 of 6.
 */
const order: { title: string; look: Look } = {
  title: `Which of each two of the ${rarest} rarest tokens stands nearer`,
  look({ inputs, start, tail }, add) {
    const kinds = rareTokens(inputs, start, tail);
    for (const [i, nearer] of kinds.entries())
      for (const farther of kinds.slice(i + 1)) add(nearer, farther);
  },
};

/** The tokens from `start` to `end - 1` that occur least often, from the nearest to the farthest. */
function rareTokens(inputs: ArrayLike<number>, start: number, end: number): number[] {
  const counts = new Map<number, number>();
  for (let i = end - 1; i >= start; i--) counts.set(inputs[i]!, (counts.get(inputs[i]!) ?? 0) + 1);
  const most = [...counts.values()].sort((a, b) => a - b)[rarest - 1] ?? Infinity;
  return [...counts].flatMap(([token, count]) => (count <= most ? [token] : [])).slice(0, rarest);
}

/** The body in one way each, by name; `width` is the longest n-gram. */
function looksOf(
  width: number,
  hasCrossings: boolean,
): Record<string, { title: string; look: Look }> {
  return {
    places: {
      title: 'Which token stands at each place',
      look({ inputs, start, end }, add) {
        for (let i = start; i < end; i++) add(end - i, inputs[i]!);
      },
    },
    windows: {
      title: `Which n-grams of up to ${width} stand in each stretch of ${stretch} places`,
      look({ inputs, start, end }, add) {
        for (let i = start; i < end; i++)
          for (let n = 1; n <= width && i + n <= end; n++)
            add(Math.floor((end - i) / stretch), gram(inputs, i, n));
      },
    },
    nearest: {
      title: 'How far back each token stands for the last time, and which are the nearest of all',
      look({ inputs, start, tail }, add) {
        const seen = new Set<number>();
        for (let i = tail - 1; i >= start; i--) {
          const token = inputs[i]!;
          if (seen.has(token)) continue;
          seen.add(token);
          add(octave(tail - i), token);
          add(-seen.size, token);
        }
      },
    },
    farthest: {
      title: 'How far back each token stands for the first time, and which are the farthest of all',
      look({ inputs, start, tail }, add) {
        const seen = new Set<number>();
        for (let i = start; i < tail; i++) {
          const token = inputs[i]!;
          if (seen.has(token)) continue;
          seen.add(token);
          add(octave(tail - i), token);
          add(-seen.size, token);
        }
      },
    },
    ...(hasCrossings ? { order } : {}),
    commonest: {
      title: `How often each n-gram of up to ${width} occurs`,
      look({ inputs, start, tail }, add) {
        for (let n = 1; n <= width; n++)
          for (let i = start; i + n <= tail; i++) add(n, gram(inputs, i, n));
      },
    },
    earlier: {
      title: 'What is asked earlier, and how often each token of the body is asked about',
      look({ inputs, start, end, tail }, add) {
        const asked = new Map<number, number>();
        for (let i = tail; i < end; i++) {
          add(end - i, inputs[i]!);
          asked.set(inputs[i]!, (asked.get(inputs[i]!) ?? 0) + 1);
        }
        for (let i = start; i < tail; i++) {
          const times = asked.get(inputs[i]!) ?? 0;
          if (times > 0) add(1000 + times, inputs[i]!);
        }
      },
    },
  };
}

function attackFeatures(train: Examples, look: Look, strength: Strength): Features {
  const { documents, length, classes, table } = train.shape;
  const { question, asked } = table!;
  const tail = asked[0] ?? length - question;
  const most = documents * (length * (longestGram + 1) * 2 + rarest * rarest + question) + 2;
  const bits = tableBits(classes, train.count * train.meanTokens);
  const mask = (1 << bits) - 1;
  const collector = new Collector(most);
  return {
    size: 1 << bits,
    places: collector.places,
    values: collector.values,
    expected: (examples) => examples.meanTokens,
    extract({ inputs }, row) {
      const starts = Array.from({ length: documents }, (_, d) => (row * documents + d) * length);
      let questionHash = 1;
      for (const start of starts)
        for (let i = start + length - question; i < start + length; i++)
          questionHash = hashOf(questionHash, inputs[i]!);
      if (strength === 'sum') collector.add(hashOf(questionHash, 7) & mask);
      starts.forEach((start, d) => {
        const body = { inputs, start, end: start + length - question, tail: start + tail };
        look({ ...body, tail: Math.min(body.tail, body.end) }, (a, b) => {
          const seen = hashOf(hashOf(d + 1, a), b);
          collector.add((strength === 'asked' ? hashOf(seen, questionHash) : seen) & mask);
        });
      });
      return collector.close();
    },
  };
}

/** The attackers of a task whose groups are tables; none for other tasks. */
export function attackersFor(shape: Shape): Predictor[] {
  const { table, order, input } = shape;
  if (!table || table.question === 0) return [];
  const width = input === 'levels' ? 1 : Math.max(1, Math.min(longestGram, order));
  return Object.entries(looksOf(width, 'lanes' in shape.extras)).flatMap(
    ([name, { title, look }]) =>
      strengths.map((strength): Predictor => {
        return {
          name: `${strength}-${name}`,
          family: strength === 'blind' ? 'blind' : 'attack',
          title: `${title}, ${words[strength]}, linear`,
          covered: () => strength === 'blind',
          fit: (train, val): Fitted => fitLinear(attackFeatures(train, look, strength), train, val),
        };
      }),
  );
}
