/**
 * The demo as a command: progress while it runs, tables or JSON at its end, and nothing left behind.
 *
 * @module
 */
import { type Closers, createClosers } from '../../runtime/demo/closers.ts'
import type { DemoReport } from '../../runtime/demo/report-types.ts'
import { runDemo } from '../../runtime/demo/run-demo.ts'
import { installLogging } from '../../runtime/logging.ts'
import { createProgress } from './progress.ts'
import { renderReport } from './render-report.ts'
import { watchSignals } from './until-signal.ts'

export interface DemoCommandOptions {
  /** One JSON object on standard output instead of tables. */
  readonly json?: boolean
  /** Leaves server, worker and vendors up until Ctrl-C. */
  readonly keep?: boolean
}

const FAILED = 1

/** Performs the demo and gives the exit code: 0 when every run answered and ledger and meters agree. */
export async function performDemo(options: DemoCommandOptions): Promise<number> {
  installLogging('warn')
  const closers = createClosers()
  const progress = createProgress(process.stderr)
  const signals = watchSignals(() => progress.report('ending what was started'))
  try {
    return await Promise.race([runAndShow(options, closers, progress, signals.came), signals.came])
  } finally {
    progress.stop()
    await closers.close()
    signals.stop()
  }
}

async function runAndShow(
  { json, keep }: DemoCommandOptions,
  closers: Closers,
  progress: ReturnType<typeof createProgress>,
  signalled: Promise<number>,
): Promise<number> {
  const report = await runDemo({ env: process.env, closers, report: progress.report, watcher: progress.watcher })
  progress.stop()
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : renderReport(report, process.stdout.columns))
  for (const problem of report.problems) process.stderr.write(`problem: ${problem}\n`)
  if (keep) await kept(report, signalled)
  return report.problems.length === 0 ? 0 : FAILED
}

async function kept({ runs }: DemoReport, signalled: Promise<number>): Promise<void> {
  const pages = runs.map(({ workflow, url }) => `  ${workflow}: ${url}\n`).join('')
  process.stderr.write(`server, worker and vendors stay up until Ctrl-C; look at\n${pages}`)
  await signalled
}
