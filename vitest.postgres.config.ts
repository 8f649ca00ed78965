import { defineConfig } from 'vitest/config'

/** What needs PostgreSQL; each file starts one of its own, from Debian's packages, and stops it again. */
export default defineConfig({
  test: {
    include: ['test/**/*.postgres.test.ts'],
    reporters: ['default', './test/support/totals-reporter.ts'],
    // As in the others' configuration: for what hangs.
    testTimeout: 240_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
  },
})
