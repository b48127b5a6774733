/**
 * A child process for what strangers made: under Node's permission model (no files but those named,
 * no child processes, no threads), with an empty environment, bounded in time and memory, and where
 * the system has user namespaces (Linux, `unshare`), without a network.
 *
 * Native code is the hole in that model: ONNX Runtime needs --allow-addons.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RunError } from '../../core/errors.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Guard {
  script: URL;
  /** Folders that may be read, besides this package and what it depends on. */
  reads?: string[];
  /** Folders that may be written. */
  writes?: string[];
  seconds: number;
  bytes: number;
  /** Aborted to end it. */
  stop?: AbortSignal | undefined;
}

export class LimitError extends RunError {
  override name = 'LimitError';
}

/** Milliseconds between two looks at the memory. */
const lookEvery = 50;

/** Sends `order`, hands every message but the last to `onMessage`, and resolves to the last: `{ end }`. */
export function guarded<End>(
  guard: Guard,
  order: unknown,
  onMessage: (message: unknown) => void = () => undefined,
): Promise<{ end: End; peakBytes: number }> {
  return new Promise((resolve, reject) => {
    const child = start(guard);
    let end: { end: End } | undefined;
    let problem: Error | undefined;
    let peakBytes = 0;
    const kill = (error: Error) => {
      problem ??= error;
      child.kill('SIGKILL');
    };
    const onStop = () => kill(new RunError('Stopped.'));
    guard.stop?.addEventListener('abort', onStop);
    const timer = setTimeout(
      () => kill(new LimitError(`it took more than ${guard.seconds} seconds`)),
      guard.seconds * 1000,
    );
    const look = setInterval(() => {
      const bytes = memoryOf(child.pid!);
      peakBytes = Math.max(peakBytes, bytes);
      if (bytes > guard.bytes)
        kill(
          new LimitError(`it took more than ${Math.round(guard.bytes / 2 ** 20)} MiB of memory`),
        );
    }, lookEvery);
    let errors = '';
    child.stderr!.on(
      'data',
      (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-2000)),
    );
    child.on('message', (message: { end?: End; error?: string }) => {
      if (typeof message !== 'object' || message === null) return;
      if ('error' in message) kill(new RunError(String(message.error).slice(0, 500)));
      else if ('end' in message) {
        end = { end: message.end };
        child.kill('SIGKILL');
      } else onMessage(message);
    });
    child.on('error', (error) => kill(error));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      clearInterval(look);
      guard.stop?.removeEventListener('abort', onStop);
      if (problem) reject(problem);
      else if (end) resolve({ ...end, peakBytes });
      else {
        const last = errors.split('\n').findLast((line) => /Error|error/.test(line)) ?? '';
        reject(
          new RunError(
            `its process ended with ${signal ?? `code ${code}`}: ${last.trim().slice(0, 300)}`,
          ),
        );
      }
    });
    child.send(order as object, (error) => error && kill(error));
  });
}

function start({ script, reads = [], writes = [] }: Guard): ChildProcess {
  const readable = [root, realpathSync(`${root}node_modules`), ...reads, ...writes];
  const args = [
    '--permission',
    '--allow-addons',
    // Said at every start, about the hole that is documented above.
    '--disable-warning=SecurityWarning',
    '--disable-warning=ExperimentalWarning',
    ...readable.map((folder) => `--allow-fs-read=${folder.replace(/\/*$/, '/')}*`),
    ...writes.map((folder) => `--allow-fs-write=${folder.replace(/\/*$/, '/')}*`),
    fileURLToPath(script),
  ];
  const options = {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'] as ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced' as const,
    env: { PATH: process.env.PATH ?? '', TMPDIR: writes[0] ?? '' },
    cwd: root,
  };
  return hasNamespaces()
    ? spawn('unshare', ['--user', '--net', process.execPath, ...args], options)
    : spawn(process.execPath, args, options);
}

let namespaces: boolean | undefined;

/** Whether a process may give up the network here. */
export function hasNamespaces(): boolean {
  if (namespaces === undefined) {
    try {
      execFileSync('unshare', ['--user', '--net', 'true'], { stdio: 'ignore' });
      namespaces = true;
    } catch {
      namespaces = false;
    }
  }
  return namespaces;
}

/** Bytes of a process in memory; 0 where the system does not tell. */
function memoryOf(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
