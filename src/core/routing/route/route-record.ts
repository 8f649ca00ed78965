/**
 * What the ledger stores of a plan. It is small, because every call has one. Rejections, which many plans share, are stored once.
 *
 * @module
 */
import type { Policy, PolicyAt } from '../../policy/policy.ts'
import type { KnownPrompt } from '../../protocol.ts'
import type { Sort } from '../../task-class.ts'
import { cacheTtlOf } from '../cache/cache-ttl.ts'
import { warmTokens } from '../cache/warmth.ts'
import type { CallNeeds } from '../call/call-needs.ts'
import type { PlanInput } from '../call/plan-input.ts'
import type { ClassStep } from '../class/choose-class.ts'
import { isPassing, type Rejection } from '../filter/rejection.ts'
import type { Roster } from '../filter/roster.ts'
import type { EndpointHealth } from '../health/endpoint-health.ts'
import { blendedPrice } from '../ranking/blended-price.ts'
import { expectedCostAt, rankInputOf } from '../ranking/endpoint-ahead.ts'
import type { Route } from './route.ts'

/** A candidate with the numbers that decided its rank. Unknown ones are absent. */
export interface CandidateRecord {
  readonly endpoint: string
  /**
   * The figure by which endpoints were compared, in USD: under `sort: measured` the expected cost of the call with its time and its risk,
   * else the listed price for all the output that it may give. It is no forecast of the cost.
   */
  readonly expectedUsd?: number
  readonly firstTokenMs?: number
  readonly tokensPerSecond?: number
  /** The chance that one attempt fails, in [0, 1]. */
  readonly failureChance?: number
  /** How many tokens of the prompt are probably in its cache. */
  readonly warmTokens?: number
  /** Set if recent failures counted against it. */
  readonly unsteady?: true
  /** Set if it failed far more often than its peers, so that it was ranked behind them. */
  readonly ejected?: true
  /** Set if it was passed over: its limits were reached, a budget had no room for the call there, or it gives less output. */
  readonly heldBack?: HeldBack
}

/** Why an endpoint was passed over, e.g. `acme is at its limit of 60 requests per minute`. */
export interface HeldBack {
  readonly by: string
  /** How long the call would have had to wait there. Absent if it was a budget. */
  readonly ms?: number
}

/** An endpoint that was fit but could not be asked at that moment. */
export interface ClosedRecord {
  readonly endpoint: string
  readonly rejection: Rejection
}

/** One plan of a call, as plain JSON. */
export interface RouteRecord {
  /** The version of the configuration that planned it. */
  readonly version: string
  readonly atMs: number
  /** The class that the call was made in, and the one whose endpoints these are. */
  readonly asked: string
  readonly class: string
  readonly ways?: readonly ClassStep[]
  readonly needs: CallNeeds
  readonly sort?: Sort
  /** The number that the run drew for its choices by chance. Not rounded, or other endpoints would be drawn. */
  readonly draw: number
  /** Whether the run or one above it had a money limit. Absent in records of older versions. */
  readonly moneyLimited?: boolean
  /** The output that the call itself asked for. */
  readonly maxOutputTokens?: number
  readonly lineage: string
  /** What the run knew of the prompt. Absent for the first call on a transcript. */
  readonly known?: KnownPrompt
  /** The call's own policy, if it has one. */
  readonly policy?: Policy
  /** Why there is no plan, if a content rule blocked the call. */
  readonly blocked?: string
  /** The first {@link MOST_CANDIDATES}, best first. */
  readonly candidates: readonly CandidateRecord[]
  /** How many more there are. */
  readonly more?: number
  readonly closed?: readonly ClosedRecord[]
  /** The digest under which the other rejections are stored. Absent if there are none. */
  readonly rejections?: string
}

/** A rejection, and the endpoints to which it applies. */
export interface RejectionGroup {
  readonly rejection: Rejection
  readonly endpoints: readonly string[]
}

/** How many candidates are recorded. Hardly any call comes to its eighth. */
export const MOST_CANDIDATES = 8

/**
 * The candidates of a plan with their numbers.
 *
 * @param heldBack - Why endpoints were passed over since, by endpoint.
 */
export function candidateRecords(
  route: Route,
  input: PlanInput,
  roster: Roster,
  heldBack: ReadonlyMap<string, HeldBack>,
): readonly CandidateRecord[] {
  const ranking = rankInputOf(input, roster)
  return route.candidates.slice(0, MOST_CANDIDATES).map(endpoint => {
    const health = input.health(endpoint.id)
    const at = roster.places.get(endpoint.id)!
    const usd =
      input.taskClass.sort === 'measured'
        ? expectedCostAt(at, health, ranking)
        : (blendedPrice(endpoint.price, input.needs) * (input.needs.promptTokens + input.needs.outputTokens)) / 1e6
    const prefix = input.known?.warm?.find(one => one.endpoint === endpoint.id)
    const held = heldBack.get(endpoint.id)
    const warm = warmTokens(prefix, cacheTtlOf(endpoint), input.nowMs ?? 0)
    return {
      endpoint: endpoint.id,
      ...(Number.isFinite(usd) && { expectedUsd: rounded(usd) }),
      ...measuredOf(health),
      ...(warm > 0 && { warmTokens: warm }),
      ...(!health.steady && { unsteady: true as const }),
      ...(health.ejected && { ejected: true as const }),
      ...(held && { heldBack: held }),
    }
  })
}

function measuredOf({ measured, firstTokenMs }: EndpointHealth): Partial<CandidateRecord> {
  if (!measured) return firstTokenMs === undefined ? {} : { firstTokenMs }
  return {
    firstTokenMs: Math.round(measured.firstTokenMs),
    tokensPerSecond: rounded(measured.tokensPerSecond),
    failureChance: rounded(measured.failureChance),
  }
}

/** Rounded to three digits, which is more than estimates are worth. */
function rounded(value: number): number {
  return Number(value.toPrecision(3))
}

/** The endpoints that were closed at that moment, which is the only part of the rejections that changes from call to call. */
export function closedRecords({ rejections }: Route): readonly ClosedRecord[] {
  return rejections.flatMap(({ endpoint, rejection }) =>
    isPassing(rejection) ? [{ endpoint: endpoint.id, rejection }] : [],
  )
}

/** All other rejections, grouped. Without the window that the call needed, because that differs from call to call; its record has it. */
export function rejectionGroups({ rejections }: Route): readonly RejectionGroup[] {
  const groups = new Map<string, { rejection: Rejection; endpoints: string[] }>()
  for (const { endpoint, rejection } of rejections) {
    if (isPassing(rejection)) continue
    const kept = withoutNeeded(rejection)
    const key = JSON.stringify(kept)
    const group = groups.get(key)
    if (group) group.endpoints.push(endpoint.id)
    else groups.set(key, { rejection: kept, endpoints: [endpoint.id] })
  }
  return [...groups.values()]
}

/** The rejection with 0 in place of the window that the call needed. */
function withoutNeeded(rejection: Rejection): Rejection {
  return rejection.rule === 'context-window' || rejection.rule === 'max-output'
    ? { ...rejection, needed: 0 }
    : rejection
}

/** A stored rejection with the window that the call needed, for making words of it. */
export function withNeeded(rejection: Rejection, { promptTokens, outputTokens }: CallNeeds): Rejection {
  if (rejection.rule === 'context-window') return { ...rejection, needed: promptTokens + outputTokens }
  if (rejection.rule === 'max-output') return { ...rejection, needed: outputTokens }
  return rejection
}

/**
 * A key that two plans share only if they have the same rejections, apart from passing ones. It is cheap to make.
 *
 * @param salt - Must differ if anything differs that the rejections' words depend on: the configuration's version, the class, the policies,
 * the abilities.
 */
export function rejectionKey({ rejections }: Route, { places }: Roster, salt: string): string {
  let hash = 0x811c9dc5
  let other = 0x9747b28c
  for (const { endpoint, rejection } of rejections) {
    if (isPassing(rejection)) continue
    const mark = (places.get(endpoint.id)! << 4) ^ RULES.indexOf(rejection.rule)
    hash = Math.imul(hash ^ mark, 0x01000193)
    other = Math.imul(other ^ mark, 0x5bd1e995) ^ (other >>> 15)
  }
  return `${salt} ${rejections.length} ${hash >>> 0} ${other >>> 0}`
}

const RULES: readonly Rejection['rule'][] = [
  'not-in-class',
  'policy',
  'ability',
  'context-window',
  'max-output',
  'unknown-price',
  'batch',
]

/** The policies that are not the same for all calls of a workspace: those of the classes, the run and the call. */
export function ownPolicies(policies: readonly PolicyAt[]): readonly PolicyAt[] {
  return policies.filter(
    ({ level, blockedBy }) => level === 'class' || level === 'run' || level === 'call' || blockedBy !== undefined,
  )
}
