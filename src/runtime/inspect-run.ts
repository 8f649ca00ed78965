/**
 * One run from both sides: what the store has recorded, and what the run itself says while it is open.
 *
 * @module
 */
import { type Connection, isGrpcServiceError } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'
import type { RunState } from '../core/protocol.ts'
import { type CallReport, type DecisionReport, type RunReport, SealProblem, type Store } from '../store/index.ts'
import type { Signalbox } from './client.ts'
import { partsOfRun, type RunPart } from './run-parts.ts'
import { lastPollAtMs } from './temporal/last-poll.ts'

/** A wait, as the run's events tell it. */
export interface RunWait {
  readonly step: number
  readonly ms: number
  readonly reason: string
  readonly atMs: number
}

export interface Inspection {
  /** Absent while no worker has opened the run, and for one of another store. */
  readonly report?: RunReport
  /** Oldest first. */
  readonly calls: readonly CallReport[]
  /** Who decided on tool calls, oldest first. */
  readonly decisions: readonly DecisionReport[]
  /** Waits for vendors or for money, oldest first. */
  readonly waits: readonly RunWait[]
  /** What it is made of at Temporal, oldest first; none where the server no longer has it. */
  readonly parts: readonly RunPart[]
  /** Absent when the run has ended, or no worker can answer for it. */
  readonly state?: RunState
  /** Why there is no state, where one would be expected. */
  readonly note?: string
}

/** A state comes at once from a worker that has the run, and after a replay from another: seconds, not more. */
const ASK_MS = 10_000

const MOST_CALLS = 1_000

const EVENTS_AT_ONCE = 1_000

/** @throws WorkflowNotFoundError when neither the store nor the server knows the run. */
export async function inspectRun(signalbox: Signalbox, id: string): Promise<Inspection> {
  const store = await signalbox.store()
  const report = await store.reports.run(id)
  const recorded = report ? await recordsOf(store, report) : NO_RECORDS
  if (report?.endedAtMs !== undefined)
    return { report, ...recorded, parts: await partsOfRun(signalbox.client, report.id) }
  const told = await stateOf(signalbox, report?.id ?? id, report !== undefined)
  const parts = await partsOfRun(signalbox.client, report?.id ?? id)
  return { ...(report && { report }), ...recorded, parts, ...told }
}

type Records = Pick<Inspection, 'calls' | 'decisions' | 'waits'>

const NO_RECORDS: Records = { calls: [], decisions: [], waits: [] }

async function recordsOf({ reports, events }: Store, { key }: RunReport): Promise<Records> {
  const calls = await reports.calls({ run: key, limit: MOST_CALLS })
  return { calls, decisions: await reports.decisions(key), waits: await waitsOf(events, key) }
}

/** Of a run whose content was purged nobody knows them any more. */
async function waitsOf(events: Store['events'], key: string): Promise<readonly RunWait[]> {
  const waits: RunWait[] = []
  try {
    for (let after = 0; ; ) {
      const batch = await events.read(key, after, EVENTS_AT_ONCE)
      for (const event of batch) {
        after = event.offset
        if (event.kind === 'wait')
          waits.push({ step: event.step, ms: event.ms, reason: event.reason, atMs: event.atMs })
      }
      if (batch.length < EVENTS_AT_ONCE) return waits
    }
  } catch (error) {
    if (error instanceof SealProblem) return []
    throw error
  }
}

/** @throws WorkflowNotFoundError when the server knows no run of that id. */
export async function assertRun({ client }: Signalbox, id: string): Promise<void> {
  await client.workflow.getHandle(id).describe()
}

async function stateOf(
  signalbox: Signalbox,
  id: string,
  isRecorded: boolean,
): Promise<Pick<Inspection, 'state' | 'note'>> {
  const deadline = Date.now() + ASK_MS
  try {
    return { state: await signalbox.client.withDeadline(deadline, () => signalbox.run(id).state()) }
  } catch (error) {
    if (error instanceof WorkflowNotFoundError && isRecorded)
      return { note: 'the Temporal server no longer has it, and its end was never written' }
    const answer = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error
    if (!isGrpcServiceError(answer)) throw error
    return { note: await silenceWords(signalbox, id, answer) }
  }
}

/** gRPC's codes for an answer that did not come in time: cancelled by us, or deadline exceeded. The server waits for a worker. */
const TOO_LATE: readonly number[] = [1, 4]

async function silenceWords(
  { client }: Signalbox,
  id: string,
  { code, details }: { readonly code: number; readonly details: string },
): Promise<string> {
  if (!TOO_LATE.includes(code)) return `its state cannot be asked now: ${details}; look whether a worker runs`
  const { taskQueue } = await client.workflow.getHandle(id).describe()
  const lastAtMs = await lastPollAtMs(client.connection as Connection, {
    namespace: client.options.namespace,
    taskQueue,
  })
  const asked = `its state cannot be asked now: no worker answered for it within ${ASK_MS / 1_000} s`
  if (lastAtMs !== undefined) return `${asked}, though one serves its task queue ${taskQueue}; look at its log`
  return `${asked}, for none serves its task queue ${taskQueue}; start one with \`signalbox worker --task-queue ${taskQueue}\``
}
