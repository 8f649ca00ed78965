/**
 * The open runs below one, with what of them fails.
 *
 * @module
 */
import type { Client } from '@temporalio/client'
import { definedOnly } from '../../core/defined-only.ts'
import { failingRuns } from '../hearing/failing-runs.ts'
import type { RunBelow } from '../runs/runs-below.ts'
import { unlessUntold } from '../temporal/grpc-answer.ts'

/** A run below, as the server knows it too. */
export interface RunBelowAsked extends RunBelow {
  /** What of it fails and is tried again, how, and what to do. */
  readonly failing?: string
}

/** Asks about those that are at work, as far as the store knows. What the server does not tell in time is left out. */
export async function withFailing(client: Client, below: readonly RunBelow[]): Promise<readonly RunBelowAsked[]> {
  const running = below.filter(({ status }) => status === 'running').map(({ report }) => report)
  if (running.length === 0) return below
  const failing = await failingRuns(client, running).catch(unlessUntold)
  return below.map(each => ({ ...each, ...definedOnly({ failing: failing?.get(each.report.key) }) }))
}
