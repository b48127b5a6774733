/**
 * Step sizes and rates of selective state-space models, initialised in the ranges of Mamba (Gu, Dao
 * 2023, https://arxiv.org/abs/2312.00752): the step Δ_t = softplus(projection + bias) starts between
 * 0.001 and 0.1 and the rate A = −e^logA between 1 and 16.
 */
import { values, type Initialiser } from '../ops/initialise.ts';

const [shortest, longest] = [0.001, 0.1];
const fastest = 16;

/** softplus⁻¹ of a step. */
const stepBias = (step: number): number => step + Math.log(-Math.expm1(-step));

/** Steps drawn log-uniformly, for models with a step of its own in each of many channels. */
export const randomStepBias: Initialiser = (size, random) =>
  Float32Array.from({ length: size }, () => stepBias(shortest * (longest / shortest) ** random()));

/**
 * `stepBias` and `logA` for models with a few heads. Where the papers draw both at random, the heads
 * share the ranges out evenly, from the one that remembers longest (about 1,000 tokens) to the one
 * that forgets at once: a draw for two or four heads would leave their memory to luck.
 */
export function headRateParameters(heads: number) {
  const shares = Array.from({ length: heads }, (_, h) => h / Math.max(1, heads - 1));
  const steps = shares.map((share) => stepBias(shortest * (longest / shortest) ** share));
  const logRates = shares.map((share) => share * Math.log(fastest));
  return {
    stepBias: { shape: [heads], initialise: values(steps), decay: false },
    logA: { shape: [heads], initialise: values(logRates), decay: false },
  };
}

/** `logA` [N, channels] with rates 1, ..., N in every channel. */
export const stateRates =
  (state: number): Initialiser =>
  (size) =>
    Float32Array.from({ length: size }, (_, at) => Math.log(1 + Math.floor((at * state) / size)));
