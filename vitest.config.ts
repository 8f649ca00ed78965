import { defineConfig } from 'vitest/config'
import { folderOfRun } from './test/support/quick-folder.ts'
import WaitingFirst from './test/support/waiting-first.ts'

/** On a disk the tests of the store take four times as long, and nobody misses a test's files after a power cut. */
process.env.TMPDIR ??= folderOfRun()

/** Tests that need a Temporal server share one, started for the run and ended with it. */
const NEEDS_TEMPORAL = ['test/workflows/**/*.test.ts', 'test/recovery/**/*.test.ts', 'test/cli/**/*.test.ts']

/**
 * Left to `npm run test:postgres`, which starts PostgreSQL, `npm run test:package`, which asks the npm registry, and
 * `npm run test:replay`, whose histories grow from release to release.
 */
const NEEDS_MORE = ['**/*.postgres.test.ts', 'test/package/**', 'test/replay/**']

/** Before all others, which import. */
const UNTOLD_IMPORTS = 'test/support/untold-imports.ts'

export default defineConfig({
  test: {
    reporters: ['default', './test/support/totals-reporter.ts'],
    // Reached by what hangs alone, also where a machine is three times slower and does much else: that it comes is what counts.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // Most looks ask the server, at the price of a step of a run.
    expect: { poll: { timeout: 120_000, interval: 150 } },
    // Three times the cores of a small machine: many tests wait. In one hour four took 245 s where six took 228.
    maxWorkers: 6,
    // No module keeps anything, so files may share what is loaded: each for itself, a quarter of all CPU went into loading.
    isolate: false,
    // Node runs TypeScript as it is, and nothing is mocked (`vi.mock` would do nothing): a module runner took a fifth of the CPU of quick tests.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    sequence: { sequencer: WaitingFirst, setupFiles: 'list' },
    projects: [
      {
        extends: true,
        test: {
          name: 'plain',
          include: ['test/**/*.test.ts'],
          exclude: [...NEEDS_TEMPORAL, ...NEEDS_MORE],
          setupFiles: [UNTOLD_IMPORTS],
        },
      },
      {
        extends: true,
        test: {
          name: 'temporal',
          include: NEEDS_TEMPORAL,
          exclude: NEEDS_MORE,
          globalSetup: ['test/support/temporal-server.ts'],
          setupFiles: [UNTOLD_IMPORTS, 'test/support/quiet-runtime.ts'],
        },
      },
    ],
  },
})
