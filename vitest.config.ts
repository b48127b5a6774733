import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// What Node compiled is kept for the many processes that tests start, and for the next time.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(
  new URL('node_modules/.cache/compiled', import.meta.url),
);

// Forks, because native tensor libraries cannot be loaded into a second worker thread.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Files share two processes, which read the libraries once; no test may leave anything behind.
    isolate: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
