/**
 * Whether a worker of this machine asks Temporal for work: a worker listens on no port of its own, so its server is asked.
 *
 * @module
 */
import { hostname } from 'node:os'
import type { Client } from '@temporalio/client'
import { lastPollAtMs, servedQueue } from './served-queue.ts'

/** A poll lasts up to a minute, and is counted when it begins. */
const FRESH_MS = 90_000

export interface WorkerHealth {
  readonly healthy: boolean
  readonly namespace: string
  readonly taskQueue: string
  /** As workers of this machine name it in their identity. */
  readonly host: string
  /** When one last asked; absent: none has in the last five minutes, for which the server remembers. */
  readonly askedAtMs?: number
}

export async function workerHealth({ workflowService, options }: Client, taskQueue: string): Promise<WorkerHealth> {
  const place = { namespace: options.namespace, taskQueue, host: hostname() }
  const lastMs = lastPollAtMs(await servedQueue(workflowService, place), place.host)
  if (lastMs === undefined) return { healthy: false, ...place }
  const askedAtMs = Math.round(lastMs)
  return { healthy: Date.now() - askedAtMs < FRESH_MS, ...place, askedAtMs }
}
