/**
 * The child process of one measurement, so that its memory and its failures are its own:
 * `node probe.ts JOB REQUEST`, the request and the figures that are printed as JSON.
 */

const jobs: Record<string, () => Promise<{ measure(request: never): Promise<unknown> }>> = {
  generate: () => import('./probes/generate.ts'),
  models: () => import('./probes/models.ts'),
  gpu: () => import('./probes/gpu.ts'),
  wasm: () => import('./probes/wasm.ts'),
};

const [, , job, request] = process.argv;
const { measure } = await jobs[job!]!();
const figures = await measure(JSON.parse(request!) as never);
if (figures !== undefined) console.log(JSON.stringify(figures));
if (process.connected) process.disconnect();
// Backends may keep the process alive.
process.exit(0);
