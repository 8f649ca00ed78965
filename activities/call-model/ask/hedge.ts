/**
 * Asks an endpoint, and a second one where the first is slow to begin. Whoever begins first goes on; the other is aborted and
 * booked as an attempt of its own. `advanceHedge` decides what happens when. Here are the two requests: each tells it what happens, and sees to
 * the booking of its own end.
 *
 * @module
 */
import type { Endpoint } from '../../../src/core/endpoints.ts'
import { hedgeReason } from '../../../src/core/faults/attempt-reason.ts'
import {
  advanceHedge,
  type HedgeDecision,
  type HedgeEvent,
  type HedgeState,
  type Lane,
  NEW_HEDGE,
} from '../../../src/core/routing/hedge/hedge.ts'
import type { Attempted, Replied } from '../attempt/attempt.ts'
import { askWithinBudget, type Beside } from '../budget/ask-within-budget.ts'
import { endRow } from '../walk/records.ts'
import { countAttempt, loseHedge, noteHedge } from '../walk/steps.ts'
import type { Walk } from '../walk/walk.ts'
import { type Start, startBeside, tokensAt } from './start.ts'
import { notHedged, secondTo } from './worth-hedging.ts'

/** The endpoint whose attempt counts, and what came of it. */
export interface Tried {
  readonly endpoint: Endpoint
  readonly attempted: Attempted
}

/** How the first endpoint is asked, and after what time a second one. */
export interface Hedging extends Pick<Beside, 'permit' | 'onContent'> {
  readonly walk: Walk
  readonly endpoint: Endpoint
  readonly reason: string
  readonly afterMs: number
  /** Books a lane that failed while the other may still answer. */
  readonly lose: (endpoint: Endpoint, replied: Replied) => Promise<void>
}

/** An endpoint that may be asked beside the first: it has room within its limits, and is claimed. */
interface Second {
  readonly endpoint: Endpoint
  readonly start: Start
}

interface Ended extends Tried {
  /** When the first request left. */
  readonly leftAtMs?: number | undefined
}

/** What both requests know of each other. */
interface Race extends Hedging {
  readonly aborts: Readonly<Record<Lane, AbortController>>
  state: HedgeState
  /** The second request, until it has ended and is booked. Absent: nobody was asked beside the first. */
  second?: Promise<void>
  /** Why the first went on alone, once that is known. */
  unhedged?: string
  readonly tried: Partial<Record<Lane, Tried>>
  /** The lane whose result is the call's. */
  taken?: Lane
  /** The store is gone, or there is a bug: neither lane can come to a good end. */
  broken?: { readonly error: unknown }
}

/** Rejects with what either lane was thrown, once both have ended. */
export async function askHedged(hedging: Hedging): Promise<Tried> {
  const aborts = { first: new AbortController(), second: new AbortController() }
  const race: Race = { ...hedging, aborts, state: NEW_HEDGE, tried: {} }
  await askFirst(race).catch(error => breakOff(race, error))
  // Once the first has ended, no second one begins any more.
  await race.second
  if (race.broken) throw race.broken.error
  return race.tried[race.taken!]!
}

async function askFirst(race: Race): Promise<void> {
  const { walk, endpoint, reason, permit, afterMs } = race
  let leftAtMs: number | undefined
  let timer: NodeJS.Timeout | undefined
  const asking = askWithinBudget(walk, endpoint, reason, {
    permit,
    signal: signalOf(race, 'first'),
    onLeft() {
      leftAtMs = walk.ports.now()
      timer = setTimeout(() => offerSecond(race).catch(error => breakOff(race, error)), afterMs)
    },
    onContent() {
      // It began in time. Looking for a second endpoint now would count as a hedge in the class's share.
      clearTimeout(timer)
      race.onContent?.()
      tell(race, { kind: 'content', lane: 'first' })
    },
  })
  const attempted = await asking.finally(() => clearTimeout(timer))
  await settle(race, 'first', { endpoint, attempted: notHedged(attempted, race.unhedged), leftAtMs })
}

/**
 * Looks for a second endpoint, and tells the race when there is one. If the first has begun to answer meanwhile, the second is
 * let go again, unasked.
 */
async function offerSecond(race: Race): Promise<void> {
  const found = await findSecond(race)
  if ('unhedged' in found) {
    race.unhedged = found.unhedged
    return
  }
  const isWanted = tell(race, { kind: 'due' }).some(decision => decision.do === 'start')
  if (isWanted) {
    race.second = askSecond(race, found).catch(error => breakOff(race, error))
    return
  }
  race.walk.ports.health.record(found.endpoint.id, { kind: 'lost' })
  await found.start.end(false)
}

async function findSecond({ walk, endpoint, afterMs }: Race): Promise<Second | { readonly unhedged: string }> {
  if (walk.ports.stopping.aborted) return { unhedged: 'the worker was about to end' }
  const found = secondTo(walk, endpoint, afterMs)
  if ('unhedged' in found) return found
  const { second } = found
  const start = await startBeside(walk, second)
  if (!start) return { unhedged: `${second.id} was at its limit` }
  if (await walk.ports.health.claim(second.id, tokensAt(walk, second))) return { endpoint: second, start }
  await start.end(false)
  return { unhedged: `another call was finding out whether ${second.id} works again` }
}

async function askSecond(race: Race, { endpoint, start }: Second): Promise<void> {
  const { walk, afterMs } = race
  const { run, step, taskClass } = walk.prepared.call
  const where = { run: run.id, step, class: taskClass, endpoint: race.endpoint.id, second: endpoint.id }
  walk.activity.log.info('call is hedged', { ...where, afterMs })
  noteHedge(walk)
  let hasLeft = false
  const asking = askWithinBudget(walk, endpoint, hedgeReason(afterMs), {
    ahead: 1,
    permit: start.permit,
    signal: signalOf(race, 'second'),
    onLeft: () => {
      hasLeft = true
    },
    onContent: () => void tell(race, { kind: 'content', lane: 'second' }),
  })
  const attempted = await asking.finally(() => start.end(hasLeft))
  if (attempted.kind === 'short') {
    race.unhedged = 'no budget had room for a second request'
    walk.ports.health.record(endpoint.id, { kind: 'lost' })
  }
  await settle(race, 'second', { endpoint, attempted })
}

function signalOf({ walk, aborts }: Race, lane: Lane): AbortSignal {
  return AbortSignal.any([walk.activity.cancellationSignal, aborts[lane].signal])
}

/** Ends both lanes. The call is thrown what was thrown first. */
function breakOff(race: Race, error: unknown): void {
  race.broken ??= { error }
  for (const control of Object.values(race.aborts)) control.abort()
}

/** What the race decides. Here a lane is aborted or taken; to start one, or to book one that has ended, is left to its request. */
function tell(race: Race, event: HedgeEvent): readonly HedgeDecision[] {
  if (race.broken) return []
  const [next, decisions] = advanceHedge(race.state, event)
  race.state = next
  for (const decision of decisions) {
    if (decision.do === 'abort') race.aborts[decision.lane].abort()
    if (decision.do === 'take') race.taken = decision.lane
  }
  return decisions
}

/** Tells that a lane has ended, and books it if its result is not the call's. */
async function settle(race: Race, lane: Lane, ended: Ended): Promise<void> {
  const { endpoint, attempted } = ended
  race.tried[lane] = ended
  const isDeclined = lane === 'second' && attempted.kind === 'short'
  const answered = attempted.kind === 'replied' && attempted.reply.kind === 'answer'
  const decisions = tell(race, isDeclined ? { kind: 'declined' } : { kind: 'end', lane, answered })
  if (attempted.kind !== 'replied') return
  for (const decision of decisions) {
    if (decision.do === 'lose') await race.lose(endpoint, attempted)
    if (decision.do === 'book') await bookLoser(race, ended, attempted)
  }
}

/**
 * Books the lane that lost. A fault of its own counts against its endpoint as ever. Having lost is no fault: of the first lane's
 * endpoint, only the slow start is noted.
 */
async function bookLoser({ walk, lose }: Race, { endpoint, leftAtMs }: Ended, replied: Replied): Promise<void> {
  const { reply, row } = replied
  if (reply.kind === 'fault' && (reply.fault.kind !== 'cancelled' || walk.activity.cancellationSignal.aborted))
    return lose(endpoint, replied)
  const { ports } = walk
  if (leftAtMs !== undefined) ports.hedges.heard(endpoint.id, ports.now() - leftAtMs)
  ports.health.record(endpoint.id, { kind: 'lost' })
  loseHedge(walk, endpoint.id)
  if (!row) return
  countAttempt(walk)
  // It may have answered all the same. Then its row is that of an answer, since it is paid as one, though nobody uses it.
  const { fault: _, ...end } = row.end
  await endRow(walk, row, reply.kind === 'answer' ? end : { ...end, outcome: 'outrun' })
}
