/** `npm run generate` alone: every task at the smoke tier, made, verified and shown. */
import { join } from 'node:path';
import { styleText } from 'node:util';
import { command } from '../../core/cli/command.ts';
import { flag, folder } from '../../core/cli/flags.ts';
import { DataError } from '../../core/errors.ts';
import { formatTable } from '../../core/terminal/table.ts';
import { renderReading } from '../reading.ts';
import { tasks } from '../registry.ts';
import { defaultSources } from '../sources/folder.ts';
import { makeRow } from '../store/rows.ts';
import { writeDataset } from '../store/write.ts';
import type { TaskDefinition } from '../task.ts';
import { verifyDataset } from '../verify/dataset.ts';
import { sourcesFlag } from './choice.ts';
import { interruptible, reporters, secondsSince, tell } from './progress.ts';

const tier = 'smoke';
const seed = 0;
/** Lines of an example that are printed; `show` prints all. */
const mostLines = 20;

interface Made {
  task: TaskDefinition;
  examples: number;
  rules: string[];
  seconds: string;
}

export const all = command({
  name: 'npm run generate -- all',
  about:
    'Makes every task at the smoke tier, verifies it and shows one example of each. Tasks whose real data is missing are left out, with where to get it. Without arguments, npm run generate does this.',
  flags: {
    out: flag(folder, { default: join('data', tier), help: 'folder of the data sets' }),
    sources: sourcesFlag,
  },
  examples: ['', '--out /tmp/smoke'],
  async run({ out, sources = defaultSources() }) {
    const made: Made[] = [];
    const missing: string[] = [];
    for (const task of tasks) {
      const reason = await missingData(task, sources);
      if (reason === undefined) made.push(await makeOne(task, join(out, task.name), sources));
      else missing.push(reason);
    }
    console.log(summaryOf(made));
    for (const reason of missing) console.log(`\n${styleText('yellow', 'Left out.')} ${reason}`);
    console.log(`
Next
  npm run generate -- list                                  tasks, tiers and parameters
  npm run generate -- ${made[0]!.task.name} --tier lite --out data/${made[0]!.task.name}   a task at the size of the leaderboard
  npm run evaluate                                          trains and tests models on it`);
  },
});

/** Why the real data that a task reads is not there; undefined if it reads none or all of it is there. */
async function missingData(task: TaskDefinition, sources: string): Promise<string | undefined> {
  if (!task.realData?.isRead(task.tiers[tier])) return undefined;
  try {
    await task.realData.identify(sources);
    return undefined;
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return `${task.name}: ${error.message}`;
  }
}

/** @throws DataError if a rule does not hold on the files */
async function makeOne(task: TaskDefinition, out: string, sources: string): Promise<Made> {
  const started = performance.now();
  const options = task.tiers[tier];
  await interruptible((signal) =>
    writeDataset({
      ...{ task, tier, options, seed, sources, out, signal },
      onNote: tell,
      onProgress: reporters(task.name),
    }),
  );
  const findings = await verifyDataset(out, { sources });
  const broken = findings.find(({ holds }) => !holds);
  if (broken)
    throw new DataError(
      `${out} breaks the rule '${broken.rule}': ${broken.detail}. Please report it.`,
    );

  const shape = task.shape(options);
  const { example } = await task.open(options, seed, sources);
  const first = makeRow({ task: task.name, seed, shape }, example)('test', 0);
  const lines = renderReading(task.read(first, options)).split('\n');
  console.log(`${styleText('bold', task.title)} (${task.name}). ${task.summary}`);
  console.log(lines.slice(0, mostLines).join('\n'));
  if (lines.length > mostLines)
    console.log(
      `… npm run generate -- show ${task.name} --tier ${tier} --split test prints all of it`,
    );
  console.log();
  return {
    task,
    examples: shape.counts.train + shape.counts.val + shape.counts.test,
    rules: findings.map(({ rule }) => rule),
    seconds: secondsSince(started),
  };
}

function summaryOf(made: Made[]): string {
  const certificates = ['reach', 'question', 'order'];
  return formatTable<Made>(
    [
      { title: 'task', cell: ({ task }) => task.name },
      { title: 'kind', cell: ({ task }) => task.kind },
      { title: 'examples', cell: ({ examples }) => String(examples), align: 'right' },
      { title: 'rules that hold', cell: ({ rules }) => String(rules.length), align: 'right' },
      {
        title: 'certificates',
        cell: ({ rules }) => certificates.filter((name) => rules.includes(name)).join(', '),
      },
      { title: 'seconds', cell: ({ seconds }) => seconds, align: 'right' },
    ],
    made,
  );
}
