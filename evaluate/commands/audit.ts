/** `npm run evaluate -- audit` */
import { readFile, readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { command, operand } from '../../core/cli/command.ts';
import { file, flag, listOf, oneOf, text, toggle, whole, type Kind } from '../../core/cli/flags.ts';
import { DataError, UsageError } from '../../core/errors.ts';
import { claimFile, writeWhole } from '../../core/files.ts';
import { shortHash } from '../../core/hash.ts';
import { openDisplay } from '../../core/terminal/progress.ts';
import type { Tier } from '../../core/vocabulary.ts';
import { findTask, resolveOptions, tasks } from '../../generators/registry.ts';
import { ensureDataset, openDataset, type Dataset } from '../../generators/store/dataset.ts';
import { importDataset } from '../../generators/store/import.ts';
import { auditSchema, type Audit } from '../../leaderboards/records/audit.ts';
import { auditDataset } from '../audit/audit.ts';
import { auditCsv } from '../audit/csv.ts';
import { ladderFor } from '../audit/ladder.ts';
import { mergeAudits } from '../audit/merge.ts';
import { parts } from '../audit/parts.ts';
import { formatAudit, serialise } from './auditTables.ts';
import { root, sourcesFlag, workFlag } from './execution.ts';
import { dataSeedFlag, settingsFrom, taskOptionsFlag, tierKind } from './flags.ts';

const pattern: Kind<RegExp> = {
  word: 'PATTERN',
  read(given, name) {
    try {
      return new RegExp(given);
    } catch (error) {
      throw new UsageError(
        `${name} is '${given}', expected a pattern: ${(error as Error).message}.`,
      );
    }
  },
  write: ({ source }) => source,
};

export const audit = command({
  name: 'npm run evaluate -- audit',
  about:
    'Trains and scores a ladder of cheap predictors on a data set: what it can be solved with before any model is trained. Writes one JSON file and prints the ladder.',
  operands: {
    target: operand(
      'TASK | DIR',
      'a task, whose data set is made if it does not exist, or a folder in the layout of npm run generate or with the files of the Long Range Arena',
    ),
  },
  flags: {
    tier: flag(tierKind, {
      help: 'smoke, lite or lra',
      shown: 'lite; lra for files of the Long Range Arena',
    }),
    dataSeed: { ...dataSeedFlag, aliases: ['seed'] },
    set: taskOptionsFlag,
    task: flag(text, {
      word: 'NAME',
      help: "which task the Long Range Arena's files in DIR are of, if that is not clear",
    }),
    parts: flag(listOf(oneOf('part', parts)), {
      default: [...parts],
      help: 'parts of the audit; the file keeps the others, if it has them of the same data',
    }),
    only: flag(pattern, {
      help: "predictors of the ladder whose names match, such as 'majority|tree-depth'; the file keeps the others, if it has them of the same data",
    }),
    profileSteps: flag(whole(1), {
      help: 'training steps of each network of the locality profile',
      shown: 'by length: about two minutes for all, none from about 10,000 tokens on',
    }),
    threads: flag(whole(1), {
      default: availableParallelism(),
      shown: 'the cores of this machine',
      help: "CPU threads of the profile's networks",
    }),
    sources: sourcesFlag,
    work: { ...workFlag, help: 'data sets are made in its folder cache' },
    out: flag(file, {
      help: 'the JSON file',
      shown:
        'leaderboards/audits/<task>-<tier>.json for a task; for a folder, or with --only, data/audits/<name>.json',
    }),
    csv: flag(file, { help: 'writes the ladder as CSV too' }),
    force: toggle('replaces the CSV file if it exists'),
  },
  examples: ['recall', 'image --set scan=permuted', 'lra_release/listops-1000 --parts ladder'],
  async run(values, args) {
    const { target, parts: chosenParts, only, threads, profileSteps } = values;
    if (values.csv !== undefined) await claimFile(values.csv, values.force);
    const { dataset, name } = await find(target, {
      ...values,
      taskOptions: settingsFrom(values.set),
    });
    const isTask = tasks.some((task) => task.name === target);
    const folder =
      isTask && only === undefined
        ? join(root, 'leaderboards', 'audits')
        : join(values.work, 'audits');
    const out = values.out ?? join(folder, `${name}.json`);
    const display = openDisplay();
    const result = await auditDataset({
      dataset,
      parts: chosenParts,
      only,
      threads,
      profileSteps,
      command: commandOf(args),
      onProgress: (job, share) => display.update(`audit ${name}`, job, share),
    });
    display.close();
    const earlier = await readFile(out, 'utf8').then(parseAudit, () => undefined);
    const { task, shape } = dataset.meta;
    const ladder = ladderFor(task, shape).map(({ name }) => name);
    const merged = earlier
      ? mergeAudits(earlier, result, chosenParts, ladder, only !== undefined)
      : result;
    await writeWhole(out, serialise(merged));
    if (values.csv !== undefined) await writeWhole(values.csv, auditCsv(merged));
    console.log(formatAudit(merged));
    console.log(`\nwritten to ${out} in ${result.provenance.seconds} s`);
  },
});

/** The command as it can be given anywhere: without flags that name places on this machine. */
function commandOf(args: readonly string[]): string {
  const local = ['--work', '--out', '--csv', '--sources'];
  const kept = args.filter(
    (arg, i) => !local.includes(arg.split('=')[0]!) && !local.includes(args[i - 1] ?? ''),
  );
  return `npm run evaluate -- audit ${kept.join(' ')}`.slice(0, 450);
}

/** An audit that was written before, or nothing if it is none. */
function parseAudit(text: string): Audit | undefined {
  try {
    return auditSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

interface Choice {
  tier: Tier | undefined;
  dataSeed: number;
  taskOptions: Record<string, unknown>;
  task: string | undefined;
  sources: string | undefined;
  work: string;
}

/** The data set that is meant, and a name for it. */
async function find(target: string, choice: Choice): Promise<{ dataset: Dataset; name: string }> {
  const { taskOptions, dataSeed: seed, sources, work } = choice;
  const changed = Object.entries(taskOptions).map(([key, value]) => `-${key}-${String(value)}`);
  if (tasks.some(({ name }) => name === target)) {
    const { tier = 'lite' } = choice;
    const dir = await ensureDataset({
      task: target,
      tier,
      seed,
      options: taskOptions,
      sources,
      cache: join(work, 'cache'),
    });
    const name = `${target}-${tier}${changed.join('')}${seed === 0 ? '' : `-seed-${seed}`}`;
    return { dataset: await openDataset(dir), name };
  }
  const files = await readdir(target).catch(() => undefined);
  if (!files)
    throw new UsageError(
      `'${target}' is neither a task nor a folder. Known tasks: ${tasks.map(({ name }) => name).join(', ')}.`,
    );
  const name = basename(resolve(target));
  if (files.includes('meta.json')) return { dataset: await openDataset(target), name };
  return { dataset: await readFiles(target, choice), name };
}

/** Files of the Long Range Arena, read into the cache. */
async function readFiles(
  from: string,
  { tier = 'lra', task: named, taskOptions, work }: Choice,
): Promise<Dataset> {
  const found = [];
  const candidates = named === undefined ? tasks : [findTask(named)];
  for (const task of candidates) {
    const accepted = Object.keys(taskOptions).every((name) => name in task.options.shape);
    if (!task.lra || (!accepted && named === undefined)) continue;
    const options = resolveOptions(task, tier, taskOptions);
    const files = await task.lra.list(from, options).catch((error: unknown) => {
      if (named !== undefined || !(error instanceof DataError)) throw error;
      return [];
    });
    if (files.length > 0) found.push({ task, options });
  }
  const [only, ...others] = found;
  if (!only || others.length > 0)
    throw new UsageError(
      `${from} holds ${only ? `files that ${found.map(({ task }) => task.name).join(', ')} can all read` : 'neither meta.json nor files of the Long Range Arena'}; say which with --task NAME.`,
    );
  const out = join(work, 'cache', `imported-${shortHash(resolve(from))}`);
  await importDataset({ ...only, tier, from, out, force: true });
  return openDataset(out);
}
