/** Flags that say how runs are executed, and where they find and leave their files. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  flag,
  folder,
  oneOf,
  toggle,
  whole,
  wholeOrAuto,
  type Kind,
  type ValuesOf,
} from '../../core/cli/flags.ts';
import { UsageError } from '../../core/errors.ts';
import { engineNames } from '../engine/open.ts';
import type { LaunchOptions } from '../launch/executeLines.ts';
import { schedule } from '../launch/schedule.ts';
import type { Line } from '../plan/manifest.ts';

export const root = fileURLToPath(new URL('../../', import.meta.url));

const runs = join(root, 'leaderboards', 'runs');
const shownRuns = 'leaderboards/runs';

/** The folder of records that a command reads. */
export const recordsFlag = flag(folder, {
  help: 'folder of the records',
  default: runs,
  shown: shownRuns,
  aliases: ['out'],
});

export const workFlag = flag(folder, {
  help: 'checkpoints, pretrained and trained models, locks and data sets',
  default: join(root, 'data'),
  shown: 'data',
});

export const sourcesFlag = flag(folder, {
  help: 'real data',
  shown: '../shared/data if it exists, else data/sources',
});

/** Where runs find and leave their files. */
export const placeFlags = {
  out: flag(folder, { help: 'folder for the records', default: runs, shown: shownRuns }),
  work: workFlag,
  sources: sourcesFlag,
  force: toggle('runs again what has a record'),
};

const spinning: Kind<boolean | undefined> = {
  word: 'WHEN',
  read(text, name) {
    if (text === 'auto') return undefined;
    if (text === 'on' || text === 'off') return text === 'on';
    throw new UsageError(`${name} is '${text}', expected on, off or auto.`);
  },
  write: (value) => (value ? 'on' : 'off'),
};

/** How runs are executed; the counterpart of `executionSchema`. */
export const executionFlags = {
  threads: flag(wholeOrAuto, { default: 1, help: 'CPU threads of one run, or auto' }),
  microBatch: flag(whole(1), {
    help: 'examples per pass, which must divide the batch: less memory, the same gradient but for rounding',
    shown: 'the whole batch',
  }),
  spinning: flag(spinning, {
    help: 'whether threads that wait keep their core busy: on, off or auto, which is off if runs share cores',
    shown: 'auto',
  }),
  engine: flag(oneOf('engine', engineNames), {
    default: 'onnx-cpu',
    help: engineNames.join(', '),
  }),
};

export const jobsFlag = flag(wholeOrAuto, {
  help: 'runs at a time, or auto: trial steps of some seconds choose between more runs at a time and more threads each, within the memory that is predicted',
  shown: 'the cores of this machine, over --threads',
});

export const launchFlags = { jobs: jobsFlag, ...executionFlags, ...placeFlags };
export type LaunchValues = ValuesOf<typeof launchFlags>;

/** The options of a launch on this machine, with jobs and threads measured if `auto` asks for it. */
export async function scheduled(
  lines: readonly Line[],
  values: LaunchValues,
): Promise<LaunchOptions> {
  const { engine, threads, spinning, microBatch, out, work, sources, force } = values;
  const cores = availableParallelism();
  const jobs =
    values.jobs ?? (threads === 'auto' ? 'auto' : Math.max(1, Math.floor(cores / threads)));
  const execution = {
    engine,
    ...(spinning !== undefined && { spinning }),
    ...(microBatch !== undefined && { microBatch }),
  };
  const sharing = await schedule(lines, { jobs, threads }, { execution, out, force });
  return {
    execution: { ...execution, threads: sharing.threads },
    jobs: sharing.jobs,
    out,
    work,
    sources,
    force,
  };
}
