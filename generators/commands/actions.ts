/** What `npm run generate` can do: the work of each command, after its arguments were read. */
import { writeWhole } from '../../core/files.ts';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { DataError, UsageError } from '../../core/errors.ts';
import { exportDataset, formatsFrom, type FormatName } from '../store/export.ts';
import { encodeGrey } from '../pictures/png.ts';
import { importDataset } from '../store/import.ts';
import { unscan } from '../pictures/pictures.ts';
import { renderReading } from '../reading.ts';
import type { Note } from '../store/publish.ts';
import { countReporter } from '../../core/terminal/progress.ts';
import { makeRow } from '../store/rows.ts';
import { tasks } from '../registry.ts';
import { defaultSources } from '../sources/folder.ts';
import { splits, type SplitName, type TaskDefinition, type TierName } from '../task.ts';
import { verifyDataset } from '../verify/dataset.ts';
import { writeDataset } from '../store/write.ts';

/** What names a data set: a task, its resolved parameters, a seed. */
export interface Chosen {
  task: TaskDefinition;
  tier: TierName;
  options: Record<string, unknown>;
  seed: number;
  sources: string | undefined;
}

/** Prints the tasks, their tiers and parameters. */
export function list(): void {
  for (const task of tasks) {
    console.log(`${styleText('bold', task.name)}  ${task.title}, ${task.kind}. ${task.summary}`);
    for (const [tier, options] of Object.entries(task.tiers)) {
      const { length, documents, classes, counts, distances } = task.shape(options);
      const grid = distances.length > 0 ? `, distances ${distances.join(' ')}` : '';
      console.log(
        `  ${tier.padEnd(5)}  ${documents === 1 ? '' : `${documents} x `}${length} tokens, ${classes} classes, ${counts.train} train, ${counts.val} val, ${counts.test} test${grid}`,
      );
      const parameters = Object.entries(options).map(([name, value]) => `${name}=${String(value)}`);
      console.log(`         ${parameters.join(' ')}`);
    }
  }
}

/** Prints an example, and writes its picture to a file where one is asked for. */
export async function show(
  { task, tier, options, seed, sources }: Chosen,
  split: SplitName,
  index: number,
  png?: string,
): Promise<void> {
  const shape = task.shape(options);
  const { counts, picture } = shape;
  const total = counts[split];
  if (index >= total)
    throw new UsageError(
      `--index cannot be ${index}: ${task.name} has ${total} ${split} examples at tier ${tier}, 0 to ${total - 1}.`,
    );
  if (png !== undefined && !picture)
    throw new UsageError(`--png needs pictures, but the examples of ${task.name} are none.`);
  const { example } = await task.open(options, seed, sources ?? defaultSources());
  const made = makeRow({ task: task.name, seed, shape }, example)(split, index);
  const distance = task.kind === 'controlled' ? `, distance ${made.distance}` : '';
  console.log(
    `${task.name}, tier ${tier}, seed ${seed}, ${split} example ${index} of ${total}: label ${made.label}, group ${made.group}${distance}`,
  );
  console.log(renderReading(task.read(made, options)));
  if (png === undefined || !picture) return;
  await writeWhole(png, encodeGrey(unscan(made.tokens, picture), picture));
  console.log(`Wrote ${png}.`);
}

/** Work that Ctrl-C stops with what is finished kept; pressed again, it stops at once. */
async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupted = new AbortController();
  const stop = () => interrupted.abort(new DataError('Interrupted.'));
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, stop);
  try {
    return await work(interrupted.signal);
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}

function reporters(name: string) {
  const bySplit = new Map(splits.map((split) => [split, countReporter(`${name} ${split}`)]));
  return ({ split, done, total }: { split: SplitName; done: number; total: number }) =>
    bySplit.get(split)!(done, total);
}

function tell(note: Note): void {
  if (note.kind === 'continued')
    console.error(`Going on after ${note.done} of ${note.total} examples that are finished.`);
  else {
    const { pid, host } = note.holder ?? {};
    const who = pid === undefined ? 'another process' : `process ${pid} on ${host}`;
    console.error(`Waiting for ${who}, which is making this data set.`);
  }
}

/** Makes a data set, and the other formats that are asked for below it. */
export async function make(
  chosen: Chosen,
  out: string,
  { force, workers, formats }: { force: boolean; workers: number | undefined; formats: string[] },
): Promise<void> {
  const { task, tier, options, seed } = chosen;
  const shape = task.shape(options);
  const others = formatsFrom(formats, task, shape);
  const started = performance.now();
  const outcome = await interruptible((signal) =>
    writeDataset({
      ...chosen,
      ...{ out, force, workers, signal },
      onNote: tell,
      onProgress: reporters(task.name),
    }),
  );
  const { counts } = shape;
  const what = `${task.name}, tier ${tier}, seed ${seed}: ${counts.train} train, ${counts.val} val, ${counts.test} test examples`;
  if (outcome === 'kept') console.log(`${out} holds this data set already, whole (${what}).`);
  else console.log(`Made ${out} in ${secondsSince(started)} s (${what}).`);
  for (const format of others) await exportTo(out, format, join(out, format), true);
}

const secondsSince = (started: number) => ((performance.now() - started) / 1000).toFixed(1);

/** Writes a finished data set in another format. */
export async function exportTo(
  dir: string,
  format: FormatName,
  out: string,
  force: boolean,
): Promise<void> {
  const started = performance.now();
  const outcome = await exportDataset(dir, format, out, force);
  if (outcome === 'kept') console.log(`${out} holds this data set as ${format} already.`);
  else console.log(`Wrote ${out} as ${format} in ${secondsSince(started)} s.`);
}

/** Reads files of the Long Range Arena into a data set. */
export async function importFrom(
  { task, tier, options }: Chosen,
  from: string,
  out: string,
  force: boolean,
): Promise<void> {
  const found: Partial<Record<SplitName, number>> = {};
  const report = reporters(task.name);
  const outcome = await interruptible((signal) =>
    importDataset({
      ...{ task, tier, options, from, out, force, signal },
      onNote: tell,
      onSkip: (sentence) => console.error(sentence),
      onProgress: (progress) => {
        found[progress.split] = progress.done;
        report(progress);
      },
    }),
  );
  if (outcome === 'kept') return console.log(`${out} holds what is in ${from} already.`);
  const counts = splits.map((split) => `${found[split]} ${split}`).join(', ');
  console.log(`Read ${from} into ${out} (${task.name}: ${counts} examples).`);
}

/** @throws DataError at the first rule that does not hold. */
export async function verify(
  dir: string,
  { full, sources }: { full: boolean; sources?: string | undefined },
): Promise<void> {
  const onProgress = countReporter('read');
  const findings = await verifyDataset(dir, { full, sources, onProgress });
  for (const { rule, holds, detail } of findings)
    if (holds) console.log(`${styleText('green', 'holds ')} ${rule.padEnd(9)}  ${detail}`);
  const broken = findings.find(({ holds }) => !holds);
  if (!broken) return console.log(`${dir}: every rule holds.`);
  const group = broken.group === undefined ? '' : `, group ${broken.group}`;
  throw new DataError(
    `${dir} breaks the rule '${broken.rule}' in ${broken.file ?? 'meta.json'}${group}: ${broken.detail}`,
  );
}
