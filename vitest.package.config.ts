import { defineConfig } from 'vitest/config'

/** Packs the package and installs it into an empty project, which needs the npm registry. */
export default defineConfig({
  test: {
    include: ['test/package/**/*.test.ts'],
    reporters: ['default', './test/support/totals-reporter.ts'],
    globalSetup: ['test/support/temporal-server.ts'],
    // Packing builds into one folder.
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
})
