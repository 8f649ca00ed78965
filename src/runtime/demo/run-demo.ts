/**
 * The demo from its first line to its report.
 *
 * @module
 */
import type { Closers } from '../closers.ts'
import { createReport } from './create-report.ts'
import { type DemoWatcher, type PerformedRun, perform } from './perform.ts'
import type { DemoReport } from './report-types.ts'
import { type DemoStage, startStage } from './start-stage.ts'

export interface DemoOptions {
  readonly env: NodeJS.ProcessEnv
  /** Receives everything that must end; closed by the caller, whatever this function does. */
  readonly closers: Closers
  /** One line for each thing that is found, downloaded or started. */
  readonly report: (line: string) => void
  readonly watcher: DemoWatcher
}

/** More than the demo has; the ledger's reports are bounded for those who ask about months. */
const MAX_CALLS = 1_000

/**
 * Starts the product, lets both runs work, and reports.
 *
 * @throws Error when a part cannot be started or is lost; runs that end otherwise than answered are in the report.
 */
export async function runDemo({ env, closers, report, watcher }: DemoOptions): Promise<DemoReport> {
  const stage = await startStage({ env, closers, report })
  const lost = stage.lost.then(what => Promise.reject(new Error(what)))
  const runs = await Promise.race([perform(stage, closers, watcher), lost])
  return reportOn(stage, runs)
}

async function reportOn({ store, directory, meter }: DemoStage, runs: readonly PerformedRun[]): Promise<DemoReport> {
  const calls = await Promise.all(runs.map(({ id }) => store.reports.calls({ run: id, limit: MAX_CALLS })))
  return createReport({ runs, calls: calls.flat(), metered: meter(), directory })
}
