/**
 * One attempt: asks one endpoint once, with the gate before the request leaves and the ledger's row around it.
 *
 * @module
 */
import { definedOnly } from '../../../src/core/defined-only.ts'
import type { Fault } from '../../../src/core/faults/fault.ts'
import { remedyFor } from '../../../src/core/faults/remedies.ts'
import type { AttemptEnd, NewAttempt, Outgoing, Pending, ReplyAnswer, ReplyFault } from '../../../src/core/ports.ts'
import type { AttemptOutcome } from '../../../src/core/protocol.ts'
import { costOfReply } from '../money/cost-of-reply.ts'
import type { CallModelPorts } from '../ports.ts'
import type { Prepared } from '../prepare/prepared.ts'
import { type Asking, askOf } from './ask-of.ts'
import { createDeltaWriter } from './deltas.ts'
import { admit, type Leaving, NotAdmitted, type TurnedAway } from './gate.ts'

/** What one attempt needs to know: what is asked, and what the gate looks at. */
export interface Attempting extends Asking, Leaving {}

/** `short`: the budget did not admit it, and nothing was sent. `unsure`: its vendor may have it in a batch. `row` is absent when nothing was sent for another reason. */
export type Attempted =
  | ({ readonly kind: 'short' } & TurnedAway)
  | { readonly kind: 'submitted'; readonly batch: string; readonly attempt: NewAttempt }
  | { readonly kind: 'unsure'; readonly attempt: NewAttempt }
  | {
      readonly kind: 'replied'
      readonly reply: ReplyAnswer | ReplyFault
      readonly row?: OpenRow
      /** The text that people could read as it came. */
      readonly said?: string
    }

export type Replied = Extract<Attempted, { kind: 'replied' }>

/** The ledger's row of an attempt that left. */
export interface OpenRow {
  readonly attempt: NewAttempt
  /** It was in a batch, or was to be: that has limits and outages of its own, and says nothing of the endpoint's health. */
  readonly inBatch?: true
  readonly end: AttemptEnd
}

/** Asks once. The row is open when this returns a reply; whoever decides what the reply means ends it. */
export async function askOnce(ports: CallModelPorts, prepared: Prepared, attempting: Attempting): Promise<Attempted> {
  const { call } = prepared
  const target = { run: call.run, step: call.step, attempt: attempting.attempt }
  const deltas = createDeltaWriter(ports, target)
  const wireRequestId = ports.newId()
  let row: NewAttempt | undefined
  let said = ''
  const gate = async (outgoing: Outgoing) => {
    row = await admit(ports, prepared, { ...attempting, wireRequestId }, outgoing)
  }
  try {
    const onDelta = (kind: 'text' | 'reasoning', text: string) => {
      // Text may still arrive from an attempt that was told to end. Readers are not shown it.
      if (attempting.signal.aborted) return
      deltas.write(kind, text)
      if (kind === 'text') said += text
    }
    const ask = { ...askOf(prepared, attempting), wireRequestId, gate, onDelta }
    const reply = attempting.inBatch ? await ports.batches.submit(ask) : await ports.models.ask(ask)
    if (reply.kind === 'submitted') return await noteBatch(ports, row!, reply.batch)
    if (reply.kind === 'unsure') return { kind: 'unsure', attempt: row! }
    return {
      kind: 'replied',
      reply,
      said,
      ...(row && { row: { attempt: row, ...inBatchOf(attempting, reply), end: endOf(ports, reply, row) } }),
    }
  } catch (error) {
    if (error instanceof NotAdmitted) return { kind: 'short', ...error.turnedAway }
    throw error
  } finally {
    await deltas.close()
  }
}

/** This worker may have been believed lost, and its run may have ended: then nobody would ever look at the batch. */
async function noteBatch(ports: CallModelPorts, attempt: NewAttempt, batch: string): Promise<Attempted> {
  const noted = await ports.ledger.noteBatch(attempt.attemptId, batch)
  if (noted !== 'open') await ports.batches.withdraw(attempt.endpoint, batch)
  return { kind: 'submitted', batch, attempt }
}

/** The key and the account are the same for every request, so what a batch is refused for them others would be too. */
function inBatchOf({ inBatch }: Attempting, reply: ReplyAnswer | ReplyFault): Pick<OpenRow, 'inBatch'> {
  const health = reply.kind === 'fault' ? remedyFor(reply.fault.kind).health : undefined
  const isOfKey = health === 'opens' || health === 'opens-until-reset'
  return inBatch && !isOfKey ? { inBatch } : {}
}

/** Looks at a batch that was submitted before, perhaps by another worker. */
export async function lookOnce(
  ports: CallModelPorts,
  prepared: Prepared,
  looking: Asking,
  { batch, attempt }: { readonly batch: string; readonly attempt: NewAttempt },
): Promise<Pending | { readonly kind: 'replied'; readonly reply: ReplyAnswer | ReplyFault; readonly row: OpenRow }> {
  const { wireRequestId } = attempt
  const ask = { ...askOf(prepared, looking), wireRequestId, gate: async () => {}, onDelta() {} }
  const reply = await ports.batches.look(ask, batch)
  if (reply.kind === 'pending') return reply
  const { firstTokenMs: _first, totalMs: _total, ...end } = endOf(ports, reply, attempt)
  return { kind: 'replied', reply, row: { attempt, inBatch: true, end } }
}

function endOf(ports: CallModelPorts, reply: ReplyAnswer | ReplyFault, row: NewAttempt): AttemptEnd {
  const { usage, reportedCostPico, requestId, timings } = reply
  const fault = reply.kind === 'fault' ? reply.fault : undefined
  return definedOnly({
    outcome: outcomeOf(fault),
    fault,
    reportedCostPico,
    usage,
    cost: costOfReply(reply, row.endpoint, row.worstCase),
    requestId,
    ...timings,
    endedAtMs: ports.now(),
  })
}

function outcomeOf(fault: Fault | undefined): AttemptOutcome {
  if (!fault) return 'answered'
  return fault.kind === 'cancelled' ? 'cancelled' : 'fault'
}
