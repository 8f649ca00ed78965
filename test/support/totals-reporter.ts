import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node'

/** Prints the last line of a test run, the one that machines and people in a hurry read. */
export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[], reason: TestRunEndReason): void {
    const count = { passed: 0, failed: 0, skipped: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        count[state === 'pending' ? 'skipped' : state] += 1
      }
      if (module.state() === 'failed' && [...module.children.allTests('failed')].length === 0) count.failed += 1
    }
    // An error outside of any test fails the run, though every test in it may have passed.
    const isFailed = reason !== 'passed' || unhandled.length > 0
    if (isFailed && count.failed === 0) count.failed += Math.max(1, unhandled.length)
    process.once('exit', () => {
      process.stdout.write(`tests: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`)
    })
  }
}
