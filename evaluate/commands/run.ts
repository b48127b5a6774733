/** `npm run evaluate -- run`, and without a command the smoke suite. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { ensureDataset } from '../../generators/dataset.ts';
import { tasks } from '../../generators/registry.ts';
import { mixers } from '../../models/registry.ts';
import type { RunRecord, RunSpec } from '../../leaderboards/schema.ts';
import { regimeSchema, tierSchema } from '../../leaderboards/schema.ts';
import { engineNames } from '../engine/open.ts';
import type { Place, Tick } from '../runs/execute.ts';
import { runAll } from '../runs/pool.ts';
import type { End } from '../runs/pool.ts';
import type { Request } from '../runs/spec.ts';
import { shapeOf, specsOf } from '../runs/spec.ts';
import { recordPath } from '../runs/store.ts';
import { formatRecords } from '../runs/summary.ts';
import { stepsOf } from '../training/train.ts';
import { duration, openDisplay } from '../terminal/progress.ts';
import type { Command } from './command.ts';
import { parseCount, parseList, parseSettings, seedSchema } from './flags.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const cores = availableParallelism();
const nameSchema = z.string().min(1, 'expected a name');

/** What is run where nothing is named. */
const defaults = { task: 'recall', model: 'transformer,local,s4d' };

/** Names after a title, in lines that fit a terminal. */
function wrap(title: string, named: readonly { name: string }[]): string {
  const lines = [`${title}:`];
  for (const { name } of named) {
    if (lines.at(-1)!.length + name.length > 90) lines.push(' ');
    lines[lines.length - 1] += ` ${name}`;
  }
  return lines.join('\n');
}

const help = `Trains and tests every combination of tasks, models, regimes and seeds; a run that has a
record already is skipped, one that was interrupted goes on where it was.

  npm run evaluate -- run --task recall,text --model transformer,local,s4d \\
      --regime scratch,spt --seed 1,2,3 --tier lite --jobs 2

  --task NAMES          any of the tasks below, or all (default ${defaults.task})
  --model NAMES         any of the models below, or all (default ${defaults.model})
  --regime NAMES        scratch, spt, scratch-matched (default scratch,spt)
  --seed NUMBERS        default 1
  --tier NAME           smoke, lite or lra (default lite)
  --jobs N              runs at a time (default ${cores}, the cores here, over --threads)
  --threads N           threads of one run (default 1)
  --engine NAME         ${engineNames.join(', ')} (default onnx-cpu)
  --out DIR             records (default leaderboards/runs)
  --work DIR            checkpoints and data sets (default data)
  --sources DIR         real data (default ../shared/data, else data/sources)
  --data-seed N         seed of the data (default 0)
  --task-option K=V     replaces a parameter of the task; may be repeated, as the next three
  --model-option K=V    an option of the model, such as positions=rotary
  --protocol K=V        a training choice, such as steps=1200 or learningRate=0.001
  --size K=V            layers, width or parameters
  --force               runs again what has a record
  --debug               shows where an error came from

${wrap('Tasks', tasks)}

${wrap('Models', mixers)}`;

const options = {
  task: { type: 'string', default: defaults.task },
  model: { type: 'string', default: defaults.model },
  regime: { type: 'string', default: 'scratch,spt' },
  seed: { type: 'string', default: '1' },
  tier: { type: 'string', default: 'lite' },
  jobs: { type: 'string' },
  threads: { type: 'string', default: '1' },
  engine: { type: 'string', default: 'onnx-cpu' },
  out: { type: 'string', default: join(root, 'leaderboards', 'runs') },
  work: { type: 'string', default: join(root, 'data') },
  sources: { type: 'string' },
  'data-seed': { type: 'string', default: '0' },
  'task-option': { type: 'string', multiple: true, default: [] as string[] },
  'model-option': { type: 'string', multiple: true, default: [] as string[] },
  protocol: { type: 'string', multiple: true, default: [] as string[] },
  size: { type: 'string', multiple: true, default: [] as string[] },
  force: { type: 'boolean', default: false },
} as const;

export const run: Command = {
  help,
  async run(args) {
    const { values } = parseArgs({ args, options });
    const [tier] = parseList(values.tier, '--tier', tierSchema);
    const request: Request = {
      tasks: namesOf(values.task, '--task', tasks),
      models: namesOf(values.model, '--model', mixers),
      regimes: parseList(values.regime, '--regime', regimeSchema),
      seeds: parseList(values.seed, '--seed', seedSchema),
      tier: tier!,
      dataSeed: parseCount(values['data-seed'], '--data-seed', 0),
      taskOptions: parseSettings(values['task-option'], '--task-option'),
      modelOptions: parseSettings(values['model-option'], '--model-option'),
      protocol: parseSettings(values.protocol, '--protocol'),
      size: parseSettings(values.size, '--size'),
    };
    const [engine] = parseList(values.engine, '--engine', z.enum(engineNames));
    const threads = parseCount(values.threads, '--threads', 1);
    const jobs =
      values.jobs === undefined
        ? Math.max(1, Math.floor(cores / threads))
        : parseCount(values.jobs, '--jobs', 1);
    return perform(specsOf(request), { ...values, engine: engine!, threads, jobs });
  },
};

/** The names of a list, or of everything there is. */
function namesOf(text: string, flag: string, named: readonly { name: string }[]): string[] {
  return text === 'all' ? named.map(({ name }) => name) : parseList(text, flag, nameSchema);
}

/** The suite that `npm run evaluate` runs: its flags are those of `run`, with other defaults. */
export function smoke(args: string[]): Promise<number> {
  return run.run(['--tier', 'smoke', '--task', 'recall', '--regime', 'scratch,spt', ...args]);
}

interface Settings {
  engine: string;
  threads: number;
  jobs: number;
  out: string;
  work: string;
  sources?: string | undefined;
  force: boolean;
}

async function perform(specs: RunSpec[], settings: Settings): Promise<number> {
  const data = await prepare(specs, settings);
  const display = openDisplay();
  const label = (spec: RunSpec) => `${spec.task} ${spec.model} ${spec.regime} ${spec.seed}`;
  const speeds = new Map<RunSpec, (tick: Tick) => string>();
  const records: RunRecord[] = [];
  let failures = 0;
  console.error(
    `${specs.length} ${specs.length === 1 ? 'run' : 'runs'}, ${settings.jobs} at a time on ${settings.engine}, ${settings.threads} ${settings.threads === 1 ? 'thread' : 'threads'} each`,
  );
  const begun = performance.now();
  const ends = await runAll(specs, {
    ...settings,
    placeOf: (spec): Place => ({
      runs: settings.out,
      work: settings.work,
      data: data.get(spec.task)!,
    }),
    onTick(spec, tick) {
      if (!speeds.has(spec)) speeds.set(spec, timer(spec));
      display.update(label(spec), speeds.get(spec)!(tick), tick.done / tick.of);
    },
    onEnd(end) {
      display.finish(label(end.spec), sentence(end));
    },
  });
  display.close();
  for (const end of ends) {
    if (end.kind === 'failed') failures++;
    else records.push(end.record);
  }
  console.error(`finished in ${duration((performance.now() - begun) / 1000)}\n`);
  if (records.length > 0) {
    console.log(formatRecords(records));
    console.log(`\nrecords: ${recordPath(settings.out, records[0]!.spec).replace(/[^/]+$/, '')}`);
  }
  return failures > 0 ? 1 : 0;
}

/** Makes each task's data set once, before any run starts. */
async function prepare(specs: RunSpec[], settings: Settings): Promise<Map<string, string>> {
  const folders = new Map<string, string>();
  const display = openDisplay();
  for (const { task, tier, taskOptions, dataSeed } of specs) {
    if (folders.has(task)) continue;
    const counts = Object.values(shapeOf(task, tier, taskOptions).counts);
    const all = counts.reduce((sum, count) => sum + count, 0);
    const folder = await ensureDataset({
      task,
      tier,
      options: taskOptions,
      seed: dataSeed,
      sources: settings.sources,
      cache: join(settings.work, 'cache'),
      onProgress: ({ split, done, total }) =>
        display.update(`data ${task}`, `${split} ${done}/${total} of ${all}`, done / total),
    });
    folders.set(task, folder);
  }
  display.close();
  return folders;
}

/** Words for a tick, with the time that the run's training steps still need. */
function timer(spec: RunSpec): (tick: Tick) => string {
  const steps = stepsOf(spec);
  let first: { at: number; done: number } | undefined;
  return ({ phase, done, of, loss }) => {
    if (phase === 'test') return `test ${done}/${of}`;
    const position = phase === 'train' ? steps.pretrain + done : done;
    first ??= { at: performance.now(), done: position };
    const perStep = (performance.now() - first.at) / 1000 / Math.max(1, position - first.done);
    const left =
      position > first.done
        ? `, ${duration(perStep * (steps.pretrain + steps.train - position))} left`
        : '';
    return `${phase} ${done}/${of}${loss === undefined ? '' : `  loss ${loss.toFixed(3)}`}${left}`;
  };
}

function sentence(end: End): string {
  if (end.kind === 'failed') return `FAILED: ${end.message}`;
  const { record } = end;
  const text = record.result
    ? `test accuracy ${record.result.test.accuracy.toFixed(3)}, ${duration(record.timing.seconds)}`
    : `${record.status}: ${record.reason}`;
  return end.kind === 'skipped' ? `${text} (recorded before)` : text;
}
