/**
 * What the events tell of what a run asks people now: since when, and the JSON schema of a question's answer. The run itself says what it
 * asks: a reset takes questions back and asks them anew without a further event, so each event counts, also of what was decided since.
 *
 * @module
 */
import { definedOnly } from '../../core/defined-only.ts'
import type { RunEvent } from '../../core/events.ts'
import type { EventPort } from '../../core/ports.ts'
import type { PendingApproval } from '../../core/protocol.ts'
import { recordedEvents } from './recorded-events.ts'
import type { DatedApproval } from './run-standing.ts'

/** What only the event of an approval has. */
export type OnRecord = Pick<DatedApproval, 'sinceMs' | 'jsonSchema'>

export interface AskedSince {
  /** Of a tool call or a question that was put to people; empty if the events do not tell. */
  approval(approval: Pick<PendingApproval, 'step' | 'toolCallId'>): Partial<OnRecord>
  /** When a larger budget was first asked for since the last raise. */
  readonly raiseMs?: number
}

/** @throws SealProblem where the run is sealed and its key is out of reach. */
export async function askedSince(events: Pick<EventPort, 'read'>, run: string): Promise<AskedSince> {
  const approvals = new Map<string, OnRecord>()
  let raiseMs: number | undefined
  for await (const event of recordedEvents(events, run)) {
    if (event.kind === 'approval-ask') approvals.set(nameOf(event), onRecord(event))
    if (event.kind === 'budget-ask') raiseMs ??= event.atMs
    if (event.kind === 'budget-raise') raiseMs = undefined
  }
  return { approval: approval => approvals.get(nameOf(approval)) ?? {}, raiseMs }
}

function onRecord({ atMs, jsonSchema }: Extract<RunEvent, { kind: 'approval-ask' }>): OnRecord {
  return definedOnly({ sinceMs: atMs, jsonSchema })
}

/** Vendors may use an id again in a later step. */
const nameOf = ({ step, toolCallId }: Pick<PendingApproval, 'step' | 'toolCallId'>) => `${step}/${toolCallId}`
