/**
 * A call that goes through a vendor's batch interface: it is handed over, and looked at again and again until its answer is there. No
 * worker is held meanwhile. What was handed over is known by the ledger's row, so whoever comes next finds it.
 *
 * @module
 */
import { definedOnly } from '../../../src/core/defined-only.ts'
import type { Endpoint } from '../../../src/core/endpoints.ts'
import type { Fault } from '../../../src/core/faults/fault.ts'
import type { AttemptRecord, NewAttempt, ReplyFault } from '../../../src/core/ports.ts'
import type { CallModelResult } from '../../../src/core/protocol.ts'
import { BATCH_EXPIRED, batchPauseMs } from '../../../src/core/vendor-batch.ts'
import { timeWords } from '../../../src/core/words/time-words.ts'
import { lookOnce } from '../attempt/attempt.ts'
import { costOfReply } from '../money/cost-of-reply.ts'
import { spentOn } from '../money/spent.ts'
import { hear } from '../reply/hear.ts'
import { batchUntilMs, openBatch } from '../walk/batch-time.ts'
import { putOff } from '../walk/pause.ts'
import { begun, endRow } from '../walk/records.ts'
import { countAttempt, expireBatch } from '../walk/steps.ts'
import type { Next, Walk } from '../walk/walk.ts'

/** A request that its vendor has taken into a batch. */
export interface InBatch {
  readonly batch: string
  readonly attempt: Pick<NewAttempt, 'endpoint' | 'startedAtMs'>
}

/** Leaves the waiting to a durable timer of the workflow. */
export async function waitForBatch(
  walk: Walk,
  { batch, attempt }: InBatch,
  untilMs = batchUntilMs(walk),
): Promise<CallModelResult> {
  const { endpoint, startedAtMs } = attempt
  return lookLater(
    walk,
    startedAtMs,
    untilMs,
    `in batch ${batch} at ${endpoint.provider} since ${timeWords(startedAtMs)}`,
  )
}

/** {@link waitForBatch} where the vendor may have a batch, and cannot be asked for its id now. */
export function waitForList(
  walk: Walk,
  { provider, startedAtMs }: Pick<AttemptRecord, 'provider' | 'startedAtMs'>,
  untilMs = batchUntilMs(walk),
): Promise<CallModelResult> {
  const reason = `perhaps in a batch at ${provider} since ${timeWords(startedAtMs)}, which cannot be asked now`
  return lookLater(walk, startedAtMs, untilMs, reason)
}

async function lookLater(
  walk: Walk,
  sinceMs: number,
  untilMs: number | undefined,
  reason: string,
): Promise<CallModelResult> {
  const nowMs = walk.ports.now()
  const leftMs = (untilMs ?? Infinity) - nowMs
  const ms = Math.ceil(Math.min(batchPauseMs(nowMs - sinceMs), Math.max(1, leftMs)))
  return { ...(await putOff(walk, ms, reason)), inBatch: true }
}

/** Looks at the batch that the call waits for. `undefined` if it waits for none. */
export async function lookAtBatch(walk: Walk): Promise<Next | undefined> {
  const record = openBatch(walk)
  if (!record) return undefined
  const { ports, prepared } = walk
  const endpoint = ports.roster.byId.get(record.endpoint)
  const batch = record.batch!
  // It is configured no more, or without its batch interface: whatever it answers, nobody can hear it.
  if (!endpoint?.batch) return expire(walk, rowOf(walk, record, endpoint ?? endpointOnce(record)), NO_MORE)
  const attempt = rowOf(walk, record, endpoint)
  const looked = await lookOnce(ports, prepared, { ...walkOf(walk), endpoint }, { batch, attempt })
  if (looked.kind === 'replied') return heardIn(walk, endpoint, looked)
  const untilMs = batchUntilMs(walk, record.taskClass)
  const isOverdue = ports.now() >= (untilMs ?? Infinity)
  if (!isOverdue && !prepared.input.withdraws) return { result: await waitForBatch(walk, { batch, attempt }, untilMs) }
  await ports.batches.withdraw(endpoint, batch)
  return isOverdue ? expire(walk, attempt, LATE) : cancel(walk, attempt)
}

/** The end of a call that nobody waits for any more. */
export async function endWithdrawn(walk: Walk): Promise<CallModelResult> {
  await begun(walk)
  return { kind: 'cancelled', ...spentOn(walk.ended) }
}

function walkOf({ prompt, maxOutputTokens, activity }: Walk) {
  return { prompt, maxOutputTokens, signal: activity.cancellationSignal }
}

type Looked = Extract<Awaited<ReturnType<typeof lookOnce>>, { kind: 'replied' }>

/** One that was not answered in its time is held against nobody: the call begins again, as usual. */
async function heardIn(walk: Walk, endpoint: Endpoint, looked: Looked): Promise<Next> {
  const { reply, row } = looked
  if (reply.kind === 'answer' || reply.fault.evidence.code !== BATCH_EXPIRED) return hear(walk, endpoint, looked)
  countAttempt(walk)
  expireBatch(walk)
  await endRow(walk, row, row.end)
  return { event: { kind: 'begin' } }
}

const LATE = 'did not answer a batch in time'
const NO_MORE = 'has a batch, and is configured with a batch interface no more'

async function expire(walk: Walk, attempt: NewAttempt, what: string): Promise<Next> {
  const message = `${attempt.endpoint.id} ${what}. The call is made as usual.`
  const fault: Fault = { kind: 'timed-out', message, evidence: { code: BATCH_EXPIRED } }
  expireBatch(walk)
  await close(walk, attempt, fault)
  return { event: { kind: 'begin' } }
}

async function cancel(walk: Walk, attempt: NewAttempt): Promise<Next> {
  const message = `${attempt.endpoint.id} was told that nobody waits for its batch any more`
  await close(walk, attempt, { kind: 'cancelled', message, evidence: {} })
  return { result: await endWithdrawn(walk) }
}

/** What the vendor has done until then may be billed. */
async function close(walk: Walk, attempt: NewAttempt, fault: Fault): Promise<void> {
  const lost: ReplyFault = { kind: 'fault', fault, billable: 'maybe', timings: { totalMs: 0 } }
  const cost = costOfReply(lost, attempt.endpoint, attempt.worstCase)
  const outcome = fault.kind === 'cancelled' ? 'cancelled' : 'fault'
  countAttempt(walk)
  await endRow(walk, { attempt }, { outcome, fault, ...definedOnly({ cost }), endedAtMs: walk.ports.now() })
}

/** The attempt as it was when it left. Of an open one the ledger has the worst case as its highest cost. */
function rowOf({ prepared }: Walk, record: AttemptRecord, endpoint: Endpoint): NewAttempt {
  const { attemptId, attempt, planned, reason, wireRequestId, catalogVersion, startedAtMs, cost } = record
  return {
    ...{ attemptId, attempt, planned, reason, wireRequestId, catalogVersion, startedAtMs },
    call: prepared.call,
    endpoint,
    worstCase: { tokens: 0, ...(cost && { pico: cost.highPico }) },
  }
}

function endpointOnce({ endpoint: id, provider, model }: AttemptRecord): Endpoint {
  return { id, provider, model, upstream: model, protocol: 'openai-compatible', abilities: [], dataPolicy: {} }
}
