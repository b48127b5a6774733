/**
 * What went wrong with runs that have no record: kept beside the checkpoints until they are done, so
 * that `status` can say why, and `collect` can put them on the board, at chance, with the reason.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../../core/files.ts';

const failureSchema = z.strictObject({
  /** In one sentence. */
  reason: z.string().max(500),
  /** Times that the run was tried and failed. */
  attempts: z.int().positive(),
  at: z.iso.datetime(),
  engine: z.string().max(40),
  threads: z.int().positive(),
});

export type Failure = z.infer<typeof failureSchema>;

const pathOf = (work: string, id: string) => join(work, 'failures', `${id}.json`);

export async function readFailure(work: string, id: string): Promise<Failure | undefined> {
  const text = await readFile(pathOf(work, id), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return failureSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Adds one to the attempts of an earlier failure. */
export async function noteFailure(
  work: string,
  id: string,
  failure: Pick<Failure, 'reason' | 'engine' | 'threads'>,
): Promise<void> {
  const before = await readFailure(work, id);
  const full: Failure = {
    ...failure,
    reason: failure.reason.slice(0, 500),
    attempts: (before?.attempts ?? 0) + 1,
    at: new Date().toISOString(),
  };
  await writeWhole(pathOf(work, id), `${JSON.stringify(full, null, 2)}\n`);
}

export async function clearFailure(work: string, id: string): Promise<void> {
  await rm(pathOf(work, id), { force: true });
}
