/**
 * One attempt: asks one endpoint once, with the gate before the request leaves and the ledger's row around it.
 *
 * @module
 */
import { definedOnly } from '../../src/core/defined-only.ts'
import type { Endpoint } from '../../src/core/endpoints.ts'
import { withLeftOut } from '../../src/core/faults/attempt-reason.ts'
import type { Fault } from '../../src/core/faults/fault.ts'
import { remedyFor } from '../../src/core/faults/remedies.ts'
import type { Message } from '../../src/core/messages.ts'
import { asksForZdr } from '../../src/core/policy/policy.ts'
import { policyBreach } from '../../src/core/policy/policy-breach.ts'
import type {
  AttemptEnd,
  Caching,
  KeptRoute,
  NewAttempt,
  NotReserved,
  Outgoing,
  Pending,
  Permit,
  ReplyAnswer,
  ReplyFault,
  WorstCase,
} from '../../src/core/ports.ts'
import type { AttemptOutcome, TranscriptRef } from '../../src/core/protocol.ts'
import { goesOn } from '../../src/core/routing/ahead.ts'
import { tailPays } from '../../src/core/routing/cache-marks.ts'
import { cacheTtlOf } from '../../src/core/routing/roster.ts'
import { samplingOf } from '../../src/core/settings/sampling.ts'
import type { Least } from './budget.ts'
import { screenFor } from './content.ts'
import { createDeltaWriter } from './deltas.ts'
import type { CallModelPorts } from './ports.ts'
import type { Prepared } from './prepared.ts'
import { costOfReply } from './settle.ts'
import { sharedLimits } from './shared-budgets.ts'
import { mostPercent, worstOf } from './worst-of.ts'

/** What one attempt needs to know: the endpoint, the attempt's number, the prompt and the output limit. */
export interface Attempting {
  readonly endpoint: Endpoint
  readonly attempt: number
  readonly planned: string
  readonly reason: string
  readonly prompt: readonly Message[]
  readonly maxOutputTokens: number
  readonly signal: AbortSignal
  /** The plan that it is the first attempt of. */
  readonly route?: KeptRoute
  readonly permit?: Permit
  /** It goes into a batch. */
  readonly inBatch?: true
  /** Called when money and tokens are reserved and the request leaves, with the transcript of a call that begins with it. */
  readonly onReserved: (transcript: TranscriptRef | undefined) => Promise<void>
  readonly onContent?: () => void
}

/** `short`: the budget did not admit it, and nothing was sent. `row` is absent when nothing was sent for another reason. */
export type Attempted =
  | ({ readonly kind: 'short' } & TurnedAway)
  | { readonly kind: 'submitted'; readonly batch: string; readonly attempt: NewAttempt }
  | {
      readonly kind: 'replied'
      readonly reply: ReplyAnswer | ReplyFault
      readonly row?: OpenRow
      /** The text that people could read as it came. */
      readonly said?: string
    }

interface TurnedAway {
  readonly reserved: NotReserved
  readonly asked: WorstCase
  /** How dear the worst case is counted, in percent of the usual prices. */
  readonly percent: number
  /** Absent if no shorter answer would do. */
  readonly least?: Least | undefined
}

/** The ledger's row of an attempt that left. */
export interface OpenRow {
  readonly attempt: NewAttempt
  /** Present when the call began with this attempt. */
  readonly transcript?: TranscriptRef
  /** It was in a batch, or was to be: that has limits and outages of its own, and says nothing of the endpoint's health. */
  readonly inBatch?: true
  readonly end: AttemptEnd
}

/** Thrown through the provider when the budget does not admit the request; never seen outside of this file. */
class NotAdmitted extends Error {
  readonly turnedAway: TurnedAway
  constructor(turnedAway: TurnedAway) {
    super('the budget does not admit this request')
    this.turnedAway = turnedAway
  }
}

/** Asks once. The row is open when this returns a reply; whoever decides what the reply means ends it. */
export async function askOnce(ports: CallModelPorts, prepared: Prepared, attempting: Attempting): Promise<Attempted> {
  const { call } = prepared
  const target = { run: call.run, step: call.step, attempt: attempting.attempt }
  const deltas = createDeltaWriter(ports, target)
  const wireRequestId = ports.newId()
  let admitted: Omit<OpenRow, 'end'> | undefined
  let said = ''
  const gate = async (outgoing: Outgoing) => {
    admitted = await admit(ports, prepared, { ...attempting, wireRequestId }, outgoing)
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
    if (reply.kind === 'submitted') return await noteBatch(ports, admitted!.attempt, reply.batch)
    return {
      kind: 'replied',
      reply,
      said,
      ...(admitted && {
        row: { ...admitted, ...inBatchOf(attempting, reply), end: endOf(ports, reply, admitted.attempt) },
      }),
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
  const isAwaited = await ports.ledger.noteBatch(attempt.attemptId, batch)
  if (!isAwaited) await ports.batches.withdraw(attempt.endpoint, batch)
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
  looking: Looking,
  { batch, attempt }: { readonly batch: string; readonly attempt: NewAttempt },
): Promise<Pending | { readonly kind: 'replied'; readonly reply: ReplyAnswer | ReplyFault; readonly row: OpenRow }> {
  const { wireRequestId } = attempt
  const ask = { ...askOf(prepared, looking), wireRequestId, gate: async () => {}, onDelta() {} }
  const reply = await ports.batches.look(ask, batch)
  if (reply.kind === 'pending') return reply
  const { firstTokenMs: _first, totalMs: _total, ...end } = endOf(ports, reply, attempt)
  return { kind: 'replied', reply, row: { attempt, inBatch: true, end } }
}

/** What an ask is made of. */
type Looking = Pick<Attempting, 'endpoint' | 'prompt' | 'maxOutputTokens' | 'signal' | 'onContent' | 'inBatch'>

function askOf(prepared: Prepared, attempting: Looking) {
  const { tools, schema, taskClass, input, policies } = prepared
  const { endpoint, prompt, maxOutputTokens, signal, onContent } = attempting
  const { reasoning, providerOptions, stopSequences, ...wanted } = { ...taskClass, ...input.settings }
  // Stop sequences would cut a summary short.
  const sampling = samplingOf(input.sumsUpFor === undefined ? { ...wanted, stopSequences } : wanted)
  return definedOnly({
    endpoint,
    prompt,
    tools,
    toolChoice: input.toolChoice,
    schema,
    settings: { maxOutputTokens, ...sampling, reasoning, providerOptions },
    caching: cachingOf(prepared, attempting),
    zdr: asksForZdr(endpoint, policies),
    signal,
    onContent,
  })
}

/**
 * A summing call sends the transcript in a form of its own, once: there is nothing to cache. A batch mostly takes longer than a cache keeps
 * its prompt for the next call.
 */
function cachingOf({ input, tools, known }: Prepared, { endpoint, inBatch }: Looking): Caching | undefined {
  const { run, sumsUpFor } = input
  if (sumsUpFor !== undefined) return undefined
  const key = known?.cacheKey ?? run.scope ?? run.key
  if (!goesOn(known, tools.length > 0)) return { key, recurring: 'before-last' }
  const gapMs = known?.gapMs
  const pays = gapMs === undefined ? !inBatch : tailPays(endpoint, cacheTtlOf(endpoint), gapMs)
  return { key, recurring: pays ? 'all' : 'system' }
}

/** The gate: the last look at policy and budget before the request leaves, and the row that says it has left. */
async function admit(
  ports: CallModelPorts,
  prepared: Prepared,
  attempting: Attempting & Pick<NewAttempt, 'wireRequestId'>,
  outgoing: Outgoing,
): Promise<Omit<OpenRow, 'end'>> {
  holdToPolicies(ports, prepared, attempting)
  const worstCase = worstOf(ports, prepared, attempting, outgoing)
  const reason = withLeftOut(attempting.reason, outgoing.without)
  const row = rowOf(ports, prepared, { ...attempting, reason, worstCase })
  const reserved = await ports.ledger.beginAttempt(row)
  if (reserved.kind === 'short') throw new NotAdmitted({ reserved, asked: worstCase, percent: mostPercent(outgoing) })
  await attempting.onReserved(reserved.transcript)
  return { attempt: row, ...(reserved.transcript && { transcript: reserved.transcript }) }
}

function rowOf(
  ports: CallModelPorts,
  prepared: Prepared,
  leaving: Attempting & Pick<NewAttempt, 'wireRequestId' | 'worstCase'>,
): NewAttempt {
  const { endpoint, attempt, planned, reason, route, permit, wireRequestId, worstCase } = leaving
  const { call } = prepared
  return definedOnly({
    attemptId: `${call.callId}#${attempt}`,
    attempt,
    call,
    endpoint,
    planned,
    reason,
    route,
    wireRequestId,
    worstCase,
    shared: sharedLimits(ports, prepared, endpoint.provider),
    permit,
    catalogVersion: ports.directory.catalogVersion,
    startedAtMs: ports.now(),
  })
}

/** Policies and content rules once more, on the endpoint and the prompt that this attempt has come to. */
function holdToPolicies(ports: CallModelPorts, prepared: Prepared, { endpoint, prompt }: Attempting): void {
  const breach = policyBreach(endpoint, prepared.policies)
  if (breach)
    throw new Error(
      `${endpoint.id} breaks the ${breach.level} policy (${breach.rule}); nothing was sent. This is a bug`,
    )
  const screened = screenFor(ports, prepared, prompt, endpoint.provider)
  if (screened.kind === 'blocked' || screened.messages.some((message, at) => message !== prompt[at]))
    throw new Error(
      `the prompt for ${endpoint.id} of ${prepared.call.callId} was not held to the content rules; nothing was sent. This is a bug`,
    )
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
