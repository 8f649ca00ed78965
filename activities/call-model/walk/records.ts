/**
 * What the ledger is told while a call walks: its beginning, the plan, and the ends of its attempts.
 *
 * @module
 */
import type { Fault } from '../../../src/core/faults/fault.ts'
import type { AttemptEnd, KeptRoute } from '../../../src/core/ports.ts'
import type { TranscriptRef } from '../../../src/core/protocol.ts'
import type { OpenRow } from '../attempt/attempt.ts'
import { scopesOf } from '../money/shared-budgets.ts'
import { endedOf } from '../money/spent.ts'
import { keptRoute } from '../plan/route-record.ts'
import { addEnded, begin, keepTruncated, recordPlan } from './steps.ts'
import { Interrupted, type Walk } from './walk.ts'

/** The transcript of the call. Writes the beginning of a call that ends or waits before it has asked anyone. */
export async function begun(walk: Walk): Promise<TranscriptRef> {
  if (walk.transcript) return walk.transcript
  const route = routeToKeep(walk)
  const call = { ...walk.prepared.call, ...(route && { route }) }
  const transcript = await walk.ports.ledger.noteCall(call)
  begin(walk, transcript)
  recordPlan(walk, route)
  return transcript
}

/** The current plan, if no row has recorded it yet; else `undefined`. */
export function routeToKeep({ ports, prepared, plan, recorded, heldBack }: Walk): KeptRoute | undefined {
  return recorded === plan ? undefined : keptRoute(ports, prepared, plan, heldBack)
}

/** Ends an attempt in the ledger, and wakes the calls that wait for what it gives back. */
export async function endRow(walk: Walk, { attempt }: Pick<OpenRow, 'attempt'>, end: AttemptEnd): Promise<void> {
  await walk.ports.ledger.endAttempt(attempt.attemptId, end)
  addEnded(walk, endedOf(attempt, end))
  wakeWaiting(walk)
}

/** Wakes the calls of this worker that wait for money or tokens in a scope of this call. For when some were given back. */
export function wakeWaiting({ ports, prepared }: Walk): void {
  if (!ports.line.isEmpty) ports.line.freed(scopesOf(ports, prepared))
}

/** Ends the call where it waits or is about to ask, and its activity or its worker was told to end. @throws Interrupted always. */
export async function interruptWait(walk: Walk): Promise<never> {
  await dropTruncated(walk)
  throw new Interrupted(walk.ended)
}

/** A truncated answer that another one replaces is a fault in the ledger, with the cost that it had. */
export async function dropTruncated(walk: Walk): Promise<void> {
  const kept = walk.truncated
  if (!kept) return
  keepTruncated(walk)
  const message = `${kept.row.attempt.endpoint.id} ended at the output limit`
  const fault: Fault = { kind: 'truncated', message, evidence: {} }
  await endRow(walk, kept.row, { ...kept.row.end, outcome: 'fault', fault })
}
