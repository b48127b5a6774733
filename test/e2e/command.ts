/** Runs the real commands in child processes, as a user does. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A signal to the whole process group: so many ms after its start, or after it has written `when` to stderr. */
export interface Signal {
  signal: 'SIGKILL' | 'SIGHUP';
  after: number;
  when?: RegExp;
}

/** `node <script> <args>` */
export function command(
  script: 'evaluate/cli.ts' | 'generators/cli.ts',
  args: string[],
  { send, env = {} }: { send?: Signal; env?: Record<string, string> } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: root,
      detached: true,
      env: { ...process.env, ...env },
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
    let timer: NodeJS.Timeout | undefined;
    const startTimer = ({ signal, after }: Signal) => {
      timer ??= setTimeout(() => process.kill(-child.pid!, signal), after);
    };
    if (send && !send.when) startTimer(send);
    child.stderr.on('data', (chunk: Buffer) => {
      output.stderr += chunk.toString();
      if (send?.when?.test(output.stderr)) startTimer(send);
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, ...output });
    });
  });
}
