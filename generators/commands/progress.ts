/** What making and importing a data set have in common: progress, notes and interruption. */
import { DataError } from '../../core/errors.ts';
import { countReporter } from '../../core/terminal/progress.ts';
import { splits } from '../../core/vocabulary.ts';
import type { PartName } from '../task.ts';
import type { Note } from '../store/publish.ts';

/** Work that Ctrl-C stops with what is finished kept; pressed again, it stops at once. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupted = new AbortController();
  const stop = () => interrupted.abort(new DataError('Interrupted.'));
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, stop);
  try {
    return await work(interrupted.signal);
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}

/** Reports the progress of each part of a data set on a line of its own. */
export function reporters(name: string) {
  const parts: PartName[] = [...splits, 'signal'];
  const byPart = new Map(parts.map((part) => [part, countReporter(`${name} ${part}`)]));
  return ({ split, done, total }: { split: PartName; done: number; total: number }) =>
    byPart.get(split)!(done, total);
}

export function tell(note: Note): void {
  if (note.kind === 'continued')
    console.error(`Going on after ${note.done} of ${note.total} examples that are finished.`);
  else {
    const { pid, host } = note.holder ?? {};
    const who = pid === undefined ? 'another process' : `process ${pid} on ${host}`;
    console.error(`Waiting for ${who}, which is making this data set.`);
  }
}

export const secondsSince = (started: number) => ((performance.now() - started) / 1000).toFixed(1);
