import { defineConfig } from 'vitest/config';

// Forks, because native tensor libraries cannot be loaded into a second worker thread.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
