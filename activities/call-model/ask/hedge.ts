/**
 * Asks an endpoint, and a second one where the first is slow to begin. Whoever begins first goes on; the other is aborted and
 * booked as an attempt of its own. What happens when is decided by `advanceHedge`.
 *
 * @module
 */
import type { Endpoint } from '../../../src/core/endpoints.ts'
import { REASONS } from '../../../src/core/faults/call-state.ts'
import {
  advanceHedge,
  type HedgeDecision,
  type HedgeEvent,
  type HedgeState,
  type Lane,
  NEW_HEDGE,
} from '../../../src/core/routing/hedge/hedge.ts'
import { formatDuration } from '../../../src/core/words/format-duration.ts'
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

interface Runner {
  readonly endpoint: Endpoint
  readonly control: AbortController
  leftAtMs?: number
  attempted?: Attempted
}

interface Race extends Hedging {
  state: HedgeState
  readonly runners: Partial<Record<Lane, Runner>>
  readonly bookings: Promise<void>[]
  out: number
  /** Why the first went on alone, once that is known. */
  unhedged?: string
  /** At hand, claimed, and not asked yet. */
  second?: { readonly endpoint: Endpoint; readonly start: Start }
  timer?: NodeJS.Timeout
  broken?: { readonly error: unknown }
  readonly resolve: (tried: Tried) => void
  readonly reject: (error: unknown) => void
}

/** Rejects with what either lane was thrown, once both have ended. */
export function askHedged(hedging: Hedging): Promise<Tried> {
  return new Promise((resolve, reject) => {
    const race: Race = { ...hedging, state: NEW_HEDGE, runners: {}, bookings: [], out: 0, resolve, reject }
    void askIn(race, 'first', hedging)
  })
}

/** Whom a lane asks, and why. */
interface Asking extends Pick<Beside, 'permit'>, Partial<Pick<Start, 'end'>> {
  readonly endpoint: Endpoint
  readonly reason: string
}

async function askIn(race: Race, lane: Lane, { endpoint, reason, permit, end }: Asking): Promise<void> {
  const runner: Runner = { endpoint, control: new AbortController() }
  race.runners[lane] = runner
  race.out += 1
  try {
    const asking = askWithinBudget(race.walk, endpoint, reason, { ...besideOf(race, lane, runner), permit })
    const attempted = await asking.finally(() => end?.(runner.leftAtMs !== undefined))
    runner.attempted = lane === 'first' ? notHedged(attempted, race.unhedged) : attempted
  } catch (error) {
    fail(race, error)
  }
  race.out -= 1
  if (!race.broken) return tellEnd(race, lane, runner.attempted!)
  clearTimeout(race.timer)
  if (race.out === 0) race.reject(race.broken.error)
}

/** The store is gone, or there is a bug: neither lane can come to a good end. */
function fail(race: Race, error: unknown): void {
  race.broken ??= { error }
  for (const { control } of Object.values(race.runners)) control.abort()
}

function besideOf(race: Race, lane: Lane, runner: Runner) {
  const { walk, afterMs } = race
  return {
    ahead: lane === 'first' ? 0 : 1,
    signal: AbortSignal.any([walk.activity.cancellationSignal, runner.control.signal]),
    onLeft() {
      runner.leftAtMs = walk.ports.now()
      if (lane === 'first') race.timer = setTimeout(() => offerSecond(race).catch(error => fail(race, error)), afterMs)
    },
    onContent() {
      if (lane === 'first') {
        // It began in time. Looking for a second endpoint now would count as a hedge in the class's share.
        clearTimeout(race.timer)
        race.onContent?.()
      }
      tell(race, { kind: 'content', lane })
    },
  }
}

function tellEnd(race: Race, lane: Lane, attempted: Attempted): void {
  const isShort = lane === 'second' && attempted.kind === 'short'
  if (isShort) {
    noteAlone(race, 'no budget had room for a second request')
    race.walk.ports.health.record(race.runners.second!.endpoint.id, { kind: 'lost' })
  }
  const answered = attempted.kind === 'replied' && attempted.reply.kind === 'answer'
  tell(race, isShort ? { kind: 'declined' } : { kind: 'end', lane, answered })
}

function tell(race: Race, event: HedgeEvent): void {
  if (race.broken) return
  const [next, decisions] = advanceHedge(race.state, event)
  race.state = next
  for (const decision of decisions) carryOut(race, decision)
}

function carryOut(race: Race, decision: HedgeDecision): void {
  if (decision.do === 'start') {
    startSecond(race)
    return
  }
  const runner = race.runners[decision.lane]!
  switch (decision.do) {
    case 'abort':
      runner.control.abort()
      break
    case 'lose':
      book(race, race.lose(runner.endpoint, runner.attempted as Replied))
      break
    case 'book':
      book(race, bookLoser(race, decision.lane))
      break
    case 'take':
      take(race, runner)
  }
}

/** Remembers a booking, which `take` waits for. If it fails, `take` rejects; until then the failure is no unhandled rejection. */
function book({ bookings }: Race, booking: Promise<void>): void {
  booking.catch(() => {})
  bookings.push(booking)
}

/** Ends the race with this runner's attempt, once the rows of all others are closed. */
function take({ timer, bookings, resolve, reject }: Race, { endpoint, attempted }: Runner): void {
  clearTimeout(timer)
  Promise.all(bookings).then(() => resolve({ endpoint, attempted: attempted! }), reject)
}

function noteAlone(race: Race, unhedged: string): void {
  race.unhedged = unhedged
}

/**
 * Looks for a second endpoint, and tells the race when there is one. If the first has begun to answer meanwhile, the second is
 * let go again, unasked.
 */
async function offerSecond(race: Race): Promise<void> {
  const { walk, endpoint, afterMs } = race
  if (walk.ports.stopping.aborted) return noteAlone(race, 'the worker was about to end')
  const found = secondTo(walk, endpoint, afterMs)
  if (!('second' in found)) return noteAlone(race, found.unhedged)
  const { second } = found
  const start = await startBeside(walk, second)
  if (!start) return noteAlone(race, `${second.id} was at its limit`)
  const isClaimed = await walk.ports.health.claim(second.id, tokensAt(walk, second))
  race.second = { endpoint: second, start }
  if (isClaimed) tell(race, { kind: 'due' })
  else noteAlone(race, `another call was finding out whether ${second.id} works again`)
  if (race.runners.second) return
  if (isClaimed) walk.ports.health.record(second.id, { kind: 'lost' })
  await start.end(false)
}

function startSecond(race: Race): void {
  const { walk, endpoint, afterMs } = race
  const { endpoint: second, start } = race.second!
  const { run, step, taskClass } = walk.prepared.call
  const where = { run: run.id, step, class: taskClass, endpoint: endpoint.id, second: second.id }
  walk.activity.log.info('call is hedged', { ...where, afterMs })
  noteHedge(walk)
  const reason = `${REASONS.hedge}no first token after ${formatDuration(afterMs)}`
  void askIn(race, 'second', { ...start, endpoint: second, reason })
}

/**
 * Books the lane that lost. A fault of its own counts against its endpoint as ever. Having lost is no fault: of the first lane's
 * endpoint, only the slow start is noted.
 */
async function bookLoser({ walk, runners, lose }: Race, lane: Lane): Promise<void> {
  const { endpoint, attempted, leftAtMs } = runners[lane]!
  if (attempted?.kind !== 'replied') return
  const { reply, row } = attempted
  if (reply.kind === 'fault' && (reply.fault.kind !== 'cancelled' || walk.activity.cancellationSignal.aborted))
    return lose(endpoint, attempted)
  const { ports } = walk
  if (lane === 'first' && leftAtMs !== undefined) ports.hedges.heard(endpoint.id, ports.now() - leftAtMs)
  ports.health.record(endpoint.id, { kind: 'lost' })
  loseHedge(walk, endpoint.id)
  if (!row) return
  countAttempt(walk)
  // It may have answered all the same. Then its row is that of an answer, since it is paid as one, though nobody uses it.
  const { fault: _, ...end } = row.end
  await endRow(walk, row, reply.kind === 'answer' ? end : { ...end, outcome: 'outrun' })
}
