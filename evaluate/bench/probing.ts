/** Measurements in a child process (`probe.ts`), one at a time. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const probeScript = fileURLToPath(new URL('./probe.ts', import.meta.url));

/**
 * @param job name of a file in `probes/`
 * @throws the error of the process, with its `stderr`
 */
export async function runProbe<Figures>(
  job: 'generate' | 'models' | 'wasm',
  request: unknown,
  signal?: AbortSignal,
): Promise<Figures> {
  const args = [probeScript, job, JSON.stringify(request)];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    ...(signal && { signal }),
  });
  return JSON.parse(stdout) as Figures;
}
