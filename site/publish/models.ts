/**
 * `npm run demo-models`: trains the models that a task page runs in the reader's browser, exports them
 * as ONNX, and describes them in `site/public/models/<task>.json`. The commands are those of
 * `npm run evaluate`, so that anybody can repeat each step.
 *
 *   npm run demo-models -- [--work DIR]     data sets, checkpoints and records (default data/demo)
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeWhole } from '../../core/files.ts';
import { sha256 } from '../../core/hash.ts';
import { readRecords } from '../../leaderboards/records/read.ts';
import type { RunRecord } from '../../leaderboards/records/schema.ts';
import { trainedSchema, type Trained } from '../src/lib/data/trainedSchema.ts';

const task = 'recall';
/** One model that sees the whole sequence, and one of bounded reach. */
const models = ['transformer:positions=rotary', 'local'];

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = fileURLToPath(new URL('../public/models/', import.meta.url));

function evaluate(...args: string[]): void {
  const cli = join(root, 'evaluate/cli.ts');
  execFileSync(process.execPath, [cli, ...args], { stdio: 'inherit', cwd: root });
}

const { values } = parseArgs({ options: { work: { type: 'string', default: 'data/demo' } } });
const runs = join(values.work, 'runs');
evaluate(
  ...['run', '--task', task, '--model', models.join(','), '--regime', 'scratch', '--seed', '1'],
  ...['--tier', 'lite', '--jobs', '1', '--work', values.work, '--out', runs],
);

/** Writes the ONNX file of a run, and says what the page has to know of it. */
async function published(record: RunRecord): Promise<Trained['models'][number]> {
  const { id, spec, model, result, provenance } = record;
  if (!result) throw new Error(`The run ${id} of ${spec.model} has no result; see its record.`);
  const file = `${task}-${spec.model}.onnx`;
  const path = join(folder, file);
  rmSync(path, { force: true });
  evaluate('export', id, '--records', runs, '--work', values.work, '--out', path);
  const bytes = readFileSync(path);
  return {
    file,
    title: model.title,
    reach: model.reach,
    parameters: model.parameters,
    run: id,
    command: provenance.command.replaceAll(values.work, 'data'),
    spec,
    distances: result.distances.map(({ distance, accuracy, use }) => ({
      distance,
      accuracy,
      ...(use && { use: use.value }),
    })),
    bytes: bytes.length,
    sha256: sha256(bytes),
  };
}

const records = readRecords(runs).map(({ record }) => record);
const chosen = models.map((model) =>
  records.find(({ spec }) => spec.task === task && model.startsWith(spec.model))!,
);
const trained: Trained = {
  task,
  generatorVersion: chosen[0]!.task.generatorVersion,
  models: await Promise.all(chosen.map(published)),
};
const path = join(folder, `${task}.json`);
await writeWhole(path, `${JSON.stringify(trainedSchema.parse(trained), null, 2)}\n`);
console.log(`Wrote ${path}.`);
