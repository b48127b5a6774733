/**
 * The launcher `slurm`: submits the lines of a manifest as job arrays and returns. All state is in
 * files; what was submitted is kept beside the manifest, in `slurm/`.
 */
import { execFile } from 'node:child_process';
import { appendFile, chmod, mkdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { RunError, UsageError, messageOf } from '../../core/errors.ts';
import { parseCount } from '../commands/flags.ts';
import type { Settings } from '../commands/execution.ts';
import { writeWhole } from '../../core/files.ts';
import { manifestName, type Line } from '../plan/manifest.ts';
import { describe, prepare } from './perform.ts';
import { arraySpec, batchScript, planArrays } from './slurmScript.ts';

const call = promisify(execFile);
const cli = fileURLToPath(new URL('../cli.ts', import.meta.url));

export const slurmFlags = {
  time: { type: 'string' },
  cpus: { type: 'string' },
  gpus: { type: 'string' },
  memory: { type: 'string' },
  'runs-per-task': { type: 'string' },
  'max-parallel': { type: 'string' },
  'signal-before': { type: 'string' },
  sbatch: { type: 'string', multiple: true },
  'dry-run': { type: 'boolean' },
} as const;

export type SlurmFlags = Partial<Record<keyof typeof slurmFlags, string | string[] | boolean>>;

export const slurmHelp = `With --launcher slurm:
  --time LIMIT          of an element of the array, such as 2:00:00 (default 4:00:00)
  --cpus N              of an element (default: threads of a run); more of them do several runs at once
  --gpus N              of an element (default none)
  --memory SIZE         of an element, such as 8G
  --runs-per-task K     lines of the manifest that an element does (default 1)
  --max-parallel N      elements of an array at a time
  --signal-before S     seconds before the limit at which runs write a checkpoint and are queued
                        again (default 120)
  --sbatch KEY=VALUE    any other option of sbatch, such as partition=gpu; may be repeated
  --dry-run             prints the scripts and submits nothing`;

export interface Submission {
  /** Path of the manifest, or of its folder. */
  manifest: string;
  lines: readonly Line[];
  /** Numbers of the lines to submit; all where absent. */
  only: ReadonlySet<number> | undefined;
  place: Settings;
  flags: SlurmFlags;
}

/** A job array as it was submitted, one line of `slurm/jobs.jsonl`. */
interface SubmittedJob {
  job: string;
  elements: number[][];
  at: string;
}

const folderOf = (manifest: string) =>
  join(resolve(manifest.endsWith('.jsonl') ? dirname(manifest) : manifest), 'slurm');

/** Submits, and prints the ids of the jobs. @returns the exit code */
export async function submit({ manifest, lines, only, place, flags }: Submission): Promise<number> {
  const text = (name: keyof SlurmFlags) => flags[name] as string | undefined;
  const count = (name: keyof SlurmFlags) =>
    text(name) === undefined ? undefined : parseCount(text(name)!, `--${name}`, 1);
  const sbatch = (flags.sbatch as string[] | undefined) ?? [];
  for (const option of sbatch) {
    if (!/^[a-z][a-z-]*(=[^\n]*)?$/.test(option)) {
      throw new UsageError(
        `--sbatch is '${option}', expected KEY=VALUE as in --KEY=VALUE of sbatch.`,
      );
    }
  }
  const isDry = flags['dry-run'] === true;
  const threads = threadsOf(place);
  const cpus = count('cpus') ?? threads;
  const planned = lines
    .map(({ kind, id, parent }, index) => ({ kind, id, parent, index }))
    .filter(({ index }) => only?.has(index) ?? true);
  if (planned.length === 0) {
    console.log('Nothing to submit: every run is done, running or waiting.');
    return 0;
  }
  const largest = isDry ? defaultArraySize : await maxArraySize();
  const arrays = planArrays(planned, count('runs-per-task') ?? 1, largest);
  const folder = folderOf(manifest);
  const logs = join(folder, 'logs');
  const stamp = new Date()
    .toISOString()
    .replace(/[^0-9]/g, '')
    .slice(0, 17);
  const file = resolve(manifest.endsWith('.jsonl') ? manifest : join(manifest, manifestName));
  if (!isDry) {
    // Once here, so that the elements of the arrays find them.
    await prepare(lines, place);
    await mkdir(logs, { recursive: true });
  }
  const jobs: string[] = [];
  for (const [place_, { elements, waitsFor }] of arrays.entries()) {
    const name = join(folder, `${stamp}-${place_}`);
    const script = batchScript({
      name: 'reach-arena',
      array: arraySpec(elements, count('max-parallel')),
      elements: `${name}.elements`,
      manifest: file,
      logs,
      time: text('time') ?? '4:00:00',
      cpus,
      gpus: count('gpus'),
      memory: text('memory'),
      signalBefore: count('signal-before') ?? 120,
      waitsFor: waitsFor === undefined ? undefined : (jobs[waitsFor] ?? `JOB${waitsFor}`),
      sbatch,
      worker: workerCommand(place, cpus),
    });
    if (isDry) {
      console.log(`# ${name}.sh\n${script}`);
      continue;
    }
    await writeWhole(`${name}.elements`, elements.map((of) => `${of.join(',')}\n`).join(''));
    await writeWhole(`${name}.sh`, script);
    await chmod(`${name}.sh`, 0o755);
    const job = await sbatchCall(`${name}.sh`);
    jobs.push(job);
    const submitted: SubmittedJob = { job, elements, at: new Date().toISOString() };
    await appendFile(join(folder, 'jobs.jsonl'), `${JSON.stringify(submitted)}\n`);
    const after = waitsFor === undefined ? '' : `, each after its element of ${jobs[waitsFor]}`;
    const size = elements.filter((of) => of.length > 0).length;
    console.log(`job ${job}: ${size} ${size === 1 ? 'element' : 'elements'}${after}`);
  }
  if (!isDry) {
    const submitted = lines.filter((_, index) => only?.has(index) ?? true);
    console.log(
      `submitted ${describe(submitted)}; npm run evaluate -- status --manifest ${manifest}`,
    );
  }
  return 0;
}

/** @throws UsageError for `auto`: an element asks for its cores before it is anywhere. */
function threadsOf({ threads }: Settings): number {
  if (threads !== 'auto') return threads;
  throw new UsageError(
    '--threads auto is measured where runs are done; with --launcher slurm give a number.',
  );
}

function workerCommand(place: Settings, cpus: number): string[] {
  const { engine, microBatch, spinning, out, work, sources, force } = place;
  const threads = threadsOf(place);
  return [
    process.execPath,
    cli,
    'worker',
    ...['--engine', engine, '--threads', String(threads)],
    ...['--jobs', String(Math.max(1, Math.floor(cpus / threads)))],
    ...(microBatch === undefined ? [] : ['--micro-batch', String(microBatch)]),
    ...(spinning === undefined ? [] : ['--spinning', spinning ? 'on' : 'off']),
    ...['--out', resolve(out), '--work', resolve(work)],
    ...(sources === undefined ? [] : ['--sources', resolve(sources)]),
    ...(force ? ['--force'] : []),
  ];
}

const defaultArraySize = 1001;

async function maxArraySize(): Promise<number> {
  try {
    const { stdout } = await call('scontrol', ['show', 'config']);
    return Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(stdout)?.[1] ?? defaultArraySize);
  } catch {
    return defaultArraySize;
  }
}

/** The id of the submitted job. */
async function sbatchCall(script: string): Promise<string> {
  try {
    const { stdout } = await call('sbatch', ['--parsable', script]);
    const id = /^(\d+)/.exec(stdout.trim())?.[1];
    if (id) return id;
    throw new Error(`sbatch answered '${stdout.trim()}'`);
  } catch (error) {
    const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === 'ENOENT') {
      throw new UsageError(
        'There is no sbatch here: run this on a login node of a Slurm cluster, or use --launcher local.',
      );
    }
    throw new RunError(
      `sbatch refused ${script}: ${(stderr?.trim() || messageOf(error)).split('\n')[0]}`,
    );
  }
}

/** Numbers of the manifest's lines that wait or run in Slurm's queue; none where there is no Slurm. */
export async function queuedLines(manifest: string): Promise<Set<number>> {
  const text = await readFile(join(folderOf(manifest), 'jobs.jsonl'), 'utf8').catch(() => '');
  const jobs = new Map<string, number[][]>();
  for (const line of text.split('\n').filter(Boolean)) {
    const { job, elements } = JSON.parse(line) as SubmittedJob;
    jobs.set(job, elements);
  }
  if (jobs.size === 0) return new Set();
  const { stdout } = await call('squeue', ['--noheader', '--array', '--me', '--format=%i']).catch(
    () => ({ stdout: '' }),
  );
  const queued = new Set<number>();
  for (const [, job, element] of stdout.matchAll(/^(\d+)_(\d+)$/gm)) {
    for (const line of jobs.get(job!)?.[Number(element)] ?? []) queued.add(line);
  }
  return queued;
}
