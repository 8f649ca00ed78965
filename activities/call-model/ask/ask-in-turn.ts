/**
 * Asks an endpoint once it is the call's turn, alone or beside a second one, and books what comes of it.
 *
 * @module
 */
import { definedOnly } from '../../../src/core/defined-only.ts'
import type { Endpoint } from '../../../src/core/endpoints.ts'
import type { AskDecision } from '../../../src/core/faults/decide-remedy.ts'
import { closedWords } from '../../../src/core/faults/wait-words.ts'
import type { Lead } from '../../../src/core/ports.ts'
import { PROBE_LOOK_MS } from '../../../src/core/routing/health/breaker.ts'
import type { Replied } from '../attempt/attempt.ts'
import { waitForBatch, waitForList } from '../batch/in-batch.ts'
import { askWithinBudget, type Beside } from '../budget/ask-within-budget.ts'
import { waitForTurn } from '../budget/line.ts'
import { turnAway } from '../budget/over-budget.ts'
import { closeInterrupted, hear, lose } from '../reply/hear.ts'
import { asksInBatch } from '../walk/batch-time.ts'
import { interruptWait } from '../walk/records.ts'
import { countAttempt, decide } from '../walk/steps.ts'
import type { Next, Walk } from '../walk/walk.ts'
import { askHedged, type Tried } from './hedge.ts'
import { leadOrWait } from './siblings.ts'
import { startAt, tokensAt } from './start.ts'
import { hedgeTime, notHedged } from './worth-hedging.ts'

/** Waits for the call's turn, and asks. */
export async function ask(walk: Walk, asking: AskDecision): Promise<Next> {
  await waitForTurn(walk)
  // What waits in a batch warms no cache for others now.
  const lead = asksInBatch(walk) ? undefined : await leadOrWait(walk, walk.plan.endpoint(asking.endpoint))
  try {
    return await askInTurn(walk, asking, lead)
  } finally {
    lead?.ended()
  }
}

async function askInTurn(walk: Walk, asking: AskDecision, lead: Lead | undefined): Promise<Next> {
  // What began now might be cut when the grace time is over, and paid for again.
  if (walk.ports.stopping.aborted && !hasInHand(walk)) return interruptWait(walk)
  const { reason, takesPlace = false } = asking
  const endpoint = walk.plan.endpoint(asking.endpoint)
  // Another call may have got a 429 there since this one was planned.
  if (walk.ports.health.of(endpoint.id).closed?.rule === 'cooling') return comeBackLater(walk, endpoint.id)
  const start = await startAt(walk, endpoint, takesPlace)
  if ('event' in start) return start
  const { attempts } = walk
  let hasLeft = true
  try {
    const next = await askNow(walk, endpoint, reason, { onContent: lead?.warmed, permit: start.permit })
    hasLeft = walk.attempts > attempts
    return next
  } finally {
    await start.end(hasLeft)
  }
}

/** Whether it asks for something better than an answer that is here, and that the next worker would not have. */
function hasInHand({ repair, truncated }: Walk): boolean {
  return repair.length > 0 || truncated !== undefined
}

async function askNow(walk: Walk, planned: Endpoint, reason: string, beside: Beside): Promise<Next> {
  // Batches count for no limit on tokens.
  const tokens = asksInBatch(walk) ? 0 : tokensAt(walk, planned)
  if (!(await walk.ports.health.claim(planned.id, tokens))) return comeBackLater(walk, planned.id)
  const { endpoint, attempted } = await askOneOrTwo(walk, planned, reason, beside)
  if (attempted.kind === 'short') {
    walk.ports.health.record(endpoint.id, { kind: 'lost' })
    const { reserved, asked, least } = attempted
    return turnAway(walk, { of: reserved, asked, ...(least && { least }), endpoint: endpoint.id })
  }
  if (attempted.kind === 'submitted' || attempted.kind === 'unsure') {
    walk.ports.health.record(endpoint.id, { kind: 'lost' })
    countAttempt(walk)
    const { startedAtMs } = attempted.attempt
    if (attempted.kind === 'submitted') return { result: await waitForBatch(walk, attempted) }
    return { result: await waitForList(walk, { provider: endpoint.provider, startedAtMs }) }
  }
  if (attempted.row?.inBatch) walk.ports.health.record(endpoint.id, { kind: 'lost' })
  return hear(walk, endpoint, attempted)
}

/** Asks the endpoint, and a second one beside it if the class hedges and the first is slow to begin. */
async function askOneOrTwo(walk: Walk, endpoint: Endpoint, reason: string, beside: Beside): Promise<Tried> {
  if (asksInBatch(walk)) return { endpoint, attempted: await askWithinBudget(walk, endpoint, reason, beside) }
  const time = hedgeTime(walk, endpoint)
  if (!('afterMs' in time)) {
    const attempted = await askWithinBudget(walk, endpoint, reason, beside)
    return { endpoint, attempted: notHedged(attempted, time.unhedged) }
  }
  const { afterMs } = time
  const loseOne = (of: Endpoint, replied: Replied) => loseBeside(walk, of, replied)
  return askHedged({ ...beside, walk, endpoint, reason, afterMs, lose: loseOne })
}

/**
 * Books an attempt that failed while another one of the same call may still answer. The remedy machine hears of it, but what it
 * decides is not carried out.
 */
async function loseBeside(walk: Walk, endpoint: Endpoint, { reply, row }: Replied): Promise<void> {
  if (row) countAttempt(walk)
  if (reply.kind === 'answer') throw new Error(`${endpoint.id} answered, and is not to be lost. This is a bug`)
  if (reply.fault.kind === 'cancelled') return closeInterrupted(walk, endpoint, row)
  const next = await lose(walk, endpoint, { fault: reply.fault }, row)
  if ('event' in next) decide(walk, next.event)
}

/** The endpoint may not be asked now: another attempt is probing it, or it was closed since the plan was made. */
function comeBackLater({ ports }: Walk, endpoint: string): Next {
  const { health, now } = ports
  const closed = health.of(endpoint).closed
  const closedBy = closed?.rule === 'breaker-open' ? closed.fault : undefined
  const untilMs = closed?.untilMs ?? now() + PROBE_LOOK_MS
  const refusesSinceMs = closed?.rule === 'cooling' ? closed.sinceMs : undefined
  const waitsFor = closed && closedWords(endpoint, closed)
  return { event: definedOnly({ kind: 'closed' as const, endpoint, untilMs, waitsFor, closedBy, refusesSinceMs }) }
}
