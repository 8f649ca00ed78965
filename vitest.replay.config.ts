import { defineConfig } from 'vitest/config'

/** Recorded histories against the workflows of today; no server is needed. */
export default defineConfig({
  test: {
    include: ['test/replay/**/*.test.ts'],
    reporters: ['default', './test/support/totals-reporter.ts'],
    testTimeout: 300_000,
  },
})
