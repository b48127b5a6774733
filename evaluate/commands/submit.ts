/** `npm run evaluate -- submit` */
import type { RunRecord } from '../../leaderboards/records/schema.ts';
import { recordPath } from '../runs/store.ts';
import { basename } from 'node:path';
import { command, operand } from '../../core/cli/command.ts';
import { file, flag, toggle, whole } from '../../core/cli/flags.ts';
import { RunError, messageOf } from '../../core/errors.ts';
import { claimFile, writeWhole } from '../../core/files.ts';
import { openDisplay } from '../../core/terminal/progress.ts';
import { checkSubmission, type Checked } from '../submissions/check.ts';
import { SubmissionError } from '../submissions/errors.ts';
import { markdownChecked, markdownRefusal, markdownReport } from '../submissions/report.ts';
import { performSubmission } from '../submissions/score.ts';
import { placeFlags } from './execution.ts';
import { seedKind } from './flags.ts';
import { stopOnSignal } from './signals.ts';
import { formatRecords } from './summary.ts';

const { out, work, sources } = placeFlags;

export const submit = command({
  name: 'npm run evaluate -- submit',
  about: `Takes a submission, a folder with submission.json, and writes its records: an architecture is trained here under all regimes (trained-here), a model is run here on the published and on fresh test data (inference-verified), predictions are scored (self-reported). leaderboards/examples/README.md is the guide, with a template of each kind.`,
  operands: { dir: operand('DIR', 'one folder with a submission.json') },
  flags: {
    check: toggle('looks at every file and runs nothing'),
    freshSeed: flag(seedKind, {
      help: 'seed of the fresh test data, to repeat a verification',
      shown: 'the clock',
    }),
    markdown: flag(file, { help: 'writes the outcome as Markdown, refusals too' }),
    threads: flag(whole(1), { default: 1, help: 'CPU threads of a training' }),
    out,
    work,
    sources,
    force: toggle('replaces records of other files under the same name, and the Markdown file'),
  },
  notes: `An architecture is a stranger's program. It is run only without --check, in a process of its own: no
files but its scratch folder, no other processes, no network where the system allows that. Read it
first.`,
  examples: ['--check leaderboards/submissions/mine', 'leaderboards/submissions/mine'],
  async run(values) {
    const note = async (text: string) => {
      if (values.markdown !== undefined) await writeWhole(values.markdown, text);
    };
    if (values.markdown !== undefined) await claimFile(values.markdown, values.force);
    try {
      const checked = await checkSubmission(values.dir);
      if (values.check) {
        console.log(`${checked.submission.name}: the ${checked.kind} submission is in order`);
        await note(markdownChecked(checked.submission, 'Nothing of it was run.'));
        return;
      }
      const records = await score(checked, values);
      console.log(formatRecords(records));
      await note(markdownReport(checked.submission, records));
    } catch (error) {
      if (error instanceof SubmissionError || error instanceof RunError)
        await note(markdownRefusal(basename(values.dir), messageOf(error)));
      throw error;
    }
  },
});

interface Settings {
  freshSeed: number | undefined;
  threads: number;
  out: string;
  work: string;
  sources: string | undefined;
  force: boolean;
}

async function score(checked: Checked, settings: Settings) {
  const display = openDisplay();
  const { stop, forget } = stopOnSignal(['SIGINT', 'SIGTERM', 'SIGHUP']);
  try {
    return await performSubmission(checked, {
      ...settings,
      command: `npm run evaluate -- submit leaderboards/submissions/${checked.submission.name}`,
      onStart: (label) => display.update(label, 'begun', 0),
      onTick: (label, { phase, done, of }) =>
        display.update(label, `${phase} ${done}/${of}`, done / of),
      onEnd: (label, record, before) => {
        display.finish(label, outcomeOf(record));
        const path = recordPath(settings.out, record.spec);
        display.finish(
          label,
          before ? `was recorded before, and nothing was run: ${path}` : `wrote ${path}`,
        );
      },
      stop,
    });
  } finally {
    forget();
    display.close();
  }
}

/** The accuracy, and that on fresh data where a model was run on it. */
function outcomeOf({ result, verification, status, reason }: RunRecord): string {
  if (!result) return `${status}: ${reason}`;
  const percent = ({ accuracy }: { accuracy: number }) => accuracy.toFixed(3);
  const fresh = verification?.fresh;
  return `test accuracy ${percent(result.test)}${fresh ? `, on fresh data ${percent(fresh.test)}` : ''}`;
}
