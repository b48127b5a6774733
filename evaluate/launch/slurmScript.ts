/**
 * The batch scripts of a plan, as pure functions: which lines of the manifest go into which element
 * of which job array, and the text that `sbatch` gets.
 *
 * Lines that wait for nothing are arrays of their own, one for each kind. Lines that wait for them
 * stand at the same indices of later arrays, which wait with `aftercorr`: element i for element i, so
 * that one failure holds up nobody else; and so on for the lines that wait for those.
 */

export interface ArrayPlan {
  /** Manifest lines of each element; an element without lines is not submitted. */
  elements: number[][];
  /** The array, by its place in the plan, whose elements this one's wait for. */
  waitsFor?: number;
}

export interface PlannedLine {
  /** Number of the line in the manifest, from 0. */
  index: number;
  kind: 'tuning' | 'pretraining' | 'run';
  id: string;
  parent?: string | undefined;
}

/**
 * @param lines those that are to be done, in the order of the manifest
 * @param runsPerTask lines of one element
 * @param largest elements of one array, Slurm's MaxArraySize
 */
export function planArrays(
  lines: readonly PlannedLine[],
  runsPerTask: number,
  largest: number,
): ArrayPlan[] {
  const known = new Set(lines.map(({ id }) => id));
  const children = Map.groupBy(
    lines.filter(({ parent }) => parent !== undefined && known.has(parent)),
    ({ parent }) => parent!,
  );
  const arrays: ArrayPlan[] = [];
  const add = (elements: PlannedLine[][], waitsFor?: number): void => {
    const place = arrays.length;
    arrays.push({
      elements: elements.map((element) => element.map(({ index }) => index)),
      ...(waitsFor !== undefined && { waitsFor }),
    });
    for (const later of childrenByRank(elements, children)) add(later, place);
  };
  for (const kind of ['tuning', 'pretraining', 'run'] as const) {
    const first = lines.filter(
      (line) => line.kind === kind && !(line.parent !== undefined && known.has(line.parent)),
    );
    for (const elements of chunk(chunk(first, runsPerTask), largest)) add(elements);
  }
  return arrays;
}

/** The first child of every line, at the index of the line's element; the second of each; and so on. */
function childrenByRank(
  elements: readonly (readonly PlannedLine[])[],
  children: ReadonlyMap<string, PlannedLine[]>,
): PlannedLine[][][] {
  const of = ({ id }: PlannedLine) => children.get(id) ?? [];
  const ranks = Math.max(0, ...elements.flat().map((line) => of(line).length));
  return Array.from({ length: ranks }, (_, rank) =>
    elements.map((element) => element.flatMap((line) => of(line).slice(rank, rank + 1))),
  );
}

function chunk<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}

/** `0-3,7,9-12%8`: the elements that have lines, and how many may run at once. */
export function arraySpec(elements: readonly (readonly number[])[], atOnce?: number): string {
  const indices = elements.flatMap((lines, i) => (lines.length > 0 ? [i] : []));
  const ranges: string[] = [];
  for (let i = 0; i < indices.length;) {
    let end = i;
    while (indices[end + 1] === indices[end]! + 1) end++;
    ranges.push(end === i ? `${indices[i]}` : `${indices[i]}-${indices[end]}`);
    i = end + 1;
  }
  return ranges.join(',') + (atOnce === undefined ? '' : `%${atOnce}`);
}

export interface ScriptRequest {
  name: string;
  /** Value of `--array`. */
  array: string;
  /** File whose line i + 1 has the manifest lines of element i. */
  elements: string;
  manifest: string;
  /** Folder of the logs; it must be there before sbatch. */
  logs: string;
  /** Limit such as `2:00:00`. */
  time: string;
  cpus: number;
  gpus?: number | undefined;
  memory?: string | undefined;
  /** Seconds before the limit at which runs write a checkpoint and are queued again. */
  signalBefore: number;
  /** Job whose elements these wait for, one by one. */
  waitsFor?: string | undefined;
  /** More options of sbatch, as `key=value` or `key`. */
  sbatch: readonly string[];
  /** The command line of the worker, up to its manifest, one word each. */
  worker: readonly string[];
}

/** The text of a batch script: options in alphabetical order, then one command that takes the signals. */
export function batchScript(request: ScriptRequest): string {
  const log = quote(`${request.logs}/%A_%a.log`);
  const options = [
    `array=${request.array}`,
    `cpus-per-task=${request.cpus}`,
    `error=${log}`,
    `job-name=${request.name}`,
    'open-mode=append',
    `output=${log}`,
    'requeue',
    // B: to the shell, which the last line replaces by the worker.
    `signal=B:USR1@${request.signalBefore}`,
    `time=${request.time}`,
    ...(request.gpus === undefined ? [] : [`gpus-per-task=${request.gpus}`, 'ntasks=1']),
    ...(request.memory === undefined ? [] : [`mem=${request.memory}`]),
    ...(request.waitsFor === undefined
      ? []
      : [`dependency=aftercorr:${request.waitsFor}`, 'kill-on-invalid-dep=yes']),
  ];
  // A user's option replaces ours of the same name.
  const keyOf = (option: string) => option.split('=')[0]!;
  const replaced = new Set(request.sbatch.map(keyOf));
  const all = [...options.filter((option) => !replaced.has(keyOf(option))), ...request.sbatch];
  const elements = quote(request.elements);
  return [
    '#!/bin/bash',
    ...all.sort().map((option) => `#SBATCH --${option}`),
    'set -eu',
    `lines=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" ${elements})`,
    `exec ${request.worker.map(quote).join(' ')} --manifest ${quote(request.manifest)} --index "$lines"`,
    '',
  ].join('\n');
}

/** A word of a shell command. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
