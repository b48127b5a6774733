/** Lines of a plan, their progress and their ends in words, for a terminal. */
import { duration } from '../../core/terminal/progress.ts';
import type { Line } from '../plan/manifest.ts';
import { modelLabel } from '../plan/modelLabel.ts';
import type { Tick } from '../runs/execute.ts';
import { stepsOf } from '../training/regimes.ts';
import type { End } from './children.ts';

/** `6 runs`, or `6 runs, 3 pretrainings and 1 tuning`. */
export function describe(lines: readonly Line[]): string {
  const parts = (['run', 'pretraining', 'tuning'] as const).flatMap((kind) => {
    const count = lines.filter((line) => line.kind === kind).length;
    return count === 0 ? [] : [`${count} ${kind}${count === 1 ? '' : 's'}`];
  });
  return parts.length === 0 ? '0 runs' : new Intl.ListFormat('en-GB').format(parts);
}

export function labelOf({ kind, spec }: Line): string {
  const { task, regime, seed } = spec;
  const what = { run: `${regime} ${seed}`, pretraining: `pretraining ${seed}`, tuning: 'tuning' };
  return `${task} ${modelLabel(spec)} ${what[kind]}`;
}

/** Words for a tick, with the time that the line's training steps need if it takes all of them. */
export function timer({ kind, spec }: Line): (tick: Tick) => string {
  const steps = stepsOf(spec);
  let first: { at: number; done: number } | undefined;
  return ({ phase, done, of, loss }) => {
    if (phase === 'test') return `test ${done}/${of}`;
    const before = phase === 'train' ? steps.pretrain : 0;
    const position = before + done;
    const last = before + of + (kind === 'run' && phase === 'pretrain' ? steps.train : 0);
    first ??= { at: performance.now(), done: position };
    const perStep = (performance.now() - first.at) / 1000 / Math.max(1, position - first.done);
    const left =
      position > first.done ? `, at most ${duration(perStep * (last - position))} left` : '';
    return `${phase} ${done}/${of}${loss === undefined ? '' : `  loss ${loss.toFixed(3)}`}${left}`;
  };
}

export function endWords(end: End): string {
  if (end.kind === 'failed') return `FAILED: ${end.message}`;
  if (end.kind === 'prepared') return 'done';
  if (end.kind === 'stopped') return 'stopped; the same command goes on from here';
  const { record } = end;
  const text = record.result
    ? `test accuracy ${record.result.test.accuracy.toFixed(3)}, ${duration(record.timing.seconds)}`
    : `${record.status}: ${record.reason}`;
  return end.kind === 'skipped' ? `${text} (recorded before)` : text;
}
