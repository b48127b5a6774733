/**
 * The launcher `slurm`: queues the lines of a manifest as job arrays and returns. All state is in
 * files: scripts, logs and the ids of jobs lie beside the manifest, in `slurm/`.
 */
import { execFile } from 'node:child_process';
import { appendFile, chmod, mkdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { RunError, UsageError, messageOf } from '../../core/errors.ts';
import { writeWhole } from '../../core/files.ts';
import { manifestName, type Line } from '../plan/manifest.ts';
import { prepareData, type DataPlaces } from './data.ts';
import { arraySpec, batchScript, planArrays, type ScriptRequest } from './slurmScript.ts';
import { describe } from './words.ts';

const call = promisify(execFile);

export interface SlurmRequest {
  /** Path of the manifest, or of its folder. */
  manifest: string;
  lines: readonly Line[];
  /** Numbers of the lines to queue; all where absent. */
  only: ReadonlySet<number> | undefined;
  /** Where data sets are made and found. */
  data: DataPlaces;
  /** Lines of the manifest per element of an array. */
  runsPerTask: number;
  /** Elements of an array that run at a time; any number where absent. */
  maxParallel: number | undefined;
  /** What an element asks for. */
  element: Pick<ScriptRequest, 'time' | 'cpus' | 'gpus' | 'memory' | 'signalBefore' | 'sbatch'>;
  /** Command line of a worker, up to its manifest, one word each. */
  worker: readonly string[];
  /** Prints the scripts and queues nothing. */
  isDry: boolean;
}

/** A job array as it was queued, one line of `slurm/jobs.jsonl`. */
interface QueuedJob {
  job: string;
  elements: number[][];
  at: string;
}

const isFile = (manifest: string) => manifest.endsWith('.jsonl');
const fileOf = (manifest: string) =>
  resolve(isFile(manifest) ? manifest : join(manifest, manifestName));
const folderOf = (manifest: string) => join(dirname(fileOf(manifest)), 'slurm');

/** Queues the lines, and prints the ids of the jobs. */
export async function enqueue(request: SlurmRequest): Promise<void> {
  const { manifest, lines, only, isDry } = request;
  const planned = lines
    .map(({ kind, id, parent }, index) => ({ kind, id, parent, index }))
    .filter(({ index }) => only?.has(index) ?? true);
  if (planned.length === 0) {
    console.log('Nothing to queue: every run is done, running or waiting.');
    return;
  }
  const largest = isDry ? defaultArraySize : await maxArraySize();
  const arrays = planArrays(planned, request.runsPerTask, largest);
  const logs = join(folderOf(manifest), 'logs');
  if (!isDry) {
    // Once here, so that the elements of the arrays find them.
    await prepareData(lines, request.data);
    await mkdir(logs, { recursive: true });
  }
  const stamp = new Date()
    .toISOString()
    .replace(/[^0-9]/g, '')
    .slice(0, 17);
  const jobs: string[] = [];
  for (const [number, { elements, waitsFor }] of arrays.entries()) {
    const name = join(folderOf(manifest), `${stamp}-${number}`);
    const script = batchScript({
      ...request.element,
      name: 'reach-arena',
      array: arraySpec(elements, request.maxParallel),
      elements: `${name}.elements`,
      manifest: fileOf(manifest),
      logs,
      waitsFor: waitsFor === undefined ? undefined : (jobs[waitsFor] ?? `JOB${waitsFor}`),
      worker: request.worker,
    });
    if (isDry) {
      console.log(`# ${name}.sh\n${script}`);
      continue;
    }
    const job = await enqueueArray(name, script, elements);
    jobs.push(job);
    const after = waitsFor === undefined ? '' : `, each after its element of ${jobs[waitsFor]}`;
    const size = elements.filter((of) => of.length > 0).length;
    console.log(`job ${job}: ${size} ${size === 1 ? 'element' : 'elements'}${after}`);
  }
  if (isDry) return;
  const queued = planned.map(({ index }) => lines[index]!);
  console.log(`queued ${describe(queued)}; npm run evaluate -- status --manifest ${manifest}`);
}

/** Writes the files of an array, queues it, and notes its id. @returns the id */
async function enqueueArray(name: string, script: string, elements: number[][]): Promise<string> {
  await writeWhole(`${name}.elements`, elements.map((of) => `${of.join(',')}\n`).join(''));
  await writeWhole(`${name}.sh`, script);
  await chmod(`${name}.sh`, 0o755);
  const job = await callSbatch(`${name}.sh`);
  const queued: QueuedJob = { job, elements, at: new Date().toISOString() };
  await appendFile(join(dirname(name), 'jobs.jsonl'), `${JSON.stringify(queued)}\n`);
  return job;
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

/** The id of the queued job. */
async function callSbatch(script: string): Promise<string> {
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
    const { job, elements } = JSON.parse(line) as QueuedJob;
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
