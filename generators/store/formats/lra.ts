/** The Long Range Arena's own files, which every standard task writes in its own way. */
import { DataError, UsageError, reasonOf } from '../../../core/errors.ts';
import { resolveOptions, tasks } from '../../registry.ts';
import type { LraLayout, TaskDefinition } from '../../task.ts';
import type { FormatSource } from './format.ts';

/** @throws UsageError naming the tasks that have such a layout. */
export function lraLayout(task: TaskDefinition): LraLayout<Record<string, unknown>> {
  if (task.lra) return task.lra;
  const names = tasks.filter(({ lra }) => lra).map(({ name }) => name);
  throw new UsageError(
    `Task ${task.name} has no files in the layout of the Long Range Arena; these have: ${names.join(', ')}.`,
  );
}

export async function writeLra(dir: string, { meta, task, examples }: FormatSource): Promise<void> {
  const options = resolveOptions(task, meta.tier, meta.options);
  try {
    await lraLayout(task).export(dir, examples, options);
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).syscall !== 'string') throw error;
    throw new DataError(`Cannot write to ${dir}: ${reasonOf(error)}.`);
  }
}
