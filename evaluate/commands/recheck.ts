/** `npm run evaluate -- recheck` */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from '../../core/errors.ts';
import { readRecords } from '../../leaderboards/records/read.ts';
import type { RunRecord } from '../../leaderboards/records/schema.ts';
import { linesOf } from '../plan/manifest.ts';
import { perform } from '../launch/perform.ts';
import { modelLabel } from '../plan/modelLabel.ts';
import { compareRuns, drawRecords, type Recheck } from '../runs/recheck.ts';
import { benchmarkVersion } from '../plan/spec.ts';
import { otherVersion } from '../plan/versions.ts';
import { formatTable } from '../../core/terminal/table.ts';
import type { Command } from './command.ts';
import { parseCount } from './flags.ts';
import { jobsHelp, parsePlace, placeFlags, scheduled } from './execution.ts';
import { stopOnSignal } from './signals.ts';

const help = `Runs records again, from their specs, and says whether the results are the same: the same bytes
on the engine, processor and thread count of the record, else within its interval.

  npm run evaluate -- recheck 600027a1f609
  npm run evaluate -- recheck --count 20 --draw 1

  ID ...                records, by their ids
  --count N             instead: N records, drawn at random
  --draw SEED           which ones are drawn (default 1)
  --records DIR         where they are (default leaderboards/runs)
${jobsHelp}
  --threads N           threads of one run, or auto (default 1)
  --engine NAME         what runs them (default onnx-cpu)
  --work DIR            folder for data sets and checkpoints (default a temporary one)
  --sources DIR         real data (default ../shared/data, else data/sources)

Exit code 1 when a result differs, or when it has other bytes on the same machine; that is
unknown where a record does not name its processor.`;

export const recheck: Command = {
  help,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...placeFlags,
        out: { type: 'string' },
        work: { type: 'string' },
        records: placeFlags.out,
        count: { type: 'string' },
        draw: { type: 'string', default: '1' },
        jobs: { type: 'string' },
      },
    });
    const records = readRecords(values.records).map(({ record }) => record);
    const chosen = recordsAskedFor(records, positionals, values);
    const folder = await mkdtemp(join(tmpdir(), 'reach-recheck-'));
    const { stop, forget } = stopOnSignal(['SIGINT', 'SIGTERM', 'SIGHUP']);
    try {
      const work = values.work ?? join(folder, 'work');
      const place = parsePlace({ ...values, out: join(folder, 'runs'), work });
      const lines = linesOf(chosen.map(({ spec }) => spec));
      const settings = await scheduled(lines, place, values.jobs);
      const done = await perform(lines, { ...settings, force: false, stop });
      const found = chosen.flatMap((record) => {
        const again = done.records.find(({ id }) => id === record.id);
        return again ? [compareRuns(record, again)] : [];
      });
      if (found.length > 0) console.log(formatRechecks(found));
      if (done.stopped > 0) return 130;
      return done.failures > 0 || found.some(isWrong) ? 1 : 0;
    } finally {
      forget();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

const isWrong = ({ verdict, machine }: Recheck) =>
  verdict === 'differs' ||
  verdict === 'no result' ||
  (machine === 'the same' && verdict !== 'same bytes');

function recordsAskedFor(
  records: RunRecord[],
  ids: string[],
  { count, draw, records: folder }: { count?: string | undefined; draw: string; records: string },
): RunRecord[] {
  if (ids.length > 0 === (count !== undefined))
    throw new UsageError('Name records by their ids, or how many to draw with --count N.');
  if (count !== undefined) {
    const drawn = drawRecords(
      records,
      benchmarkVersion,
      parseCount(count, '--count', 1),
      parseCount(draw, '--draw', 0),
    );
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
