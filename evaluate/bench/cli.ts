/** `npm run bench`: finds the benchmark and turns errors into one sentence and an exit code. */
import { stderr } from 'node:process';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from '../../generators/errors.ts';
import { engineNames } from '../engine/open.ts';
import { exitCode, messageOf } from '../errors.ts';
import { writeWhole } from '../files.ts';
import { benchGenerate, formatGenerate } from './generate.ts';
import { referenceStep } from './step.ts';
import { benchStep, formatStep } from './stepBench.ts';

interface Bench {
  /** Its lines in the help. */
  help: string;
  options: NonNullable<ParseArgsConfig['options']>;
  /** Measures, prints, and returns what --json is to hold. */
  run(values: Record<string, string | undefined>): Promise<unknown>;
}

const progress = (text: string) => {
  if (stderr.isTTY) stderr.write(`\r\x1b[K${text}`);
};

const benches: Record<string, Bench> = {
  step: {
    help: `  npm run bench -- step [flags]   a training step of the Transformer, beside PyTorch's in turn
                                  where python3 can import torch
  --engine NAME    ${engineNames.join(', ')} (default onnx-cpu)
  --threads LIST   CPU threads, one measurement each (default 1,2)
  --pairs N        steps of each to compare (default 15)
  --length N       tokens a sequence (default ${referenceStep.length})
  --batch N        sequences a step (default ${referenceStep.batch})`,
    options: {
      engine: { type: 'string', default: 'onnx-cpu' },
      threads: { type: 'string', default: '1,2' },
      pairs: { type: 'string', default: '15' },
      length: { type: 'string', default: String(referenceStep.length) },
      batch: { type: 'string', default: String(referenceStep.batch) },
    },
    async run(values) {
      const engine = values.engine!;
      if (!(engineNames as readonly string[]).includes(engine)) {
        throw new UsageError(
          `Unknown engine '${engine}'. Known engines: ${engineNames.join(', ')}.`,
        );
      }
      const threads = values.threads!.split(',').map((text) => wholeNumber('--threads', text));
      const pairs = wholeNumber('--pairs', values.pairs!);
      const shape = {
        ...referenceStep,
        length: wholeNumber('--length', values.length!),
        batch: wholeNumber('--batch', values.batch!),
      };
      const report = await benchStep({ engine, threads, pairs, shape }, (count, pair) =>
        progress(`${count} threads: pair ${pair} of ${pairs}`),
      );
      progress('');
      console.log(formatStep(report));
      return report;
    },
  },
  generate: {
    help: `  npm run bench -- generate [flags]   examples a second on one core, and the memory of large sets
  --seconds N      that examples of each task are made for (default 5)
  --examples N     of the sets that are written (default 100000 of listops, 10000 of pathx)`,
    options: { seconds: { type: 'string', default: '5' }, examples: { type: 'string' } },
    async run(values) {
      const seconds = wholeNumber('--seconds', values.seconds!);
      const examples = values.examples && wholeNumber('--examples', values.examples);
      const report = await benchGenerate({ seconds, examples: examples || undefined }, progress);
      progress('');
      console.log(formatGenerate(report));
      return report;
    },
  },
};

const help = `Measures speed and memory.

${Object.values(benches)
  .map((bench) => bench.help)
  .join('\n\n')}

  --json FILE      also write the figures, every single one included, as JSON

  npm run bench -- step --threads 1 --pairs 30 --json step.json`;

async function main([name, ...args]: string[]): Promise<void> {
  if (name === undefined || name === '--help' || name === '-h') return console.log(help);
  const bench = benches[name];
  if (!bench)
    throw new UsageError(
      `Unknown benchmark '${name}'. Known benchmarks: ${Object.keys(benches).join(', ')}.`,
    );
  const { values } = parseArgs({
    args,
    options: {
      ...bench.options,
      help: { type: 'boolean', short: 'h' },
      json: { type: 'string' },
    },
  });
  if (values.help) return console.log(help);
  const report = await bench.run(values as Record<string, string | undefined>);
  const json = values.json as string | undefined;
  if (json) await writeWhole(json, `${JSON.stringify(report, null, 2)}\n`);
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
