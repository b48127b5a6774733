/**
 * The tuning stage of a task and model: every learning rate of the grid from the same start, each for
 * the same number of steps with warm-up, stable phase and decay. Opens no test split.
 */
import { freshProgress, type Checkpoint, type Progress, type Trial } from './checkpoint.ts';
import { DivergedError, type Hooks } from './phase.ts';
import { standardError } from './schedule.ts';
import { openTrainer, type Training } from './train.ts';

export interface Tuned {
  trials: Trial[];
  learningRate: number;
  /** Validation examples of a look. */
  examples: number;
  progress: Progress;
}

/**
 * @param training with `steps`, those of each learning rate; its own `learningRate` is not used
 * @throws DivergedError if the loss diverged at every learning rate
 */
export async function tune(
  training: Training & { steps: number },
  rates: readonly number[],
  hooks: Hooks,
): Promise<Tuned> {
  const { from } = training;
  const trainer = await openTrainer(training);
  const progress = from?.progress ?? freshProgress('train');
  let vectors: Checkpoint['vectors'] | undefined = from?.vectors;
  try {
    while (progress.trials.length < rates.length) {
      const learningRate = rates[progress.trials.length]!;
      try {
        // A checkpoint without vectors stands between two trials.
        const start = vectors?.parameters && vectors;
        await trainer.train(progress, start || undefined, hooks, learningRate);
        const { accuracy } = progress.best!;
        const { loss } = progress.curve.at(-1)!;
        progress.trials.push({ learningRate, found: { accuracy, loss }, curve: progress.curve });
      } catch (error) {
        if (!(error instanceof DivergedError)) throw error;
        progress.trials.push({ learningRate, curve: progress.curve });
      }
      vectors = undefined;
      Object.assign(progress, { step: 0, lossSum: 0, lossCount: 0, curve: [] });
      delete progress.best;
      delete progress.end;
      await hooks.onCheckpoint(() => Promise.resolve({ progress, vectors: {} }), true);
    }
  } finally {
    await trainer.dispose();
  }
  const { trials } = progress;
  const examples = trainer.looked.count;
  const learningRate = chooseRate(trials, examples, training.spec.protocol.learningRate);
  return { trials, learningRate, examples, progress };
}

/** Training losses that differ by no more than this share of the lowest do not tell rates apart. */
const lossMargin = 0.01;

/**
 * The learning rate of the lowest training loss among those whose validation accuracy is within a
 * standard error of the best: where several are solved or none has left chance, accuracy does not
 * tell them apart. Nor do losses within `lossMargin`, as where nothing was learned: then the rate
 * nearest to that of the tier, the lower one of two.
 *
 * @param tierRate the learning rate of all models without a tuning stage
 * @throws DivergedError if none has a result
 */
export function chooseRate(
  trials: readonly { learningRate: number; found?: Trial['found'] | undefined }[],
  examples: number,
  tierRate: number,
): number {
  const found = trials.flatMap(({ learningRate, found }) =>
    found ? [{ learningRate, ...found }] : [],
  );
  if (found.length === 0)
    throw new DivergedError('The loss diverged at every learning rate of the tuning stage.');
  const best = Math.max(...found.map(({ accuracy }) => accuracy));
  const near = found.filter(({ accuracy }) => accuracy >= best - standardError(best, examples));
  const lowest = Math.min(...near.map(({ loss }) => loss));
  const rates = near
    .filter(({ loss }) => loss <= lowest * (1 + lossMargin))
    .map(({ learningRate }) => learningRate)
    .sort((a, b) => a - b);
  const away = (rate: number) => Math.abs(Math.log(rate / tierRate));
  return rates.reduce((a, b) => (away(b) < away(a) ? b : a));
}
