/** `npm run evaluate -- status` */
import { command } from '../../core/cli/command.ts';
import { toggle } from '../../core/cli/flags.ts';
import { duration } from '../../core/terminal/progress.ts';
import { formatTable } from '../../core/terminal/table.ts';
import { queuedLines } from '../launch/slurm.ts';
import { labelOf } from '../launch/words.ts';
import { readManifest, type Line } from '../plan/manifest.ts';
import { secondsLeft, statesOf, type State } from '../runs/status.ts';
import { recordsFlag, workFlag } from './execution.ts';
import { manifestFlag } from './flags.ts';

const kinds = ['done', 'running', 'queued', 'failed', 'missing'] as const;

export const status = command({
  name: 'npm run evaluate -- status',
  about:
    'Says how far a plan is: done, running, queued, failed (with the reason) and missing runs, and the work that is left at the measured speed.',
  flags: {
    manifest: manifestFlag,
    all: toggle('every line, not only those that failed'),
    json: toggle('one JSON line for each line of the manifest'),
    records: recordsFlag,
    work: workFlag,
  },
  examples: ['--manifest plans/x', '--manifest plans/x --all'],
  async run(values) {
    const lines = await readManifest(values.manifest);
    const states = await statesOf(
      lines,
      { ...values, out: values.records },
      await queuedLines(values.manifest),
    );
    if (values.json) {
      for (const [index, line] of lines.entries()) {
        const state = states[index]!;
        const why = state.kind === 'failed' ? { reason: state.reason } : {};
        const { id } = line;
        console.log(JSON.stringify({ index, id, run: labelOf(line), state: state.kind, ...why }));
      }
      return;
    }
    console.log(summaryOf(lines, states));
    const shown = lines
      .map((line, index) => ({ line, index, state: states[index]! }))
      .filter(({ state }) => values.all || state.kind === 'failed');
    if (shown.length > 0) console.log(`\n${tableOf(shown)}`);
  },
});

function summaryOf(lines: readonly Line[], states: readonly State[]): string {
  const counts = kinds.map((kind) => {
    const of = (line: Line['kind']) =>
      lines.filter((entry, i) => entry.kind === line && states[i]!.kind === kind).length;
    return { kind, runs: of('run'), stages: of('tuning') + of('pretraining') };
  });
  const table = formatTable(
    [
      { title: 'state', cell: ({ kind }) => kind },
      { title: 'runs', cell: ({ runs }) => String(runs), align: 'right' },
      { title: 'stages', cell: ({ stages }) => String(stages), align: 'right' },
    ],
    counts,
  );
  const left = secondsLeft(lines, states);
  const text =
    left === undefined
      ? 'time left: unknown until a run is done'
      : `work left: ${duration(left)} of one run at a time, by the runs that are done`;
  return `${table}\n\n${text}`;
}

function tableOf(shown: { line: Line; index: number; state: State }[]): string {
  const reasonOf = (state: State) => {
    if (state.kind === 'failed')
      return state.attempts > 0 ? `${state.reason} (tried ${state.attempts} times)` : state.reason;
    return state.kind === 'done' && state.record?.status === 'diverged'
      ? `diverged: ${state.record.reason}`
      : '';
  };
  return formatTable(
    [
      { title: 'line', cell: ({ index }) => String(index), align: 'right' },
      { title: 'run', cell: ({ line }) => labelOf(line) },
      { title: 'state', cell: ({ state }) => state.kind },
      { title: 'reason', cell: ({ state }) => reasonOf(state) },
    ],
    shown,
  );
}
