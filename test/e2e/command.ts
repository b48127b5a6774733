/** Runs the real commands in child processes, as a user does. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * `node <script> <args>`; with `killAfter`, its whole process group gets SIGKILL after so many ms; with
 * `hangUpWhen`, SIGHUP so many ms `after` it has written that to stderr.
 */
export function command(
  script: 'evaluate/cli.ts' | 'generators/cli.ts',
  args: string[],
  {
    killAfter,
    hangUpWhen,
    after = 0,
    env = {},
  }: {
    killAfter?: number;
    hangUpWhen?: RegExp;
    after?: number;
    env?: Record<string, string>;
  } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: root,
      detached: true,
      env: { ...process.env, ...env },
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
    let hungUp = false;
    let hasEnded = false;
    child.stderr.on('data', (chunk: Buffer) => {
      output.stderr += chunk.toString();
      if (hungUp || !hangUpWhen?.test(output.stderr)) return;
      hungUp = true;
      setTimeout(() => hasEnded || process.kill(-child.pid!, 'SIGHUP'), after);
    });
    const timer =
      killAfter === undefined
        ? undefined
        : setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), killAfter);
    child.on('close', (code) => {
      hasEnded = true;
      clearTimeout(timer);
      resolve({ code, ...output });
    });
  });
}
