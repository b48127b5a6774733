/** `npm run evaluate -- audit` */
import { shortHash } from '../../core/hash.ts';
import { tierSchema } from '../../core/vocabulary.ts';
import { readFile, readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { ensureDataset, openDataset, type Dataset } from '../../generators/store/dataset.ts';
import { DataError, UsageError } from '../../core/errors.ts';
import { importDataset } from '../../generators/store/import.ts';
import { findTask, resolveOptions, tasks } from '../../generators/registry.ts';
import { auditSchema, type Audit } from '../../leaderboards/records/audit.ts';
import { auditDataset, parts } from '../audit/audit.ts';
import { auditCsv } from '../audit/csv.ts';
import { mergeAudits } from '../audit/merge.ts';
import { formatAudit, serialise } from './auditTables.ts';
import { writeWhole } from '../../core/files.ts';
import { openDisplay } from '../../core/terminal/progress.ts';
import type { Command } from './command.ts';
import { parseCount, parseList, parseSettings, seedSchema } from './flags.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const options = {
  tier: { type: 'string' },
  seed: { type: 'string', default: '0' },
  'task-option': { type: 'string', multiple: true },
  task: { type: 'string' },
  parts: { type: 'string', default: parts.join(',') },
  only: { type: 'string' },
  'profile-steps': { type: 'string' },
  threads: { type: 'string', default: String(availableParallelism()) },
  sources: { type: 'string' },
  work: { type: 'string', default: join(root, 'data') },
  out: { type: 'string' },
  csv: { type: 'string' },
} as const;

type Values = ReturnType<typeof parse>['values'];
const parse = (args: string[]) => parseArgs({ args, options, allowPositionals: true });

export const audit: Command = {
  help: `Trains and scores a ladder of cheap predictors on a data set: what it can be solved with before any
model is trained. Writes one JSON file and prints the ladder.

  npm run evaluate -- audit TASK [flags]   a task's data set, made first where it is not there
  npm run evaluate -- audit DIR [flags]    any folder in the layout of npm run generate, or with the
                                           files of the Long Range Arena

  --tier NAME           smoke, lite or lra (default lite; lra for files of the Long Range Arena)
  --seed N              seed of the data (default 0)
  --task-option K=V     replaces a parameter of the task; may be given several times
  --task NAME           which task the Long Range Arena's files in DIR are of, where that is not clear
  --parts NAMES         some of ${parts.join(', ')} (default all); the file keeps the others, if it
                        has them of the same data
  --only PATTERN        predictors of the ladder whose names match, such as 'majority|tree-depth'
  --profile-steps N     training steps of each network of the locality profile (default by length:
                        about two minutes for all, none from about 10,000 tokens on)
  --threads N           threads of the profile's networks (default the cores here)
  --sources DIR         real data (default ../shared/data, else data/sources)
  --work DIR            data sets are made in its folder cache (default data)
  --out FILE            default leaderboards/audits/<task>-<tier>.json for a task, and for a folder or with
                        --only data/audits/<name>.json
  --csv FILE            writes the ladder as CSV too

Examples
  npm run evaluate -- audit recall
  npm run evaluate -- audit image --task-option scan=permuted
  npm run evaluate -- audit lra_release/listops-1000 --parts ladder`,

  async run(args) {
    const { values, positionals } = parse(args);
    const [target, ...more] = positionals;
    if (target === undefined || more.length > 0)
      throw new UsageError('Name one task or one folder: npm run evaluate -- audit recall.');
    const chosenParts = parseList(values.parts, '--parts', z.enum(parts));
    const { dataset, name } = await find(target, values);
    const isTask = tasks.some((task) => task.name === target);
    const folder =
      isTask && values.only === undefined
        ? join(root, 'leaderboards', 'audits')
        : join(values.work, 'audits');
    const out = values.out ?? join(folder, `${name}.json`);
    const display = openDisplay();
    const result = await auditDataset({
      dataset,
      parts: chosenParts,
      only: values.only === undefined ? undefined : patternOf(values.only),
      threads: parseCount(values.threads, '--threads', 1),
      profileSteps:
        values['profile-steps'] === undefined
          ? undefined
          : parseCount(values['profile-steps'], '--profile-steps', 1),
      command: commandOf(args),
      onProgress: (job, share) => display.update(`audit ${name}`, job, share),
    });
    display.close();
    const earlier = await readFile(out, 'utf8').then(parseAudit, () => undefined);
    const merged = earlier ? mergeAudits(earlier, result, chosenParts) : result;
    await writeWhole(out, serialise(merged));
    if (values.csv !== undefined) await writeWhole(values.csv, auditCsv(merged));
    console.log(formatAudit(merged));
    console.log(`\nwritten to ${out} in ${result.provenance.seconds} s`);
    return 0;
  },
};

/** The command as it can be given anywhere: without flags that name places on this machine. */
function commandOf(args: string[]): string {
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

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new UsageError(`--only is '${text}', expected a pattern: ${(error as Error).message}.`);
  }
}

/** The data set that is meant, and a name for it. */
async function find(target: string, values: Values): Promise<{ dataset: Dataset; name: string }> {
  const taskOptions = parseSettings(values['task-option'] ?? [], '--task-option');
  const changed = Object.entries(taskOptions).map(([key, value]) => `-${key}-${String(value)}`);
  if (tasks.some(({ name }) => name === target)) {
    const [tier] = parseList(values.tier ?? 'lite', '--tier', tierSchema);
    const [seed] = parseList(values.seed, '--seed', seedSchema);
    const dir = await ensureDataset({
      ...{ task: target, tier: tier!, seed: seed!, options: taskOptions },
      ...{ sources: values.sources, cache: join(values.work, 'cache') },
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
  return { dataset: await readFiles(target, values, taskOptions), name };
}

/** Files of the Long Range Arena, read into the cache. */
async function readFiles(
  from: string,
  values: Values,
  overrides: Record<string, unknown>,
): Promise<Dataset> {
  const [tier] = parseList(values.tier ?? 'lra', '--tier', tierSchema);
  const found = [];
  const candidates = values.task === undefined ? tasks : [findTask(values.task)];
  for (const task of candidates) {
    const accepted = Object.keys(overrides).every((name) => name in task.options.shape);
    if (!task.lra || (!accepted && values.task === undefined)) continue;
    const options = resolveOptions(task, tier!, overrides);
    const files = await task.lra.list(from, options).catch((error: unknown) => {
      if (values.task !== undefined || !(error instanceof DataError)) throw error;
      return [];
    });
    if (files.length > 0) found.push({ task, options });
  }
  const [only, ...others] = found;
  if (!only || others.length > 0)
    throw new UsageError(
      `${from} holds ${only ? `files that ${found.map(({ task }) => task.name).join(', ')} can all read` : 'neither meta.json nor files of the Long Range Arena'}; say which with --task NAME.`,
    );
  const out = join(values.work, 'cache', `imported-${shortHash(resolve(from))}`);
  await importDataset({ ...only, tier: tier!, from, out, force: true });
  return openDataset(out);
}
