/** Tests all runs of the study of lengths that were trained here and not tested yet, one after the other. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { openDisplay } from '../../core/terminal/progress.ts';
import type { Dataset } from '../../generators/store/dataset.ts';
import type { RunSpec } from '../../leaderboards/records/schema.ts';
import { openEngine } from '../engine/open.ts';
import { extensionOfRun } from '../plan/lengths.ts';
import { modelLabel } from '../plan/modelLabel.ts';
import { idOf } from '../plan/spec.ts';
import { longerData, testLonger } from '../runs/longer.ts';
import { lengthPath, lockRun, readRecord, recordPath, trainedPath } from '../runs/store.ts';

export interface LengthTests {
  specs: readonly RunSpec[];
  factors: readonly number[];
  /** Folders of records, of trained models and data sets, and of real data. */
  runs: string;
  work: string;
  sources?: string | undefined;
  engine: string;
  threads: number;
  /** Repeats it. */
  command: string;
}

export interface LengthOutcome {
  tested: number;
  /** Runs that have a record while the parameters that they were tested with are not here. */
  untrained: RunSpec[];
}

export async function testLengths(asked: LengthTests): Promise<LengthOutcome> {
  const { runs, work, sources, threads, command } = asked;
  const outcome: LengthOutcome = { tested: 0, untrained: [] };
  const open: { spec: RunSpec; factor: number }[] = [];
  for (const spec of asked.specs) {
    const left = [];
    for (const factor of asked.factors)
      if (extensionOfRun(spec, factor).extends && !(await exists(lengthPath(runs, spec, factor))))
        left.push({ spec, factor });
    if (left.length === 0) continue;
    const record = await readRecord(recordPath(runs, spec));
    if (record?.status !== 'done') continue;
    if (await exists(trainedPath(work, spec))) open.push(...left);
    else outcome.untrained.push(spec);
  }
  if (open.length === 0) return outcome;

  const engine = await openEngine(asked.engine, { threads });
  const display = openDisplay();
  // Short sequences first, so that a table fills from the left.
  for (const factor of asked.factors) {
    let dataset: Dataset | undefined;
    for (const { spec } of open.filter((one) => one.factor === factor)) {
      const label = `${modelLabel(spec)} ${spec.seed}, ${factor} times the length`;
      const note = (text: string) => display.finish(label, text);
      const lock = await lockRun(work, `${idOf(spec)}-x${factor}`, note);
      if (!lock) continue;
      try {
        dataset ??= await longerData(spec, factor, { cache: join(work, 'cache'), sources });
        const run = (await readRecord(recordPath(runs, spec)))!;
        const { result, timing } = await testLonger({
          ...{ run, factor, dataset, runs, engine, threads, command },
          trained: trainedPath(work, spec),
          onTick: (done, count) => display.update(label, `test ${done}/${count}`, done / count),
        });
        const { use, accuracy } = result.distances.at(-1)!;
        note(`${(use?.value ?? accuracy).toFixed(2)} at the farthest, ${timing.seconds} s`);
        outcome.tested++;
      } finally {
        await lock.release();
      }
    }
  }
  display.close();
  return outcome;
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
