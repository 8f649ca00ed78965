/**
 * The open runs below one, and what they wait for as far as the store knows.
 *
 * @module
 */
import type { RunState } from '../../core/protocol.ts'
import { type RunReport, SealProblem } from '../../store/index.ts'
import { type DatedApproval, type RunStanding, standingOf, waitingIn } from '../events/run-standing.ts'
import type { Records } from '../store/records.ts'

/** A run below another one, as plain JSON. */
export interface RunBelow extends Pick<RunStanding, 'pending' | 'tools'> {
  readonly report: RunReport
  /** Absent where its events were not read: it is sealed and its key is out of reach, or there are too many runs. */
  readonly status?: Extract<RunState['status'], 'running' | 'waiting' | 'waiting-for-approval'>
  readonly waitingFor?: string
}

/** An approval that a run below waits for. */
export interface AskBelow {
  readonly run: string
  readonly key: string
  readonly approval: DatedApproval
}

/** The approvals that all runs below wait for, as far as the store knows; in the order of the runs. */
export async function asksBelow(store: Pick<Records, 'reports' | 'events'>, run: string): Promise<readonly AskBelow[]> {
  const asked = await store.reports.openBelow(run, { asked: true })
  const below = await Promise.all(asked.map(report => runBelow(store, report)))
  return below.flatMap(({ report: { id, key }, pending }) => pending.map(approval => ({ run: id, key, approval })))
}

/** The events of so many are read, those of the oldest: a run may have thousands below it. */
const MOST_READ = 100

/** The open runs below a run: its children, and theirs. Oldest first. */
export async function runsBelow(store: Pick<Records, 'reports' | 'events'>, run: string): Promise<readonly RunBelow[]> {
  const reports = await store.reports.openBelow(run)
  const read = reports.slice(0, MOST_READ)
  const rest = reports.slice(MOST_READ).map(report => ({ report, pending: [] }))
  return [...(await Promise.all(read.map(report => runBelow(store, report)))), ...rest]
}

async function runBelow({ events }: Pick<Records, 'events'>, report: RunReport): Promise<RunBelow> {
  try {
    return { report, ...stateOf(await standingOf(events, report.key)) }
  } catch (error) {
    if (error instanceof SealProblem) return { report, pending: [] }
    throw error
  }
}

function stateOf(standing: RunStanding): Omit<RunBelow, 'report'> {
  const { waits: _, ...found } = standing
  const waitingFor = waitingIn(standing)
  if (waitingFor === undefined) return { status: 'running', ...found }
  return { status: found.pending.length > 0 ? 'waiting-for-approval' : 'waiting', waitingFor, ...found }
}
