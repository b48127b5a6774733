/**
 * The selective scan (Gu, Dao 2023, https://arxiv.org/abs/2312.00752): in every channel e a state of
 * N numbers, with rates A < 0 of its own and a step Δ that the token chooses,
 *
 *   h_t[n, e] = e^(A[n, e] Δ_t[e]) h_{t−1}[n, e] + Δ_t[e] u_t[e] B_t[n],   y_t[e] = Σ_n C_t[n] h_t[n, e].
 *
 * The decays differ by state and channel, so that no matrix product does the work: it is a few passes
 * over B · L · N · E numbers. They are made piecewise. The sequence is cut into chunks that run side by
 * side, and the tokens of a chunk one after the other: twice, from 0 for what the chunk adds to the
 * state, and then from the state before it. Every piece is 1/C of the whole and stays in a processor's
 * cache. The gradient runs the same way from the last token to the first,
 *
 *   g_t = C_t dy_t + e^(A Δ_{t+1}) g_{t+1},   d(A Δ_t) = e^(A Δ_t) g_t h_{t−1}.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { cumulate } from '../ops/cumulate.ts';
import { scan } from '../ops/scan.ts';
import { dims, pad, withGradient } from '../ops/tensors.ts';

export interface SelectiveScan {
  /** u [B, L, E] */
  input: Tensor;
  /** Δ [B, L, E] */
  step: Tensor;
  /** A [N, E] */
  rates: Tensor;
  /** B [B, L, N] */
  write: Tensor;
  /** C [B, L, N] */
  read: Tensor;
}

/** -> y [B, L, E], with chunks of `chunk` tokens. */
export function selectiveScan(
  { input, step, rates, write, read }: SelectiveScan,
  chunk: number,
): Tensor {
  const [batch, length] = dims(input, 3);
  const size = Math.min(chunk, length);
  const count = Math.ceil(length / size);
  const written = tf.mul(input, step);
  const inTokens = (x: Tensor) => byToken(x, size); // [C, B·n, ·]
  const y = scanTokens(batch)(
    rates,
    inTokens(step),
    inTokens(written),
    inTokens(write),
    inTokens(read),
  ); // [C, B·n, E]
  const channels = input.shape[2]!;
  const filled = tf.reshape(tf.transpose(y, [1, 0, 2]), [batch, count * size, channels]);
  return tf.slice(filled, [0, 0, 0], [batch, length, channels]);
}

/** x [B, L, c] -> [C, B·n, c]: the chunks' first tokens, their second ones, and so on. */
function byToken(x: Tensor, size: number): Tensor {
  const [batch, length, channels] = dims(x, 3);
  const count = Math.ceil(length / size);
  const chunks = tf.reshape(pad(x, 1, 0, count * size - length), [batch * count, size, channels]);
  return tf.transpose(chunks, [1, 0, 2]);
}

/** (A [N, E], Δ, Δu [C, R, E], B, C [C, R, N]) -> y [C, R, E]; R rows are the chunks of all sequences. */
const scanTokens = (batch: number) =>
  withGradient(
    (rates: Tensor, step: Tensor, written: Tensor, write: Tensor, read: Tensor) => {
      const [size, rows] = dims(step, 3);
      const steps = tf.unstack(tf.expandDims(step, 2)); // C of [R, 1, E]
      const decays = steps.map((one) => tf.exp(tf.mul(one, rates))); // C of [R, N, E]
      const values = outer(write, written);
      let state = values[0]!;
      for (let t = 1; t < size; t++) state = tf.add(tf.mul(decays[t]!, state), values[t]!);
      const whole = tf.exp(tf.mul(tf.expandDims(tf.sum(step, 0), 1), rates)); // [R, N, E]
      const start = statesBefore(whole, state, batch, false);
      const states = decays.map(() => start);
      decays.forEach((decay, t) => {
        const before = t === 0 ? start : states[t - 1]!;
        states[t] = tf.add(tf.mul(decay, before), values[t]!);
      });
      const reads = tf.unstack(tf.expandDims(read, 2)); // C of [R, 1, N]
      const y = tf.stack(states.map((h, t) => tf.matMul(reads[t]!, h))); // [C, R, 1, E]
      const value = tf.reshape(y, [size, rows, -1]);
      return {
        value,
        saved: [rates, step, written, write, read, whole, start, ...decays, ...states],
      };
    },
    (dy, rates, step, written, write, read, whole, start, ...pieces) => {
      const size = step.shape[0];
      const [decays, states] = [pieces.slice(0, size), pieces.slice(size)];
      const steps = tf.unstack(tf.expandDims(step, 2));
      const fromOutput = outer(read, dy); // C of [R, N, E]
      let later = fromOutput[size - 1]!;
      for (let t = size - 2; t >= 0; t--) {
        later = tf.add(tf.mul(decays[t + 1]!, later), fromOutput[t]!);
      }
      // The gradient of the state before each chunk, through the chunk and all later ones.
      const own = tf.mul(decays[0]!, later);
      let carried = statesBefore(whole, own, batch, true);
      let dRates: Tensor | undefined;
      const [dStep, dState]: [Tensor[], Tensor[]] = [[], []];
      for (let t = size - 1; t >= 0; t--) {
        const g = tf.add(carried, fromOutput[t]!);
        carried = tf.mul(decays[t]!, g);
        const dExponent = tf.mul(carried, t === 0 ? start : states[t - 1]!);
        dStep.unshift(tf.sum(tf.mul(dExponent, rates), 1));
        dState.unshift(g);
        const part = tf.mul(dExponent, steps[t]!);
        dRates = dRates ? tf.add(dRates, part) : part;
      }
      const writes = tf.unstack(tf.expandDims(write, 2)); // C of [R, 1, N]
      const alongStates = (rows: Tensor[], over: Tensor[]) =>
        tf.squeeze(tf.stack(over.map((h, t) => tf.matMul(rows[t]!, h))), [2]);
      const alongChannels = (h: Tensor[], columns: Tensor) => {
        const parts = tf.unstack(tf.expandDims(columns, 3)); // C of [R, E, 1]
        return tf.squeeze(tf.stack(h.map((one, t) => tf.matMul(one, parts[t]!))), [3]);
      };
      return [
        tf.sum(dRates!, 0),
        tf.stack(dStep),
        alongStates(writes, dState),
        alongChannels(dState, written),
        alongChannels(states, dy),
      ];
    },
  );

/** a [C, R, N], b [C, R, E] -> C products [R, N, E] of a column and a row. */
function outer(a: Tensor, b: Tensor): Tensor[] {
  const columns = tf.unstack(tf.expandDims(a, 3));
  const rows = tf.unstack(tf.expandDims(b, 2));
  return columns.map((column, t) => tf.mul(column, rows[t]!));
}

/**
 * The state before each chunk (or after it, backwards) from the effect of each chunk,
 * S -> decay ∘ S + value: both [R, N, E].
 */
function statesBefore(decay: Tensor, value: Tensor, batch: number, backwards: boolean): Tensor {
  const count = decay.shape[0] / batch;
  if (count === 1) return tf.zerosLike(value);
  const flat = (x: Tensor) => tf.reshape(x, [batch, count, -1]);
  const states = scan(flat(decay), flat(value), { backwards });
  const channels = states.shape[2]!;
  const kept = tf.slice(states, [0, backwards ? 1 : 0, 0], [batch, count - 1, channels]);
  const filled = backwards ? pad(kept, 1, 0, 1) : pad(kept, 1, 1, 0);
  return tf.reshape(filled, value.shape);
}

/**
 * The last token's output alone, [B, 1, E]: one sum over the tokens, each with its decay up to the
 * last, e^(A Σ_{later} Δ).
 */
export function selectiveScanLast({ input, step, rates, write, read }: SelectiveScan): Tensor {
  const [batch, length] = dims(input, 3);
  const later = tf.expandDims(cumulate(step, 1, { exclusive: true, reverse: true }), 2); // [B, L, 1, E]
  const decays = tf.exp(tf.mul(later, rates)); // [B, L, N, E]
  const weighed = tf.mul(decays, tf.expandDims(tf.mul(input, step), 2));
  const state = tf.sum(tf.mul(weighed, tf.expandDims(write, 3)), 1); // [B, N, E]
  const last = tf.slice(read, [0, length - 1, 0], [batch, 1, read.shape[2]!]);
  return tf.matMul(last, state);
}
