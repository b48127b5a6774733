/** `npm run evaluate -- submit` */
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { RunError, UsageError, messageOf } from '../../core/errors.ts';
import { writeWhole } from '../../core/files.ts';
import { formatRecords } from './summary.ts';
import { checkSubmission, type Checked } from '../submissions/check.ts';
import { SubmissionError } from '../submissions/errors.ts';
import { performSubmission } from '../submissions/score.ts';
import { markdownChecked, markdownRefusal, markdownReport } from '../submissions/report.ts';
import { openDisplay } from '../../core/terminal/progress.ts';
import type { Command } from './command.ts';
import { parseCount } from './flags.ts';
import { placeFlags } from './execution.ts';
import { stopOnSignal } from './signals.ts';

const { threads, out, work, sources, force } = placeFlags;
const options = {
  ...{ threads, out, work, sources, force },
  check: { type: 'boolean', default: false },
  'fresh-seed': { type: 'string' },
  markdown: { type: 'string' },
} as const;

export const submit: Command = {
  help: `Takes a submission, a folder with submission.json, and writes its records:
  an architecture is trained here under all regimes (trained-here), a model is run here on the
  published and on fresh test data (inference-verified), predictions are scored (self-reported).
leaderboards/examples/README.md is the guide, with a template of each kind.

  npm run evaluate -- submit --check DIR
  npm run evaluate -- submit DIR

  --check               looks at every file and runs nothing
  --fresh-seed N        seed of the fresh test data, to repeat a verification (default: the clock)
  --markdown FILE       writes the outcome as Markdown, refusals too
  --threads N           threads of a training (default 1)
  --out DIR             records (default leaderboards/runs)
  --work DIR            data sets and scratch files (default data)
  --sources DIR         real data (default ../shared/data, else data/sources)
  --force               replaces records of other files under the same name

An architecture is a stranger's program. It is run only without --check, in a process of its own: no
files but its scratch folder, no other processes, no network where the system allows that. Read it
first.`,

  async run(args) {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    if (positionals.length !== 1)
      throw new UsageError(
        'Name one folder with a submission.json: npm run evaluate -- submit DIR.',
      );
    const [dir] = positionals as [string];
    const note = async (text: string) => {
      if (values.markdown !== undefined) await writeWhole(values.markdown, text);
    };
    try {
      const checked = await checkSubmission(dir);
      if (values.check) {
        console.log(`${checked.submission.name}: the ${checked.kind} submission is in order`);
        await note(markdownChecked(checked.submission, 'Nothing of it was run.'));
        return 0;
      }
      const records = await carryOut(checked, values);
      console.log(formatRecords(records));
      await note(markdownReport(checked.submission, records));
      return 0;
    } catch (error) {
      if (error instanceof SubmissionError || error instanceof RunError)
        await note(markdownRefusal(basename(dir), messageOf(error)));
      throw error;
    }
  },
};

async function carryOut(
  checked: Checked,
  values: ReturnType<typeof parseArgs<{ options: typeof options }>>['values'],
) {
  const freshSeed = values['fresh-seed'];
  const display = openDisplay();
  const { stop, forget } = stopOnSignal(['SIGINT', 'SIGTERM', 'SIGHUP']);
  try {
    return await performSubmission(checked, {
      ...values,
      threads: parseCount(values.threads, '--threads', 1),
      freshSeed: freshSeed === undefined ? undefined : parseCount(freshSeed, '--fresh-seed', 0),
      command: `npm run evaluate -- submit leaderboards/submissions/${checked.submission.name}`,
      onStart: (label) => display.update(label, 'begun', 0),
      onTick: (label, { phase, done, of }) =>
        display.update(label, `${phase} ${done}/${of}`, done / of),
      onEnd: (label, { result, status, reason }) =>
        display.finish(
          label,
          result ? `test accuracy ${result.test.accuracy.toFixed(3)}` : `${status}: ${reason}`,
        ),
      stop,
    });
  } finally {
    forget();
    display.close();
  }
}
