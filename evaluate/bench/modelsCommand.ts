/**
 * The command around `models.ts`: a line on stderr for each cell, its figures in a file at once, and
 * the tables of what is done, also when it is interrupted.
 */
import { appendFile } from 'node:fs/promises';
import { stderr } from 'node:process';
import { writeWhole } from '../files.ts';
import { benchModels, formatModels, plan, type Cell, type ModelsOptions } from './models.ts';
import { median } from './statistics.ts';

/** Exit code of a command that Ctrl-C ended. */
const interrupted = 130;

export async function runModels(options: ModelsOptions, json?: string): Promise<void> {
  const probes = plan(options);
  if (json) await writeWhole(json, '');
  const stop = new AbortController();
  const onInterrupt = () => stop.abort();
  process.once('SIGINT', onInterrupt);
  const onCell = async (cell: Cell, done: number) => {
    stderr.write(`${describe(cell)}  (${done} of ${probes.length})\n`);
    if (json) await appendFile(json, `${JSON.stringify(cell)}\n`);
  };
  const cells = await benchModels(probes, onCell, stop.signal);
  process.off('SIGINT', onInterrupt);
  if (cells.length > 0) console.log(formatModels(cells));
  if (stop.signal.aborted) process.exitCode = interrupted;
}

function describe(cell: Cell): string {
  const name = `${cell.model}, ${cell.length.toLocaleString('en')} tokens`;
  if ('error' in cell) return `${name}: ${cell.error}`;
  const { times, peakMegabytes } = cell;
  return `${name}: ${median(times).toFixed(0)} ms a step, ${peakMegabytes.toFixed(0)} MB`;
}
