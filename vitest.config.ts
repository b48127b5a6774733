import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Node keeps what it compiled, for the many processes that tests start and for the next time.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(
  new URL('node_modules/.cache/compiled', import.meta.url),
);

/** Tests that take longer, by the project that runs them: commands, trained models, the site. */
const slow = {
  commands: [
    'test/e2e/**/*.test.ts',
    'test/evaluate/{bench,pack,twins}/**/*.test.ts',
    'test/generators/{cli,commands/*}.test.ts',
  ],
  training: [
    'test/evaluate/{audit,engine,launch,runs,submissions,training}/**/*.test.ts',
    'test/parity/**/*.test.ts',
  ],
  site: ['test/site/*.test.ts'],
};
const project = (name: string, include: string[], exclude: string[] = []) => ({
  extends: true as const,
  test: { name, include, exclude },
});

// Forks, because native tensor libraries cannot be loaded into a second worker thread.
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 3,
    // Files share processes, which load the libraries once; a test puts back whatever it changes.
    // Three, because some wait for a browser or a scheduler.
    isolate: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      ...Object.entries(slow).map(([name, include]) => project(name, include)),
      project('unit', ['test/**/*.test.ts'], Object.values(slow).flat()),
    ],
  },
});
