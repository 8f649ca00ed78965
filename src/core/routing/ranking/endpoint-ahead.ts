/**
 * What is expected of a call at one endpoint, for the objective of `sort: measured`.
 *
 * @module
 */
import type { Endpoint } from '../../endpoints.ts'
import type { WarmPrefix } from '../../protocol.ts'
import type { Sort } from '../../task-class.ts'
import { tailPays } from '../cache/cache-marks.ts'
import { CACHE_TTL_MS, keptShare, LONG_TTL_MS, warmTokens } from '../cache/warmth.ts'
import { type CallAhead, callAhead } from '../call/call-ahead.ts'
import type { CallNeeds } from '../call/call-needs.ts'
import type { PlanInput } from '../call/plan-input.ts'
import type { Roster } from '../filter/roster.ts'
import type { EndpointHealth } from '../health/endpoint-health.ts'
import { USUAL } from '../health/measured.ts'
import { type EndpointAhead, expectedCost } from './objective.ts'

/** What ranking needs to know that is the same for all endpoints of a plan. */
export interface RankInput {
  readonly roster: Roster
  readonly sort: Sort | undefined
  readonly needs: CallNeeds
  readonly draw: number
  readonly ahead: CallAhead
  readonly warm: readonly WarmPrefix[]
  /** The places in the roster of the endpoints in `warm`. */
  readonly warmPlaces: readonly (number | undefined)[]
  /** The place in the roster of the endpoint that answered last on this transcript. */
  readonly latest: number | undefined
  /** The share of pauses between calls that a prefix outlives with the usual time to live. */
  readonly usuallyKept: number
  readonly nowMs: number
}

export function rankInputOf(input: PlanInput, roster: Roster): RankInput {
  const { taskClass, needs, draw, known, nowMs } = input
  const ahead = callAhead(input)
  const warm = nowMs === undefined ? [] : warmAt(known, nowMs)
  return {
    roster,
    sort: taskClass.sort,
    needs,
    draw,
    ahead,
    warm,
    warmPlaces: warm.map(({ endpoint }) => roster.places.get(endpoint)),
    latest: known && roster.places.get(known.endpoint),
    usuallyKept: keptShare(CACHE_TTL_MS, ahead.gapMs),
    nowMs: nowMs ?? 0,
  }
}

/** The prefixes that may be warm; none if all of them have gone cold long ago. */
function warmAt(known: PlanInput['known'], nowMs: number): readonly WarmPrefix[] {
  return (known?.warm ?? []).filter(({ atMs }) => nowMs - atMs < LONG_TTL_MS)
}

/** The objective's value for an endpoint, in USD. */
export function expectedCostAt(at: number, health: EndpointHealth, input: RankInput): number {
  return expectedCost(input.ahead, aheadAt(at, input.roster.endpoints[at]!, health, input))
}

/** The least chance of failure of an unsteady endpoint, because failures in the last half minute say more than an average. */
const UNSTEADY_CHANCE = 0.3

/**
 * By how many standard errors a cache's hit rate is assumed to be better than its estimate, in a run that has nothing cached. With 1, a
 * cache that missed early was not tried again in one of fourteen simulated weeks, which then cost 37 % more than with the best endpoint.
 * From 1.5 on, such trials cost more than they gain.
 */
const HOPE = 1.25

/**
 * An endpoint for the objective. Hit rates are estimates. In a run that has nothing cached, the optimistic end of the estimate is taken, so
 * that an endpoint with bad luck is tried again while that costs little. In a run with a cached prefix, only the endpoint that has it gets
 * the optimistic end, so that chance does not make the run move.
 */
function aheadAt(at: number, endpoint: Endpoint, health: EndpointHealth, input: RankInput): EndpointAhead {
  const { price } = endpoint
  const { roster, warm, latest, ahead, usuallyKept } = input
  const measured = health.measured ?? USUAL
  const cacheTtlMs = roster.cacheTtlMs[at]!
  const onlyMarked = roster.onlyMarked[at] === 1
  const writes = !onlyMarked || (ahead.rest > 0 && cacheTtlMs > 0 && tailPays(endpoint, cacheTtlMs, ahead.gapMs))
  const held = warm.length === 0 ? 0 : heldAt(at, cacheTtlMs, input)
  const likely = warm.length === 0 ? HOPE * measured.hitSpread : at === latest && held > 0 ? measured.hitSpread : 0
  return {
    price,
    writes,
    writesLong: onlyMarked && cacheTtlMs >= LONG_TTL_MS,
    measured,
    warmTokens: held,
    keptShare: !writes ? 0 : cacheTtlMs === CACHE_TTL_MS ? usuallyKept : keptShare(cacheTtlMs, ahead.gapMs),
    hitRate: Math.max(0, Math.min(1, measured.hitRate + likely)),
    failureChance: health.steady ? measured.failureChance : Math.max(UNSTEADY_CHANCE, measured.failureChance),
  }
}

function heldAt(at: number, cacheTtlMs: number, { warm, warmPlaces, nowMs }: RankInput): number {
  const index = warmPlaces.indexOf(at)
  return index < 0 ? 0 : warmTokens(warm[index], cacheTtlMs, nowMs)
}
