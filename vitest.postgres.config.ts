import { defineConfig } from 'vitest/config'

/** What needs PostgreSQL; each file starts one of its own, from Debian's packages, and stops it again. */
export default defineConfig({
  test: {
    include: ['test/**/*.postgres.test.ts'],
    reporters: ['default', './test/support/totals-reporter.ts'],
    testTimeout: 60_000,
    hookTimeout: 300_000,
    // What is looked for again and again may be late on a busy machine; that it comes is what counts.
    expect: { poll: { timeout: 20_000 } },
  },
})
