/** Prints how cells retrained in PyTorch compare with their records, at every distance. */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { exitCode, messageOf, RunError } from '../../core/errors.ts';
import { modelLabel } from '../plan/modelLabel.ts';
import { readRecords } from '../../leaderboards/records/read.ts';
import { compareTwins, type CellComparison, type DistanceComparison } from './compare.ts';
import { readTwins } from './twin.ts';

const here = fileURLToPath(new URL('../../leaderboards/twins', import.meta.url));

const help = `Compares cells retrained in PyTorch (evaluate/twins/retrain.py) with their records.

  npx node evaluate/twins/report.ts [--twins DIR] [--records DIR]

  --twins DIR    what retrain.py wrote (default leaderboards/twins)
  --records DIR  the records (default leaderboards/runs)

The difference is the twin's mean over its seeds less that of the record's cell, with its 95 % interval over test
examples, group by group, and over both examples and seeds.

  agrees        the interval over test examples contains 0
  within-seeds  only the one over seeds does, too
  differs       neither does`;

const number = (share: number) => share.toFixed(3);
const signed = (share: number) => (share < 0 ? '' : '+') + number(share);
const between = ([low, high]: readonly [number, number], show = number) =>
  `[${show(low)}, ${show(high)}]`;

/** One table a cell. */
export function formatComparison(compared: CellComparison): string {
  const { record, twins, distances, limitHolds } = compared;
  const { task, regime } = record.spec;
  const seeds = twins.map(({ seed }) => seed).join(', ');
  const ours = compared.seeds.join(', ');
  const seconds = twins.map((twin) => Math.round(twin.seconds)).join(', ');
  const limit =
    limitHolds === null ? '' : ` Its certified limit ${limitHolds ? 'holds' : 'FAILS'}.`;
  return [
    `${task}, ${modelLabel(record.spec)}, ${regime}: record ${record.id}, seeds ${ours}; twin with seeds ${seeds}, ${seconds} s.${limit}`,
    ...distances.map((row) => `  ${formatDistance(row)}`),
  ].join('\n');
}

function formatDistance(row: DistanceComparison): string {
  const each = (seeds: number[]) => seeds.map(number).join(' ');
  return [
    `distance ${String(row.distance).padStart(4)}`,
    `record ${number(row.ours)} ${between(row.interval)} (${each(row.ourSeeds)})`,
    `twin ${number(row.twin)} (${each(row.seeds)})`,
    `difference ${signed(row.difference)} ${between(row.overExamples, signed)}`,
    ...(row.overSeeds ? [`over seeds ${between(row.overSeeds, signed)}`] : []),
    row.verdict,
  ].join('  ');
}

export function main(args: string[]): number {
  const { values } = parseArgs({
    args,
    options: {
      twins: { type: 'string', default: here },
      records: {
        type: 'string',
        default: fileURLToPath(new URL('../../leaderboards/runs', import.meta.url)),
      },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const compared = compareTwins(readRecords(values.records), readTwins(values.twins));
  if (compared.length === 0) {
    throw new RunError(
      `No twin in ${values.twins} has its record in ${values.records}; train one with retrain.py, or name other folders.`,
    );
  }
  console.log(compared.map(formatComparison).join('\n\n'));
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.exitCode = main(process.argv.slice(2));
  } catch (error) {
    console.error(`Error: ${messageOf(error)}`);
    process.exitCode = exitCode(error);
  }
}
