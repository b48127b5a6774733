/**
 * Step sizes and rates of selective state-space models, initialised in the ranges of Mamba (Gu, Dao
 * 2023, https://arxiv.org/abs/2312.00752): the step Δ_t = softplus(projection + bias) starts between
 * 0.001 and 0.1 and the rate A = −e^logA between 1 and 16.
 */
import { constant, values, type Initialiser } from '../ops/initialise.ts';

const [shortest, longest] = [0.001, 0.1];
const fastest = 16;

/** softplus⁻¹ of a step. */
const stepBias = (step: number): number => step + Math.log(-Math.expm1(-step));

/** Steps drawn log-uniformly, for models with a step of its own in each of many channels. */
export const randomStepBias: Initialiser = (size, random) =>
  Float32Array.from({ length: size }, () => stepBias(shortest * (longest / shortest) ** random()));

/**
 * `stepBias` and `logA` for models with a few heads, where the authors draw steps log-uniformly and
 * rates uniformly between `slowest` and 16. A draw for two or four heads would leave their memory to
 * luck: here each has the step in the middle of its own of `heads` equal parts of the logarithmic range,
 * and all have the geometric mean of the rates. A state's memory, 1/(step · rate) tokens, has so the
 * quartiles of the drawn one: 4, 14 and 45 for rates between 1 and 16.
 */
export function headRateParameters(heads: number, slowest: 0 | 1) {
  const shares = Array.from({ length: heads }, (_, h) => (h + 1 / 2) / heads);
  const steps = shares.map((share) => stepBias(shortest * (longest / shortest) ** share));
  const whole = fastest * Math.log(fastest); // less slowest · ln(slowest), which is 0
  const meanLogRate = whole / (fastest - slowest) - 1;
  return {
    stepBias: { shape: [heads], initialise: values(steps), decay: false },
    logA: { shape: [heads], initialise: constant(meanLogRate), decay: false },
  };
}

/** `logA` [N, channels] with rates 1, ..., N in every channel. */
export const stateRates =
  (state: number): Initialiser =>
  (size) =>
    Float32Array.from({ length: size }, (_, at) => Math.log(1 + Math.floor((at * state) / size)));
