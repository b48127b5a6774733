/**
 * Echoes: the signal in the inputs of a task, for self-pretraining to learn from. An echo is a slot that
 * stands twice, a key and a value, so that the value of the second copy can be predicted by reading the
 * first copy and by nothing else: keys, values and places are drawn independently of everything, and no
 * question asks for an echo.
 *
 *   near   copies stand at most d tokens apart, from value to value
 *   far    more than d
 *   all    any distance
 *
 * Distances are log-uniform, as the bins of the tasks are. A task says how its slots look.
 */
import { z } from 'zod';
import { UsageError } from '../../core/errors.ts';
import { int, type Random } from '../../core/random.ts';
import { signalKinds, type SignalKind, type SignalShape } from '../task.ts';

/** Slots that stand twice: the signal in the inputs. */
export interface EchoOptions {
  kind: SignalKind;
  /** Tokens between near and far, d. */
  distance: number;
  /** Slots that stand twice. */
  pairs: number;
}

/** Options of a task that can hold a signal. */
export const echoFields = {
  /** Slots that stand twice: near, far, or at all distances from each other; none if absent. */
  signal: z.enum(['none', ...signalKinds]).optional(),
  /** Tokens between near and far, d; an eighth of the length if absent. */
  signalDistance: z
    .int()
    .positive()
    .max(1 << 20)
    .optional(),
  /** Slots that stand twice; as many as take a third of the room around the sets if absent. */
  echoes: z.int().positive().max(16_384).optional(),
};

export type EchoFields = z.output<z.ZodObject<typeof echoFields>>;

/** The part of a sequence before its questions, and the tokens of a slot before and after its value. */
export interface Body {
  /** Tokens in front of the questions. */
  length: number;
  before: number;
  after: number;
}

/** Tokens of a slot. */
const slotOf = ({ before, after }: Body) => before + 1 + after;

/** What the echo fields say; undefined for no signal. @param usual number of echoes if none is given. */
export function echoOf(
  { signal = 'none', signalDistance, echoes }: EchoFields,
  length: number,
  usual: number,
): EchoOptions | undefined {
  if (signal === 'none') return undefined;
  return {
    kind: signal,
    distance: signalDistance ?? Math.floor(length / 8),
    pairs: echoes ?? usual,
  };
}

/** Echoes that take a third of so many tokens, at least one. */
export const usualEchoes = (body: Body, free: number) =>
  Math.max(1, Math.floor(free / (6 * slotOf(body))));

/** Echoes that take half of so many tokens. */
export const mostEchoes = (body: Body, free: number) => Math.floor(free / (4 * slotOf(body)));

/**
 * What is wrong with the echo fields: the field and what was expected.
 * @param most echoes that there may be
 */
export function breakOfEchoes(
  fields: EchoFields,
  echo: EchoOptions | undefined,
  body: Body,
  most: number,
): [field: string, expected: string] | undefined {
  if (!echo) {
    const field = (['signalDistance', 'echoes'] as const).find(
      (name) => fields[name] !== undefined,
    );
    return field && [field, `expected none without a signal (${signalKinds.join(', ')})`];
  }
  if (echo.pairs > most)
    return ['echoes', `expected at most ${most}, for the room and the keys that there are`];
  const least = slotOf(body);
  const largest = Math.floor(copyDistances(body, { kind: 'all', distance: 0 }).farthest / 2);
  if (echo.distance < least || echo.distance > largest)
    return ['signalDistance', `expected ${least} to ${largest} tokens`];
  return undefined;
}

/** Distances of copies from value to value: the least and the greatest. */
export function copyDistances(
  body: Body,
  { kind, distance }: Pick<EchoOptions, 'kind' | 'distance'>,
): { nearest: number; farthest: number } {
  const slot = slotOf(body);
  const farthest = body.length - slot;
  return {
    nearest: kind === 'far' ? distance + 1 : slot,
    farthest: kind === 'near' ? Math.min(distance, farthest) : farthest,
  };
}

/** Position of the hidden value in a group of the part `signal`: its slot is the last before the questions. */
export const hiddenPosition = ({ length, after }: Body) => length - 1 - after;

/** What meta.json says of the signal. @param firstValue token id of the first value. */
export const signalShape = (
  body: Body,
  { kind, distance, pairs }: EchoOptions,
  firstValue: number,
): Omit<SignalShape, 'count'> => ({
  ...{ kind, distance, pairs },
  ...copyDistances(body, { kind, distance }),
  position: hiddenPosition(body),
  question: body.before + 1,
  firstValue,
});

/** A stretch of tokens from `from` up to and without `to`. */
export interface Span {
  from: number;
  to: number;
}

/** The tokens of the slot whose value stands at a position. */
export const slotAt = ({ before, after }: Body, at: number): Span => ({
  from: at - before,
  to: at + after + 1,
});

/** Marks the positions at which no slot may have its value. */
export function takenOf(body: Body, spans: readonly Span[]) {
  const { length, before, after } = body;
  const isTaken = new Uint8Array(length);
  const take = ({ from, to }: Span) => isTaken.fill(1, Math.max(0, from - after), to + before);
  isTaken.fill(1, 0, before).fill(1, length - after);
  spans.forEach(take);
  return { isTaken, take };
}

/** Draws of a place at a distance, of distances per echo, and of all echoes, before we say that they do not fit. */
const tries = { place: 30, distance: 500, all: 20 };

/**
 * Places of echoes among spans that are taken: positions of the values of both copies. At a distance all
 * places that are free are equally likely; where none is found, another distance is drawn, and in the end
 * all echoes anew.
 * @throws UsageError if they find no room.
 */
export function placeCopies(
  body: Body,
  { kind, distance: d }: EchoOptions,
  count: number,
  spans: readonly Span[],
  random: Random,
): [first: number, second: number][] {
  const { nearest, farthest } = copyDistances(body, { kind, distance: d });
  const draw = () => Math.floor(nearest * ((farthest + 1) / nearest) ** random());
  for (let i = 0; i < tries.all; i++) {
    const placed = placeOnce(body, draw, count, spans, random);
    if (placed) return placed;
  }
  throw new UsageError(
    `${count} pairs that stand twice, ${nearest} to ${farthest} tokens apart, found no room in ${body.length} tokens: ask for fewer echoes.`,
  );
}

function placeOnce(
  body: Body,
  drawDistance: () => number,
  count: number,
  spans: readonly Span[],
  random: Random,
): [first: number, second: number][] | undefined {
  const { isTaken, take } = takenOf(body, spans);
  const placed: [number, number][] = [];
  for (let i = 0; placed.length < count; i++) {
    if (i > count * tries.distance) return undefined;
    const distance = drawDistance();
    for (let j = 0; j < tries.place; j++) {
      const first = int(random, body.length - distance);
      const second = first + distance;
      if (isTaken[first] || isTaken[second]) continue;
      take(slotAt(body, first));
      take(slotAt(body, second));
      placed.push([first, second]);
      break;
    }
  }
  return placed;
}
