/**
 * The commands around `models.ts`: a line on stderr for each cell, and the tables of what is done, also
 * when it is interrupted. `models` puts the figures of each cell into a file at once.
 */
import { appendFile } from 'node:fs/promises';
import { stderr } from 'node:process';
import { writeWhole } from '../../core/files.ts';
import { benchModels, formatModels, plan, type Cell, type ModelsOptions } from './models.ts';
import type { ModelProbe } from './probes/models.ts';
import { formatScaling, scalingReport, type ScalingReport } from './scaling.ts';
import { median } from '../../core/math.ts';

/** Exit code of a command that Ctrl-C ended. */
const interrupted = 130;

export async function runModels(options: ModelsOptions, json?: string): Promise<void> {
  const probes = plan(options);
  if (json) await writeWhole(json, '');
  const cells = await measureCells(probes, async (cell) => {
    if (json) await appendFile(json, `${JSON.stringify(cell)}\n`);
  });
  if (cells.length > 0) console.log(formatModels(cells));
}

/** Prints the report and returns it; undefined where it was interrupted before the first cell. */
export async function runScaling(options: ModelsOptions): Promise<ScalingReport | undefined> {
  const cells = await measureCells(plan(options));
  if (cells.length === 0) return undefined;
  const report = scalingReport(cells);
  console.log(formatScaling(report));
  return report;
}

/** The cells that are done when all are, or at Ctrl-C. */
async function measureCells(
  probes: readonly ModelProbe[],
  keep: (cell: Cell) => Promise<void> = async () => {},
): Promise<Cell[]> {
  const stop = new AbortController();
  const onInterrupt = () => stop.abort();
  process.once('SIGINT', onInterrupt);
  const onCell = async (cell: Cell, done: number) => {
    stderr.write(`${describe(cell)}  (${done} of ${probes.length})\n`);
    await keep(cell);
  };
  const cells = await benchModels(probes, onCell, stop.signal);
  process.off('SIGINT', onInterrupt);
  if (stop.signal.aborted) process.exitCode = interrupted;
  return cells;
}

function describe(cell: Cell): string {
  const name = `${cell.model}, ${cell.length.toLocaleString('en')} tokens`;
  if ('error' in cell) return `${name}: ${cell.error}`;
  const { times, peakMegabytes } = cell;
  return `${name}: ${median(times).toFixed(0)} ms a step, ${peakMegabytes.toFixed(0)} MB`;
}
