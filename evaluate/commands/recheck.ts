/** `npm run evaluate -- recheck` */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, restOperand } from '../../core/cli/command.ts';
import { flag, folder, whole } from '../../core/cli/flags.ts';
import { UsageError } from '../../core/errors.ts';
import { formatTable } from '../../core/terminal/table.ts';
import { readRecords } from '../../leaderboards/records/read.ts';
import type { RunRecord } from '../../leaderboards/records/schema.ts';
import { executeLines } from '../launch/executeLines.ts';
import { linesOf } from '../plan/manifest.ts';
import { modelLabel } from '../plan/modelLabel.ts';
import { benchmarkVersion } from '../plan/spec.ts';
import { otherVersion } from '../plan/versions.ts';
import { compareRuns, drawRecords, type Recheck } from '../runs/recheck.ts';
import { executionFlags, jobsFlag, recordsFlag, scheduled, sourcesFlag } from './execution.ts';
import { stopOnSignal } from './signals.ts';

export const recheck = command({
  name: 'npm run evaluate -- recheck',
  about:
    'Runs records again, from their specs, and says whether the results are the same: the same bytes on the engine, processor and thread count of the record, else within its interval.',
  operands: { ids: restOperand('ID', 'records, by their ids') },
  flags: {
    count: flag(whole(1), { help: 'in place of ids: N records, drawn at random' }),
    draw: flag(whole(), { word: 'SEED', default: 1, help: 'seed of the draw' }),
    records: { ...recordsFlag, aliases: [] },
    jobs: jobsFlag,
    ...executionFlags,
    work: flag(folder, {
      help: 'folder for data sets and checkpoints',
      shown: 'a temporary one',
    }),
    sources: sourcesFlag,
  },
  notes:
    'The exit code is 1 when a result differs, or when it has other bytes on the same machine; that is\nunknown if a record does not name its processor.',
  examples: ['600027a1f609', '--count 20 --draw 1'],
  async run(values) {
    const records = readRecords(values.records).map(({ record }) => record);
    const chosen = recordsAskedFor(records, values);
    const temporary = await mkdtemp(join(tmpdir(), 'reach-recheck-'));
    const { stop, forget } = stopOnSignal(['SIGINT', 'SIGTERM', 'SIGHUP']);
    try {
      const work = values.work ?? join(temporary, 'work');
      const out = join(temporary, 'runs');
      const lines = linesOf(chosen.map(({ spec }) => spec));
      const options = await scheduled(lines, { ...values, out, work, force: false });
      const done = await executeLines(lines, { ...options, stop });
      const found = chosen.flatMap((record) => {
        const again = done.records.find(({ id }) => id === record.id);
        return again ? [compareRuns(record, again)] : [];
      });
      if (found.length > 0) console.log(formatRechecks(found));
      if (done.stopped > 0) return 130;
      return done.failures > 0 || found.some(isWrong) ? 1 : 0;
    } finally {
      forget();
      await rm(temporary, { recursive: true, force: true });
    }
  },
});

const isWrong = ({ verdict, machine }: Recheck) =>
  verdict === 'differs' ||
  verdict === 'no result' ||
  (machine === 'the same' && verdict !== 'same bytes');

interface Choice {
  ids: string[];
  count: number | undefined;
  draw: number;
  records: string;
}

function recordsAskedFor(
  records: RunRecord[],
  { ids, count, draw, records: folder }: Choice,
): RunRecord[] {
  if (ids.length > 0 === (count !== undefined))
    throw new UsageError('Name records by their ids, or how many to draw with --count N.');
  if (count !== undefined) {
    const drawn = drawRecords(records, benchmarkVersion, count, draw);
    if (drawn.length > 0) return drawn;
    const [older] = records;
    const why = older ? ` Its first record: ${otherVersion(older.spec.benchmark)}` : '';
    throw new UsageError(`${folder} has no record of benchmark ${benchmarkVersion}.${why}`);
  }
  return ids.map((id) => {
    const found = records.find((record) => record.id === id);
    if (!found) throw new UsageError(`No record in ${folder} has the id ${id}.`);
    if (found.verification)
      throw new UsageError(`${id} is a submission: check it with npm run evaluate -- submit.`);
    if (found.spec.benchmark === benchmarkVersion) return found;
    throw new UsageError(`${id}: ${otherVersion(found.spec.benchmark, found.provenance.commit)}`);
  });
}

function formatRechecks(rechecks: Recheck[]): string {
  const share = (record: RunRecord) => record.result?.test.accuracy.toFixed(4) ?? record.status;
  const same = rechecks.filter(({ verdict }) => verdict === 'same bytes').length;
  const table = formatTable(
    [
      { title: 'run', cell: ({ record }) => record.id },
      { title: 'task', cell: ({ record }) => record.spec.task },
      { title: 'model', cell: ({ record }) => modelLabel(record.spec) },
      { title: 'regime', cell: ({ record }) => record.spec.regime },
      { title: 'recorded', cell: ({ record }) => share(record), align: 'right' },
      { title: 'again', cell: ({ again }) => share(again), align: 'right' },
      { title: 'machine', cell: ({ machine }) => machine },
      { title: 'verdict', cell: ({ verdict }) => verdict },
    ],
    rechecks,
  );
  return `${table}\n\n${same} of ${rechecks.length} have the same bytes.`;
}
