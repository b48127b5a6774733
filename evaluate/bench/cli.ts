/** `npm run bench`: finds the benchmark and turns errors into one sentence and an exit code. */
import { stderr } from 'node:process';
import { parseArgs } from 'node:util';
import { UsageError } from '../../generators/errors.ts';
import { engineNames } from '../engine/open.ts';
import { exitCode, messageOf } from '../errors.ts';
import { writeWhole } from '../files.ts';
import { referenceStep } from './step.ts';
import { benchStep, formatStep } from './stepBench.ts';

const help = `Measures the speed of the engine.

  npm run bench -- step [flags]   a training step of the Transformer, beside PyTorch's in turn
                                  where python3 can import torch

  --engine NAME    ${engineNames.join(', ')} (default onnx-cpu)
  --threads LIST   CPU threads, one measurement each (default 1,2)
  --pairs N        steps of each to compare (default 15)
  --length N       tokens a sequence (default ${referenceStep.length})
  --batch N        sequences a step (default ${referenceStep.batch})
  --json FILE      also write the figures, every single time included, as JSON

  npm run bench -- step --threads 1 --pairs 30 --json step.json`;

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      engine: { type: 'string', default: 'onnx-cpu' },
      threads: { type: 'string', default: '1,2' },
      pairs: { type: 'string', default: '15' },
      length: { type: 'string', default: String(referenceStep.length) },
      batch: { type: 'string', default: String(referenceStep.batch) },
      json: { type: 'string' },
    },
  });
  const [name, ...rest] = positionals;
  if (values.help || name === undefined) return console.log(help);
  if (name !== 'step' || rest.length > 0) {
    throw new UsageError(`Unknown benchmark '${positionals.join(' ')}'. Known benchmarks: step.`);
  }
  if (!(engineNames as readonly string[]).includes(values.engine)) {
    throw new UsageError(
      `Unknown engine '${values.engine}'. Known engines: ${engineNames.join(', ')}.`,
    );
  }
  const threads = values.threads.split(',').map((text) => wholeNumber('--threads', text));
  const pairs = wholeNumber('--pairs', values.pairs);
  const shape = {
    ...referenceStep,
    length: wholeNumber('--length', values.length),
    batch: wholeNumber('--batch', values.batch),
  };
  const report = await benchStep(
    { engine: values.engine, threads, pairs, shape },
    (count, pair) => {
      if (stderr.isTTY) stderr.write(`\r\x1b[K${count} threads: pair ${pair} of ${pairs}`);
    },
  );
  if (stderr.isTTY) stderr.write('\r\x1b[K');
  console.log(formatStep(report));
  if (values.json) await writeWhole(values.json, `${JSON.stringify(report, null, 2)}\n`);
}

function wholeNumber(flag: string, text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new UsageError(`${flag} is '${text}': expected a whole number of at least 1.`);
}

const args = process.argv.slice(2);
const debug = args.includes('--debug');
try {
  await main(args.filter((arg) => arg !== '--debug'));
} catch (error) {
  console.error(debug && error instanceof Error ? error.stack : `Error: ${messageOf(error)}`);
  process.exitCode = exitCode(error);
}
