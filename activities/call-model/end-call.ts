/**
 * How a call comes to its end: in the lines that it waits in, and in the ledger where it has no answer.
 *
 * @module
 */
import type { LedgerPort, NewCall } from '../../src/core/ports.ts'
import { giveUpStart } from './ask/start.ts'
import { leaveLine, stepOutOfLine } from './budget/line.ts'
import { hasEarlierTry, type Walk } from './walk/walk.ts'

/**
 * Gives up waiting for a start at an endpoint with limits, and for room in a budget. The worker of an earlier try may be alive, and
 * may have come to wait since this one began.
 */
export async function giveUpWaiting(walk: Walk): Promise<void> {
  const isEarlier = hasEarlierTry(walk)
  await giveUpStart(walk, isEarlier || walk.hasTicket)
  await leaveLine(walk, isEarlier || walk.inLine.isWritten)
}

/** {@link giveUpWaiting} for a call that has no answer: the worker of an earlier try may do nothing for it any more either. */
export async function endUnanswered(walk: Walk): Promise<void> {
  if (!hasEarlierTry(walk)) return giveUpWaiting(walk)
  await endCall(walk.ports, walk.prepared.call)
  stepOutOfLine(walk)
}

/** Ends a call in the ledger that has no answer. A worker of an earlier try can then do nothing for it any more. */
export async function endCall(
  { ledger, now }: { readonly ledger: LedgerPort; readonly now: () => number },
  { callId, run, step, part }: NewCall,
): Promise<void> {
  await ledger.endCalls({ callId, run, step, ...(part !== undefined && { part }), endedAtMs: now() })
}
