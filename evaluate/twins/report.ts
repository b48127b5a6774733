/** Prints how cells retrained in PyTorch compare with their records, at every distance. */
import { fileURLToPath } from 'node:url';
import { command } from '../../core/cli/command.ts';
import { flag, folder } from '../../core/cli/flags.ts';
import { main } from '../../core/cli/program.ts';
import { RunError } from '../../core/errors.ts';
import { modelLabel } from '../plan/modelLabel.ts';
import { readRecords } from '../../leaderboards/records/read.ts';
import { compareTwins, type CellComparison, type DistanceComparison } from './compare.ts';
import { readTwins, type Twin } from './twin.ts';

const folderOf = (name: string) =>
  fileURLToPath(new URL(`../../leaderboards/${name}`, import.meta.url));

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
  const endings = twins.flatMap(({ ending }) => (ending ? [endingText(ending)] : []));
  const own = record.result?.ending;
  const ended =
    endings.length > 0 && own ? `\n  record ${endingText(own)}; twin ${endings.join(', ')}` : '';
  return [
    `${task}, ${modelLabel(record.spec)}, ${regime}: record ${record.id}, seeds ${ours}; twin with seeds ${seeds}, ${seconds} s.${limit}${ended}`,
    ...distances.map((row) => `  ${formatDistance(row)}`),
  ].join('\n');
}

const endingText = ({ reason, steps }: NonNullable<Twin['ending']>) => `${reason} at ${steps}`;

function formatDistance(row: DistanceComparison): string {
  const each = (seeds: number[]) => seeds.map(number).join(' ');
  const { use } = row;
  return [
    row.distance === null ? 'test split' : `distance ${String(row.distance).padStart(4)}`,
    ...(use ? [`use: record ${number(use.ours)} twin ${number(use.twin)}`] : []),
    `record ${number(row.ours)} ${between(row.interval)} (${each(row.ourSeeds)})`,
    `twin ${number(row.twin)} (${each(row.seeds)})`,
    `difference ${signed(row.difference)} ${between(row.overExamples, signed)}`,
    ...(row.overSeeds ? [`over seeds ${between(row.overSeeds, signed)}`] : []),
    row.verdict,
  ].join('  ');
}

export const report = command({
  name: 'npx node evaluate/twins/report.ts',
  about: 'Compares cells retrained in PyTorch (evaluate/twins/retrain.py) with their records.',
  flags: {
    twins: flag(folder, {
      default: folderOf('twins'),
      shown: 'leaderboards/twins',
      help: 'folder that retrain.py wrote',
    }),
    records: flag(folder, {
      default: folderOf('runs'),
      shown: 'leaderboards/runs',
      help: 'folder of the records',
    }),
  },
  notes: `The difference is the twin's mean over its seeds minus that of the record's cell, with its 95 %
interval over test examples, group by group, and over both examples and seeds. Accuracies; where groups
are tables of questions, use stands before them. Endings: why the training's stable phase ended, and its steps.

  agrees        the interval over test examples contains 0
  within-seeds  only the interval over seeds contains 0, too
  differs       neither does`,
  examples: [''],
  async run({ twins, records }) {
    const compared = compareTwins(readRecords(records), readTwins(twins));
    if (compared.length === 0)
      throw new RunError(
        `No twin in ${twins} has its record in ${records}; train one with retrain.py, or name other folders.`,
      );
    console.log(compared.map(formatComparison).join('\n\n'));
  },
});

if (process.argv[1] === fileURLToPath(import.meta.url)) await main((args) => report.run(args));
