/**
 * The demo as a command: progress while it runs, tables or JSON at its end, and nothing left behind.
 *
 * @module
 */
import { type Closers, createClosers } from '../../runtime/closers.ts'
import { runDemo } from '../../runtime/demo/run-demo.ts'
import { watchSignals } from '../../runtime/watch-signals.ts'
import { EXIT } from '../exit-codes.ts'
import { printJson } from '../print/json.ts'
import type { Terminal } from '../terminal.ts'
import { createProgress, type Progress } from './progress.ts'
import { renderReport } from './render-report.ts'

export interface DemoOptions {
  /** One JSON object on standard output instead of tables. */
  readonly json?: boolean
  /** Leaves server, worker and vendors up until Ctrl-C. */
  readonly keep?: boolean
}

/**
 * Performs the demo. The exit code is 0 when every run answered, and ledger and meters agree, also where Ctrl-C ends what was kept.
 */
export async function performDemo(options: DemoOptions, terminal: Terminal): Promise<void> {
  const closers = createClosers()
  const progress = createProgress(process.stderr)
  const signals = watchSignals(() => progress.report('ending what was started'))
  let isShown = false
  const shown = showDemo(options, { terminal, closers, progress }).then(() => {
    isShown = true
    return options.keep ? signals.came : undefined
  })
  try {
    await Promise.race([shown, signals.came])
  } finally {
    progress.stop()
    await closers.close()
    signals.stop()
  }
  // A download or a start that was under way would keep the process alive.
  const code = signals.exitCode()
  if (code !== undefined) process.exit(isShown ? terminal.exitCode : code)
}

interface Stagehands {
  readonly terminal: Terminal
  readonly closers: Closers
  readonly progress: Progress
}

async function showDemo({ json, keep }: DemoOptions, { terminal, closers, progress }: Stagehands): Promise<void> {
  const report = await runDemo({ env: terminal.env, closers, report: progress.report, watcher: progress.watcher })
  progress.stop()
  if (json) printJson(terminal, report)
  else terminal.print(renderReport(report, { screen: terminal, kept: keep }))
  for (const problem of report.problems) terminal.note(`problem: ${problem}`)
  if (report.problems.length > 0) terminal.end(EXIT.runFailed)
  if (keep) terminal.note('Server, worker and vendors keep running until Ctrl-C.')
}
