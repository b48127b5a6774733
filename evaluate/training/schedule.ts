/**
 * When a phase looks at the validation split, which learning rate a step has, and when it ends.
 *
 * Two schedules. `fixedSchedule`: a number of steps that is known, linear warm-up, then a cosine to
 * zero. `wsdSchedule`: warm-up, a stable phase at the full rate, a linear decay to zero (WSD; Hu et
 * al. 2024, https://arxiv.org/abs/2404.06395). Its stable phase ends by a rule:
 *
 *   solved    two looks in a row have at least 99.5 % right
 *   plateau   the accuracy has left chance and has not risen by a standard error for `patience` looks,
 *             nor for a quarter of the steps done, so that a long run waits longer than a short one
 *   budget    the decay must begin now to fit into the largest number of steps
 *   matched   the number of steps is given: that of another run, whose compute is to be matched
 *
 * Pure: the state is a plain object, which a checkpoint keeps. So a resumed run ends at the same step.
 */

/** What a phase asks of its schedule; steps are counted from 0, and `done` is a number of steps. */
export interface Schedule {
  /** Factor on the learning rate of a step. */
  factor(step: number, state?: EndState): number;
  /** Whether the validation split is looked at after so many steps. */
  isLook(done: number, state?: EndState): boolean;
  /** The state after a look at the validation split. */
  afterLook?(state: EndState | undefined, look: Look): EndState;
  /** The number of steps in all, as far as it is known: the largest one until the decay has begun. */
  total(state?: EndState): number;
}

export interface Look {
  done: number;
  accuracy: number;
}

export type StableEnd = 'solved' | 'plateau' | 'budget' | 'matched';

export interface EndState {
  /** Last accuracy that was a rise by a standard error over the one before it, and when it was seen. */
  risen: Look;
  /** Looks in a row with at least the solved share of right answers. */
  solved: number;
  /** Once the stable phase has ended: why, after how many steps, and how many steps there are in all. */
  decay?: { reason: StableEnd; from: number; total: number };
}

export interface WsdRule {
  /** The largest number of steps; exactly so many where `isMatched`. */
  steps: number;
  isMatched: boolean;
  /** Steps of the warm-up. */
  warmup: number;
  /** Steps between two looks. */
  lookEvery: number;
  /** Looks without a rise that end the stable phase. */
  patience: number;
  /** Steps of the decay as a share of the steps before it. */
  decay: number;
  chance: number;
  /** Examples of a look. */
  examples: number;
}

/** Share of right answers that leaves nothing to gain. */
export const solvedShare = 0.995;

/** Share of the steps done that a plateau must last. */
const plateauShare = 0.25;

/** Standard error of a share of right answers among `examples`; never 0. */
export function standardError(share: number, examples: number): number {
  const inside = Math.min(1 - 1 / (examples + 1), Math.max(1 / (examples + 1), share));
  return Math.sqrt((inside * (1 - inside)) / examples);
}

/** Whether an accuracy is no luck: above chance by 3 standard errors and by 5 % of the way to 1. */
export function leftChance(
  accuracy: number,
  { chance, examples }: Pick<WsdRule, 'chance' | 'examples'>,
): boolean {
  const luck = 3 * standardError(chance, examples);
  return accuracy >= chance + Math.max(luck, 0.05 * (1 - chance));
}

/** `steps` of linear warm-up and cosine to zero, with looks at `evaluations` equal parts of the way. */
export function fixedSchedule(of: {
  steps: number;
  /** Share of the steps. */
  warmup: number;
  evaluations: number;
}): Schedule {
  const { steps, evaluations } = of;
  const rise = Math.round(steps * of.warmup);
  const looks = (done: number) => Math.floor((done * evaluations) / steps);
  return {
    factor: (step) =>
      step < rise
        ? (step + 1) / rise
        : 0.5 * (1 + Math.cos((Math.PI * (step - rise)) / Math.max(1, steps - rise))),
    isLook: (done) => looks(done) > looks(done - 1),
    total: () => steps,
  };
}

export function wsdSchedule(rule: WsdRule): Schedule {
  const { steps, lookEvery, warmup } = rule;
  const latest = latestDecay(rule);
  const decayOf = (state?: EndState) => {
    if (state?.decay) return state.decay;
    return rule.isMatched ? { from: latest, total: steps } : undefined;
  };
  const total = (state?: EndState) => decayOf(state)?.total ?? steps;
  return {
    factor(step, state) {
      const rise = step < warmup ? (step + 1) / warmup : 1;
      const decay = decayOf(state);
      if (!decay || step < decay.from) return rise;
      return Math.min(rise, (decay.total - step) / (decay.total - decay.from + 1));
    },
    isLook: (done, state) =>
      done % lookEvery === 0 || done === total(state) || (!rule.isMatched && done === latest),
    afterLook: (state, look) => nextState(rule, latest, state, look),
    total,
  };
}

/** The largest number of stable steps after which the decay still fits; at least 1. */
function latestDecay({ steps, decay }: WsdRule): number {
  let from = Math.max(1, Math.floor(steps / (1 + decay)));
  while (from > 1 && from + decaySteps(from, decay) > steps) from--;
  return from;
}

const decaySteps = (from: number, decay: number) => Math.ceil(from * decay);

function nextState(
  rule: WsdRule,
  latest: number,
  before: EndState | undefined,
  look: Look,
): EndState {
  const { steps, patience, lookEvery, decay, examples } = rule;
  const { done, accuracy } = look;
  const last = before?.risen;
  const hasRisen =
    last === undefined || accuracy > last.accuracy + standardError(last.accuracy, examples);
  const risen = hasRisen ? look : last;
  const solved = accuracy >= solvedShare ? (before?.solved ?? 0) + 1 : 0;
  const state: EndState = { ...before, risen, solved };
  if (state.decay || rule.isMatched) return state;
  const waited = done - risen.done;
  const isFlat = waited >= patience * lookEvery && waited >= plateauShare * done;
  const reason =
    solved >= 2
      ? 'solved'
      : isFlat && leftChance(risen.accuracy, rule)
        ? 'plateau'
        : done >= latest
          ? 'budget'
          : undefined;
  if (!reason) return state;
  const total = Math.min(steps, done + decaySteps(done, decay));
  return { ...state, decay: { reason, from: done, total } };
}

/** How a run on labels ended, for its record. */
export interface Ending {
  /** Steps on labels that were done. */
  steps: number;
  reason: StableEnd;
  /** Steps after which the decay began. */
  decayFrom: number;
  /**
   * `did not train`: no look has left chance. `unfinished`: the largest number of steps came while the
   * accuracy was still rising. Both are shown, and neither is ranked.
   */
  outcome: 'finished' | 'unfinished' | 'did not train';
}

/** @param best the best accuracy of a look */
export function endingOf(rule: WsdRule, state: EndState | undefined, best: number): Ending {
  const { from, total, reason } = state?.decay ?? {
    from: latestDecay(rule),
    total: rule.steps,
    reason: rule.isMatched ? ('matched' as const) : ('budget' as const),
  };
  const isUnfinished = reason === 'budget' && best < solvedShare;
  const outcome = !leftChance(best, rule)
    ? 'did not train'
    : isUnfinished
      ? 'unfinished'
      : 'finished';
  return { steps: total, reason, decayFrom: from, outcome };
}
