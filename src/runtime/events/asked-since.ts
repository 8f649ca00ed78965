/**
 * Since when a run waits for what it asks people now. The run itself says what that is: a reset takes questions back and asks them
 * anew without a further event, so each time counts that the events have, also of what was decided since.
 *
 * @module
 */
import type { EventPort } from '../../core/ports.ts'
import type { PendingApproval } from '../../core/protocol.ts'
import { recordedEvents } from './recorded-events.ts'

export interface AskedSince {
  /** When a tool call or a question was put to people; `undefined` if the events do not tell. */
  approvalMs(approval: Pick<PendingApproval, 'step' | 'toolCallId'>): number | undefined
  /** When a larger budget was first asked for since the last raise. */
  readonly raiseMs?: number
}

/** @throws SealProblem where the run is sealed and its key is out of reach. */
export async function askedSince(events: Pick<EventPort, 'read'>, run: string): Promise<AskedSince> {
  const approvals = new Map<string, number>()
  let raiseMs: number | undefined
  for await (const event of recordedEvents(events, run)) {
    if (event.kind === 'approval-ask') approvals.set(nameOf(event), event.atMs)
    if (event.kind === 'budget-ask') raiseMs ??= event.atMs
    if (event.kind === 'budget-raise') raiseMs = undefined
  }
  return { approvalMs: approval => approvals.get(nameOf(approval)), raiseMs }
}

/** Vendors may use an id again in a later step. */
const nameOf = ({ step, toolCallId }: Pick<PendingApproval, 'step' | 'toolCallId'>) => `${step}/${toolCallId}`
