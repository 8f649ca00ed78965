/**
 * Hedging: a second endpoint is asked if the first is slow to begin, and the one that begins first continues. Pure: this only decides.
 *
 * @module
 */

/** What is known when the first endpoint's time is over, to decide whether to hedge. */
export interface HedgeMoment {
  /** The time that has passed without a token. */
  readonly waitedMs: number
  /** What a second is worth, in USD. */
  readonly secondsWorth: number
  /** What reading the prompt's warm prefix saves at the endpoint that is slow, in USD. */
  readonly warmUsd: number
}

/**
 * Whether a second request is worth its cost. A call that has waited for the 95th percentile can expect to wait as long again. If the
 * prefix that is cached at the first endpoint is worth more than that time, it keeps waiting.
 */
export function isWorthHedging({ waitedMs, secondsWorth, warmUsd }: HedgeMoment): boolean {
  return warmUsd <= (secondsWorth * waitedMs) / 1_000
}

export type Lane = 'first' | 'second'

/** The state of one of the two attempts. `aborted`: it was told to end, but has not ended yet. */
type LaneStanding = 'idle' | 'asked' | 'aborted' | 'over'

export interface HedgeState extends Readonly<Record<Lane, LaneStanding>> {
  /** The lane that began to answer first. */
  readonly winner?: Lane
}

/** The first endpoint is asked, and no time has passed. */
export const NEW_HEDGE: HedgeState = { first: 'asked', second: 'idle' }

export type HedgeEvent =
  /** The first endpoint's time is over, and a second endpoint may be asked. */
  | { readonly kind: 'due' }
  /** The budget did not admit the second attempt, so nothing was sent. */
  | { readonly kind: 'declined' }
  | { readonly kind: 'content'; readonly lane: Lane }
  | { readonly kind: 'end'; readonly lane: Lane; readonly answered: boolean }

export type HedgeDecision =
  | { readonly do: 'start' }
  | { readonly do: 'abort'; readonly lane: Lane }
  /** The lane failed while the other may still answer. Its attempt is booked; the race goes on. */
  | { readonly do: 'lose'; readonly lane: Lane }
  /** The lane has ended after it was aborted. */
  | { readonly do: 'book'; readonly lane: Lane }
  /** The race is over. This lane's result is the call's. */
  | { readonly do: 'take'; readonly lane: Lane }

/**
 * The next state, and what to do, in this order.
 *
 * Contract: at most one lane wins, and the other is aborted by the same event. Each lane that was asked is lost, booked or taken exactly
 * once. Exactly one is taken, last of all.
 */
export function advanceHedge(state: HedgeState, event: HedgeEvent): readonly [HedgeState, readonly HedgeDecision[]] {
  switch (event.kind) {
    case 'due':
      if (state.winner || state.first !== 'asked' || state.second !== 'idle') return [state, []]
      return [{ ...state, second: 'asked' }, [{ do: 'start' }]]
    case 'declined':
      return declined({ ...state, second: 'over' })
    case 'content':
      return state[event.lane] === 'asked' ? won(state, event.lane) : [state, []]
    case 'end':
      return ended(state, event)
  }
}

const other = (lane: Lane): Lane => (lane === 'first' ? 'second' : 'first')

function isOut(standing: LaneStanding): boolean {
  return standing === 'asked' || standing === 'aborted'
}

function won(state: HedgeState, winner: Lane): readonly [HedgeState, readonly HedgeDecision[]] {
  const loser = other(winner)
  if (state[loser] !== 'asked') return [{ ...state, winner }, []]
  return [{ ...state, winner, [loser]: 'aborted' }, [{ do: 'abort', lane: loser }]]
}

/** The second attempt was not admitted. If the first has ended meanwhile, the race is over: its answer is taken, unless it has failed. */
function declined(state: HedgeState): readonly [HedgeState, readonly HedgeDecision[]] {
  return isOut(state.first) ? [state, []] : [state, [{ do: 'take', lane: state.winner ?? 'second' }]]
}

function ended(
  before: HedgeState,
  { lane, answered }: Extract<HedgeEvent, { kind: 'end' }>,
): readonly [HedgeState, readonly HedgeDecision[]] {
  // An answer that came in one piece had no `content` event before its end.
  const [state, aborts] = answered && !before.winner ? won(before, lane) : [before, []]
  const after: HedgeState = { ...state, [lane]: 'over' }
  const rival = other(lane)
  if (state[lane] === 'aborted') {
    const book: HedgeDecision = { do: 'book', lane }
    return after[rival] === 'over' ? [after, [book, { do: 'take', lane: rival }]] : [after, [book]]
  }
  if (after[rival] === 'asked') return [after, [{ do: 'lose', lane }]]
  return after[rival] === 'aborted' ? [after, aborts] : [after, [{ do: 'take', lane }]]
}
