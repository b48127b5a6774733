/**
 * Progress of long work: on a terminal one line a job, redrawn in place; where output is piped
 * (a log file, Slurm) plain lines at the beginnings, the ends and a few times between.
 */
import { stderr } from 'node:process';

export interface Display {
  update(job: string, text: string, share: number): void;
  /** The job is over; `text` stays on the screen. */
  finish(job: string, text: string): void;
  close(): void;
}

export function openDisplay(stream: NodeJS.WriteStream = stderr): Display {
  return stream.isTTY ? terminalDisplay(stream) : plainDisplay(stream);
}

function terminalDisplay(stream: NodeJS.WriteStream): Display {
  const jobs = new Map<string, string>();
  let drawn = 0;
  let last = 0;
  const clear = () => {
    if (drawn > 0) stream.write(`\x1b[${drawn}A\x1b[0J`);
    drawn = 0;
  };
  const draw = () => {
    clear();
    for (const line of jobs.values())
      stream.write(`${line.slice(0, (stream.columns || 80) - 1)}\n`);
    drawn = jobs.size;
    last = performance.now();
  };
  return {
    update(job, text, share) {
      const filled = Math.round(share * 20);
      jobs.set(job, `${'█'.repeat(filled)}${'░'.repeat(20 - filled)} ${job}  ${text}`);
      if (performance.now() - last > 100) draw();
    },
    finish(job, text) {
      jobs.delete(job);
      clear();
      stream.write(`${job}  ${text}\n`);
      draw();
    },
    close: clear,
  };
}

/** Seconds between two lines of one job. */
const plainEvery = 30;

function plainDisplay(stream: NodeJS.WriteStream): Display {
  const times = new Map<string, number>();
  return {
    update(job, text) {
      const now = performance.now() / 1000;
      if (now - (times.get(job) ?? -Infinity) < plainEvery) return;
      times.set(job, now);
      stream.write(`${job}  ${text}\n`);
    },
    finish(job, text) {
      stream.write(`${job}  ${text}\n`);
    },
    close() {},
  };
}

/** A function that reports how many of a job's examples are done; the last report ends the line. */
export function countReporter(
  job: string,
  stream?: NodeJS.WriteStream,
): (done: number, total: number) => void {
  const display = openDisplay(stream);
  return (done, total) => {
    const text = `${done} of ${total} (${Math.floor((100 * done) / total)} %)`;
    if (done < total) return display.update(job, text, done / total);
    display.finish(job, text);
    display.close();
  };
}

/** 75 -> `1m 15s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${whole % 60}s`;
  return `${Math.floor(whole / 3600)}h ${Math.floor((whole % 3600) / 60)}m`;
}
