/** Progress of long work on stderr: one line that is written over on a terminal, else plain lines. */

/** Shortest time between two reports, in milliseconds: for a terminal, and for a file or pipe. */
const pause = { terminal: 100, plain: 5000 };

/** A function that reports how many of all examples are done; the last report ends the line. */
export function progressReporter(what: string, out = process.stderr) {
  const terminal = out.isTTY;
  let last = terminal ? 0 : Date.now();
  return (done: number, total: number): void => {
    const now = Date.now();
    if (done < total && now - last < (terminal ? pause.terminal : pause.plain)) return;
    last = now;
    const text = `${what} ${done} of ${total} (${Math.floor((100 * done) / total)} %)`;
    if (!terminal) out.write(`${text}\n`);
    else out.write(`\r\x1b[K${text}${done === total ? '\n' : ''}`);
  };
}
