/**
 * Takes in what an attempt has come to: health hears of it, the ledger gets its end, and an answer goes to the journal.
 *
 * @module
 */
import type { Endpoint } from '../../../src/core/endpoints.ts'
import { readReason } from '../../../src/core/faults/attempt-reason.ts'
import type { Fault } from '../../../src/core/faults/fault.ts'
import { remedyFor } from '../../../src/core/faults/remedies.ts'
import type { AttemptEnd, ReplyAnswer } from '../../../src/core/ports.ts'
import { isCancelRequested, isGivenUp } from '../../heartbeat.ts'
import type { OpenRow, Replied } from '../attempt/attempt.ts'
import { isMisshapen, type Misshapen } from '../attempt/misshapen.ts'
import { endedOf, spentOn } from '../money/spent.ts'
import { learnMostOutput } from '../plan/most-output.ts'
import { begun, dropTruncated, endRow, wakeWaiting } from '../walk/records.ts'
import { addEnded, countAttempt, keepMisshapen, keepTruncated } from '../walk/steps.ts'
import { Interrupted, type Next, type Walk, warmTokensAt } from '../walk/walk.ts'
import { commit } from './commit.ts'
import { judgeReply } from './judge.ts'
import { mendOf } from './mend.ts'

/** Takes in an attempt's reply. Returns the event for the remedy machine, or the call's result. */
export async function hear(walk: Walk, endpoint: Endpoint, attempted: Replied): Promise<Next> {
  const { reply, row } = attempted
  if (row) countAttempt(walk)
  if (reply.limits) walk.ports.health.record(endpoint.id, { kind: 'told', limits: reply.limits })
  if (reply.kind === 'fault') {
    if (reply.fault.kind === 'cancelled') return interrupt(walk, endpoint, attempted)
    return lose(walk, endpoint, { fault: reply.fault }, row)
  }
  if (!row) throw new Error(`${endpoint.id} answered a request that never passed the gate. This is a bug`)
  const judged = judgeReply(walk.prepared, reply, endpoint.id)
  if (judged.kind === 'answer') {
    await dropTruncated(walk)
    return answer(walk, reply, row, judged.value)
  }
  if (judged.fault.kind !== 'truncated') return lose(walk, endpoint, { ...judged, reply }, row)
  // Recorded at once, and not when the answer is taken: while a probe is unreported, nobody else is let at the endpoint.
  if (!row.inBatch) walk.ports.health.record(endpoint.id, { kind: 'fault', fault: judged.fault })
  await dropTruncated(walk)
  keepTruncated(walk, { reply, row })
  const canGrow = walk.plan.canGrow(endpoint.id, walk.maxOutputTokens) && walk.short === undefined
  return { event: { kind: 'fault', endpoint: endpoint.id, fault: judged.fault, canGrow } }
}

/** Takes in an attempt that gave no answer. */
export async function lose(
  walk: Walk,
  endpoint: Endpoint,
  misshapen: Misshapen,
  row: OpenRow | undefined,
): Promise<Next> {
  const { fault } = misshapen
  if (!row?.inBatch) walk.ports.health.record(endpoint.id, { kind: 'fault', fault })
  learnMostOutput(walk.ports, walk.prepared, endpoint, fault)
  logFault(walk, endpoint.id, fault)
  if (row) await endRow(walk, row, { ...row.end, outcome: 'fault', fault })
  if (!isMisshapen(fault)) return { event: { kind: 'fault', endpoint: endpoint.id, fault } }
  keepMisshapen(walk, misshapen)
  return { event: { kind: 'fault', endpoint: endpoint.id, fault, mend: mendOf(walk, endpoint, misshapen) } }
}

/** Takes the truncated answer that was kept, since nothing better came. */
export async function accept(walk: Walk): Promise<Next> {
  if (!walk.truncated) throw new Error('there is no truncated answer to accept. This is a bug')
  const { reply, row } = walk.truncated
  return answer(walk, reply, row, undefined)
}

async function answer(walk: Walk, reply: ReplyAnswer, row: OpenRow, value: unknown): Promise<Next> {
  const { ports, prepared, prompt } = walk
  const transcript = await begun(walk)
  const { endpoint } = row.attempt
  if (!row.inBatch) ports.health.record(endpoint.id, { kind: 'answered', ...sampleOf(walk, reply, row) })
  logLeftOut(walk, endpoint.id, reply.leftOut)
  if (!row.inBatch && reply.timings.firstTokenMs !== undefined)
    ports.hedges.heard(endpoint.id, reply.timings.firstTokenMs)
  const committed = await commit(ports, {
    prepared,
    transcript,
    promptLength: prompt.length,
    // The words of a repair are gone when its answer comes out of a batch.
    repaired: walk.repair.length > 0 || readReason(row.attempt.reason).special === 'repair',
    reply,
    row,
    value,
  })
  addEnded(walk, endedOf(row.attempt, row.end))
  wakeWaiting(walk)
  return { result: { kind: 'answered', answer: committed, ...spentOn(walk.ended) } }
}

/** What an answer tells of its endpoint: its speed, and how much of what should have been in its cache was read from there. */
function sampleOf(walk: Walk, { usage, timings }: ReplyAnswer, { attempt }: OpenRow) {
  const { outputTokens, cacheReadTokens: readTokens } = usage
  const { endpoint, startedAtMs } = attempt
  const warmAt = warmTokensAt(walk, endpoint, startedAtMs)
  return { ...timings, outputTokens, readTokens, ...(warmAt > 0 && { warmTokens: warmAt }) }
}

/**
 * Called when the socket is closed. If the run was cancelled, the attempt ends here with what it may have cost. If the worker
 * shuts down, the attempt is marked as handed over, and another worker continues the call.
 *
 * @throws Interrupted always.
 */
async function interrupt(walk: Walk, endpoint: Endpoint, { row, said }: Replied): Promise<never> {
  await dropTruncated(walk)
  await closeInterrupted(walk, endpoint, row)
  throw new Interrupted(walk.ended, said)
}

/** Ends the row of an attempt that was interrupted, as cancelled, handed over to another worker, or lost with this one. */
export async function closeInterrupted(walk: Walk, endpoint: Endpoint, row: OpenRow | undefined): Promise<void> {
  walk.ports.health.record(endpoint.id, { kind: 'lost' })
  if (row) await endRow(walk, row, interruptedEnd(walk, row.end))
}

/** Without its fault an attempt counts as lost: what holds up its worker until the server gives it up may hold up the next one too. */
function interruptedEnd({ activity }: Walk, { fault, ...end }: AttemptEnd): AttemptEnd {
  if (isCancelRequested(activity)) return { ...end, ...(fault && { fault }), outcome: 'cancelled' }
  return { ...end, ...(fault && !isGivenUp(activity) && { fault }), outcome: 'abandoned' }
}

/**
 * Logs the fault with its message and codes, and with nothing of the prompt or the answer. It is a warning if somebody has to
 * act.
 */
function logFault(walk: Walk, endpoint: string, { kind, message, evidence }: Fault): void {
  const { run, step, taskClass } = walk.prepared.call
  const level = remedyFor(kind).alert ? 'warn' : 'info'
  const told = { run: run.id, step, class: taskClass, endpoint, fault: kind, message, ...evidence }
  walk.activity.log[level]('attempt failed', told)
}

/** Logs which settings an endpoint was asked without, since its protocol or its model takes none of them: each once in a worker's life. */
function logLeftOut(walk: Walk, endpoint: string, leftOut: readonly string[] = []): void {
  const { toldLeftOut } = walk.ports
  const untold = leftOut.filter(setting => !toldLeftOut.has(`${endpoint} ${setting}`))
  if (untold.length === 0) return
  for (const setting of untold) toldLeftOut.add(`${endpoint} ${setting}`)
  const { run, step, taskClass } = walk.prepared.call
  const where = { run: run.id, step, class: taskClass, endpoint }
  walk.activity.log.info('asked without settings that it does not take', { ...where, without: untold })
}
